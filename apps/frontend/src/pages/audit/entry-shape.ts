import type { PlatformClient } from "@platform-api/client";

/** An entry as `org.audit.list` answers it. */
export type AuditEntry = Awaited<
  ReturnType<PlatformClient["org"]["audit"]["list"]["query"]>
>["items"][number];
export type AuditAction = AuditEntry["action"];

/** The actor of an entry, as a person: a user id. Null for a sign-in, the provider and the system. */
export function userOfActor(actor: string): string | null {
  return actor.startsWith("user:") ? actor.slice("user:".length) : null;
}
