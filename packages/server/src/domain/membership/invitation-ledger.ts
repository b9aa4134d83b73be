import type { OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
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

/** Whether it was counted when it was offered. Those of an operator's file are not. */
export function isCounted({ change }: Pick<Invitation, "change">): boolean {
  return change !== null;
}

/** Counts an invitation that was open as closed, once. */
export async function releaseInvitation(
  invitation: Invitation,
  ports: Parameters<typeof countInvitations>[2],
  signal: AbortSignal,
): Promise<void> {
  if (!isCounted(invitation)) return;
  await countInvitations(invitation.organizationId, { closed: [invitation] }, ports, signal);
}

/**
 * Counts a change before it is made, or what it closed afterwards. A call that loses a race starts over.
 * @throws {Refusal} LIMIT_REACHED for open invitations; RATE_LIMITED for mails
 */
export async function countInvitations(
  organizationId: OrganizationId,
  change: LedgerChange,
  { ledger, now }: { readonly ledger: InvitationLedgerStore; readonly now: () => Date },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const present = await ledger.find(organizationId, signal);
    const next = { ...counted(present, change, now()), rev: newRevision() };
    if (await ledger.replace(next, present.rev, signal)) return;
  }
}

/** @throws {Refusal} as {@link countInvitations} */
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
