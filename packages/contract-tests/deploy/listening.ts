import { readFileSync } from "node:fs";

/** `st` of /proc/net/tcp. */
const LISTEN = "0A";

/** The addresses on which something of this machine listens, in the notation of the kernel, for each port. */
export function listeningAddresses(): ReadonlyMap<number, string[]> {
  const found = new Map<number, string[]>();
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readFileSync(file, "utf8").split("\n").slice(1)) {
      const [, , local = "", , state] = line.split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state !== LISTEN) continue;
      const number = Number.parseInt(port, 16);
      found.set(number, [...(found.get(number) ?? []), address]);
    }
  }
  return found;
}

/** 127.0.0.1, least significant byte first. */
export const LOOPBACK = "0100007F";
