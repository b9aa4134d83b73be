import type { ProcedureOutput } from "./procedures.ts";

/** An entry as the organization sees it. */
export type AuditEntry = ProcedureOutput<"org.audit.list">["items"][number];

/** What happened; the other fields of the entry are null. */
export type Recorded = Pick<AuditEntry, "actor" | "action"> & Partial<AuditEntry>;

/** Appends an entry to the audit of an organization. */
export function record({ audit }: { readonly audit: AuditEntry[] }, recorded: Recorded): void {
  audit.push({
    id: crypto.randomUUID(),
    at: new Date().toISOString(),
    via: null,
    userId: null,
    connection: null,
    domain: null,
    rule: null,
    invitationId: null,
    before: null,
    after: null,
    ...recorded,
  });
}
