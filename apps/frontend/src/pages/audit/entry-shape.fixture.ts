import type { AuditEntry } from "./entry-shape.ts";

/** An entry of which nothing else is known. */
export function entryOf(given: Partial<AuditEntry> & Pick<AuditEntry, "action">): AuditEntry {
  return {
    id: "e",
    at: "2026-11-25T12:00:00.000Z",
    actor: "user:1",
    via: null,
    userId: null,
    connection: null,
    domain: null,
    rule: null,
    invitationId: null,
    batchId: null,
    before: null,
    after: null,
    ...given,
  };
}
