import { randomUUID } from "node:crypto";
import { ABSENT_STATUS, findByEmailCall } from "@platform-api/clj-client/contract";
import type { Directory } from "./directory.ts";
import type { Reply } from "./probe.ts";

/**
 * Whether the path of the lookup exists. A missing path answers 404 too, and would look like a directory without users.
 * What tells them apart: another answer to a path that is surely missing, a refusal of another token here alone, or a
 * user who is found.
 * @param reply to the lookup of an address that no user has
 * @param read the address of a user, or null
 */
export async function pathState(
  reply: Reply<unknown>,
  read: string | null,
  { probe, strangersProbe }: Directory,
): Promise<"exists" | "missing" | "unclear"> {
  if (reply.status !== ABSENT_STATUS) return "exists";
  const elsewhere = { ...reply.call, path: `directory-check-${randomUUID()}` };
  if (!isSame(reply, await probe(elsewhere))) return "exists";
  const stranger = await strangersProbe(reply.call);
  if (isRefusal(stranger)) {
    return isSame(await strangersProbe(elsewhere), reply) ? "exists" : "unclear";
  }
  if (!isSame(stranger, reply)) return "unclear";
  return read !== null && isFound(await probe(findByEmailCall(read))) ? "exists" : "missing";
}

export function isFound({ call, status }: Reply<unknown>): boolean {
  return call.method === "GET" && status !== null && call.statuses.includes(status);
}

function isRefusal({ status }: Reply<unknown>): boolean {
  return status === 401 || status === 403;
}

function isSame(one: Reply<unknown>, other: Reply<unknown>): boolean {
  return (
    one.status === other.status &&
    one.contentType === other.contentType &&
    withoutIds(one) === withoutIds(other)
  );
}

/** The body without the path, however it is spelled, and without what differs at each request: times, lengths and ids. */
function withoutIds({ call, text }: Reply<unknown>): string {
  const last = call.path.slice(call.path.lastIndexOf("/") + 1);
  return [call.path, decodeURIComponent(call.path), last, decodeURIComponent(last)]
    .reduce((rest, spelling) => rest.replaceAll(spelling, ""), text)
    .replaceAll(/[0-9a-f-]{8,}|\d+/gi, "");
}
