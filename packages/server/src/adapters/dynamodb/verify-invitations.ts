import { isDeepStrictEqual } from "node:util";
import { type Invitation, isCurrent, LEAST_AUDIT_DAYS, type OrganizationId } from "../../domain/index.ts";
import { dynamoAudit } from "./audit.ts";
import { type Key, keys } from "./table/keys.ts";
import { getRaw } from "./table/raw-items.ts";
import type { StoredItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { type TableFinding, validOf } from "./verify-rules.ts";

/** How far the clocks that entries are dated by may be apart from this one. */
const APART_MS = 60_000;
const DAY_MS = 86_400_000;

/** What only the whole table says of its invitations. It holds the keys of those that are open or lack their entry so far. */
export class InvitationTally {
  readonly #beginMs = Date.now();
  readonly #counted = new Map<OrganizationId, Key[]>();
  readonly #accepted = new Map<string, Key>();
  readonly #recorded = new Set<string | null>();

  add(item: StoredItem): void {
    const invitation = item.type === "invitation" ? validOf("invitation", item) : null;
    const entry = item.type === "audit-entry" ? validOf("auditEntry", item) : null;
    if (entry?.action === "invitation-accepted") this.#recorded.add(entry.invitationId);
    if (invitation === null) return;
    const { organizationId, email, invitationId, consumedBy, endedAt } = invitation;
    const key = keys.invitation(email, organizationId);
    // Of an older one the entry may be deleted by now: the audit of this table may have been kept for some days only.
    const isRecent = endedAt === null || this.#beginMs - Date.parse(endedAt) < LEAST_AUDIT_DAYS * DAY_MS;
    if (consumedBy !== null && isRecent) this.#accepted.set(invitationId, key);
    if (!isCounted(invitation)) return;
    this.#counted.set(organizationId, [...(this.#counted.get(organizationId) ?? []), key]);
  }

  /** What is wrong once every item was added. */
  async findings(table: DynamoTable, signal: AbortSignal): Promise<readonly TableFinding[]> {
    const uncounted = [];
    for (const [id, open] of this.#counted) uncounted.push(...(await findUncounted(id, open, table, signal)));
    const missing = [...this.#accepted].filter(([id]) => !this.#recorded.has(id));
    if (missing.length === 0) return uncounted;
    // The entry of one that was accepted meanwhile may stand where was read before.
    const period = { since: new Date(this.#beginMs - APART_MS), until: new Date(Date.now() + APART_MS) };
    const recent = new Set<string | null>();
    for await (const { invitationId } of dynamoAudit(table).list(period, signal)) recent.add(invitationId);
    const unrecorded = missing.filter(([id]) => !recent.has(id));
    const problem = "was accepted, and the audit has no entry of it";
    return [...uncounted, ...unrecorded.map(([, key]) => ({ ...key, problem }))];
  }
}

/**
 * The days of which fewer invitations are counted than are open. More are no contradiction: what a login ends is counted
 * after it, if it can be. No count changes while the invitations are read.
 */
async function findUncounted(
  id: OrganizationId,
  invitations: readonly Key[],
  table: DynamoTable,
  signal: AbortSignal,
): Promise<readonly TableFinding[]> {
  const key = keys.invitationLedger(id);
  for (let before = await getRaw(table, "item", key, signal); ; ) {
    const found = await Promise.all(invitations.map((each) => getRaw(table, "item", each, signal)));
    const after = await getRaw(table, "item", key, signal);
    if (isDeepStrictEqual(after, before))
      return uncountedIn(after, found).map((problem) => ({ ...key, problem }));
    before = after;
  }
}

function uncountedIn(
  stored: StoredItem | undefined,
  invitations: readonly (StoredItem | undefined)[],
): string[] {
  const ledger = validOf("invitationLedger", stored);
  if (ledger === null && stored !== undefined) return []; // a finding of its own
  const open = invitations.flatMap((item) => validOf("invitation", item) ?? []).filter(isCounted);
  const days = Object.entries(
    Object.groupBy(open, ({ expiresAt }) => expiresAt.slice(0, "yyyy-mm-dd".length)),
  );
  return days.flatMap(([day, those = []]) => {
    const count = ledger?.open[day] ?? 0;
    return count < those.length
      ? `counts ${count} of ${those.length} open invitations that expire on ${day}`
      : [];
  });
}

function isCounted(invitation: Invitation): boolean {
  return invitation.counted && isCurrent(invitation, new Date().toISOString());
}
