import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * Who sent a request, as the key of a limit: an IPv4 address, or the /64 of an IPv6 one, because a client has at least
 * that many addresses. Fastify's `trustProxy` is not used: 5.12 trusts no hop if given a number (GHSA-3m5p-2c4r-xxw2).
 * @param trustedHops how many proxies stand in front of this server. Each appends the address that it sees to
 *   `X-Forwarded-For`, so the one before the last of them is that many from the right
 */
export function clientAddress({ headers, socket }: IncomingMessage, trustedHops: number): string {
  const forwarded = trustedHops > 0 ? forwardedAddress(headers["x-forwarded-for"], trustedHops) : null;
  return limitKey(forwarded ?? socket.remoteAddress ?? "");
}

function forwardedAddress(header: string | string[] | undefined, trustedHops: number): string | null {
  const address = String(header ?? "")
    .split(",")
    .at(-trustedHops)
    ?.trim();
  return address !== undefined && isIP(address) !== 0 ? address : null;
}

function limitKey(address: string): string {
  if (!address.includes(":")) return address;
  const groups = groupsOf(address);
  const [, , , , , mapped, high = 0, low = 0] = groups;
  if (mapped === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** The eight groups of an IPv6 address. `URL` knows every spelling, but not a zone. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address.replace(/%.*/, "")}]`);
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const numbers = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail ?? "")];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
