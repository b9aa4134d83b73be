import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { type Transactions, transact, type Write } from "../transaction.ts";
import { isCurrent } from "./invitation.ts";
import type { Invitation, InvitationLedger, InvitationLedgerStore } from "./membership.ts";

export const MAX_OPEN_INVITATIONS = 500;
export const MAX_MAILS_A_DAY = 500;

type Expiring = Pick<Invitation, "expiresAt">;

/** What a change opens and closes, and how many mails it sends. */
export interface LedgerChange {
  readonly opened?: readonly Expiring[];
  readonly closed?: readonly Expiring[];
  readonly mails?: number;
}

/** The invitation, if it counts as open until it is changed; else nothing. */
export function countedAsOpen(invitation: Invitation | null, now: Date): readonly Invitation[] {
  return invitation?.counted && isCurrent(invitation, now.toISOString()) ? [invitation] : [];
}

/**
 * Counts an invitation that a login has ended as closed, after it: logins must not wait for one another.
 * @param invitation as it was before it ended
 */
export async function releaseInvitation(
  invitation: Invitation,
  {
    ledger,
    transactions,
    now,
  }: {
    readonly ledger: InvitationLedgerStore;
    readonly transactions: Transactions;
    readonly now: () => Date;
  },
  signal: AbortSignal,
): Promise<void> {
  if (!invitation.counted) return;
  const read = () => ledger.find(invitation.organizationId, signal);
  const decide = (present: InvitationLedger) => {
    const writes = countWrites(present, { closed: [invitation] }, now());
    return { changes: { writes, unchanged: [], audit: [] }, result: null };
  };
  await transact({ read, decide }, transactions, signal);
}

/**
 * What counts a change, to be stored with it; nothing where it changes no count.
 * @throws {Refusal} LIMIT_REACHED for open invitations; RATE_LIMITED for mails
 */
export function countWrites(present: InvitationLedger, change: LedgerChange, now: Date): readonly Write[] {
  const { opened = [], closed = [], mails = 0 } = change;
  if (opened.length === 0 && closed.length === 0 && mails === 0) return [];
  const { rev } = present;
  return [
    {
      item: "invitationLedger",
      next: { ...counted(present, change, now), rev: newRevision() },
      present: rev === null ? null : { ...present, rev },
    },
  ];
}

/** @throws {Refusal} as {@link countWrites} */
export function counted(
  present: InvitationLedger,
  { opened = [], closed = [], mails = 0 }: LedgerChange,
  now: Date,
): InvitationLedger {
  const today = now.toISOString().slice(0, "yyyy-mm-dd".length);
  const open = new Map(Object.entries(present.open).filter(([day]) => day >= today));
  const before = sum(open);
  const add = (n: number) => (expiring: Expiring) => {
    const day = dayOf(expiring);
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

function dayOf({ expiresAt }: Expiring): string {
  return expiresAt.slice(0, "yyyy-mm-dd".length);
}
