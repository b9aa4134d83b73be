import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { Changes, Write } from "../transaction.ts";
import { isCurrent, type Replacement } from "./invitation.ts";
import type { Invitation, InvitationLedger, MembershipPorts } from "./memberships.ts";

export const MAX_OPEN_INVITATIONS = 500;
export const MAX_MAILS_A_DAY = 500;

type Expiring = Pick<Invitation, "expiresAt">;

/** What a change opens and closes, and how many mails it sends. */
export interface LedgerChange {
  readonly opened: readonly Expiring[];
  readonly closed: readonly Expiring[];
  readonly mails: number;
}

/**
 * What stores, counts and records invitations; null for none.
 * @throws {Refusal} LIMIT_REACHED for open invitations; RATE_LIMITED for mails
 */
export function replacing(
  replacements: readonly Replacement[],
  ledger: InvitationLedger,
  now: Date,
): Changes | null {
  if (replacements.length === 0) return null;
  const isOpen = (each: Invitation | null) => each?.counted === true && isCurrent(each, now.toISOString());
  const opened = replacements.map(({ next }) => next).filter(isOpen);
  const closed = replacements.flatMap(({ present }) => present ?? []).filter(isOpen);
  const mails = replacements.filter(({ isMailed }) => isMailed).length;
  const writes: Write[] = replacements.map(({ next, present }) => ({ item: "invitation", next, present }));
  const next = {
    ...counted(ledger, { opened, closed, mails }, now),
    changes: ledger.changes + replacements.length,
    changedAt: now.toISOString(),
    rev: newRevision(),
  };
  writes.push({ item: "invitationLedger", next, present: ledger });
  return { writes, unchanged: [], audit: replacements.flatMap(({ audit }) => audit) };
}

/**
 * Counts an invitation that a login has ended as closed, after it: logins must not wait for one another. The login has
 * happened by then, so an outage does not refuse it.
 */
export async function releaseInvitation(
  { organizationId, expiresAt, counted }: Invitation,
  { memberships }: Pick<MembershipPorts, "memberships">,
  signal: AbortSignal,
): Promise<void> {
  const released = counted ? memberships.release(organizationId, dayOf(expiresAt), signal) : null;
  await released?.catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
  });
}

/** @throws {Refusal} as {@link replacing} */
export function counted(
  present: InvitationLedger,
  { opened, closed, mails }: LedgerChange,
  now: Date,
): InvitationLedger {
  const today = dayOf(now.toISOString());
  const open = new Map(Object.entries(present.open).filter(([day]) => day >= today));
  const before = sum(open);
  const add = (n: number) => (expiring: Expiring) => {
    const day = dayOf(expiring.expiresAt);
    open.set(day, Math.max(0, (open.get(day) ?? 0) + n));
  };
  closed.forEach(add(-1));
  opened.forEach(add(1));
  const sent = Math.max(0, (present.day === today ? present.mails : 0) + mails);
  if (sum(open) > Math.max(before, MAX_OPEN_INVITATIONS)) {
    const hint = `an organization has at most ${MAX_OPEN_INVITATIONS} open invitations`;
    throw new Refusal("LIMIT_REACHED", "too many open invitations", { hint });
  }
  if (mails > 0 && sent > MAX_MAILS_A_DAY) {
    const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1);
    const retryAfterSeconds = Math.ceil((midnight - now.getTime()) / 1_000);
    const hint = `an organization sends at most ${MAX_MAILS_A_DAY} mails a day`;
    throw new Refusal("RATE_LIMITED", "too many mails of one organization", { hint, retryAfterSeconds });
  }
  const entries = [...open].filter(([, count]) => count > 0);
  return { ...present, open: Object.fromEntries(entries), day: today, mails: sent };
}

function sum(open: ReadonlyMap<string, number>): number {
  return [...open.values()].reduce((total, each) => total + each, 0);
}

/** The day of an ISO 8601 time in UTC. */
function dayOf(at: string): string {
  return at.slice(0, "yyyy-mm-dd".length);
}
