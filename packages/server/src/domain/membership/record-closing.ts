import { type AuditEntry, auditEntry } from "../audit.ts";
import { type Closing, isClosed, type Organization, type OrganizationId } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { storing, transact } from "../transaction.ts";
import type { MembershipPorts } from "./memberships.ts";

/** One that its time has closed, which no entry of the audit tells yet. */
type Unrecorded = Organization & { readonly closing: Closing };

export function isUnrecorded(
  organization: Organization,
  timed: Pick<MembershipPorts, "now">,
): organization is Unrecorded {
  return organization.state === "open" && organization.closing !== null && isClosed(organization, timed);
}

/** The entry of an end that came by itself. It was open until its own time, however late this is recorded. @param at now */
export function closedBySystem({ id, state, closing }: Unrecorded, at: string): AuditEntry {
  const closed = { before: { state }, after: { state: "closed", closesAt: closing.at } };
  return auditEntry({ at, actor: "system", action: "organization-closed", organizationId: id, ...closed });
}

/**
 * Records the end of an organization, once. No request has to: its time has closed it for every process.
 */
export async function recordClosing(
  id: OrganizationId,
  { stored, transactions, now }: Pick<MembershipPorts, "stored" | "transactions" | "now">,
  signal: AbortSignal,
): Promise<void> {
  const read = async () => ({ present: await stored.find(id, signal), at: now() });
  const decide = ({ present, at }: Awaited<ReturnType<typeof read>>) => {
    if (present === null || !isUnrecorded(present, { now: () => at })) return { changes: null, result: null };
    const next = { ...present, state: "closed", rev: newRevision() } as const;
    const entry = closedBySystem(present, at.toISOString());
    return storing([{ item: "organization", next, present }], [entry], null);
  };
  await transact({ read, decide }, transactions, signal);
}
