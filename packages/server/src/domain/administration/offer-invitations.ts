import { type AuditAction, auditEntry, recordActions } from "../audit.ts";
import { isCurrent } from "../membership/invitation.ts";
import { counted, countInvitations, isCounted, type LedgerChange } from "../membership/invitation-ledger.ts";
import type { Invitation } from "../membership/membership.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import { isLost } from "./invitation-view.ts";
import type { Actor, Administrator } from "./standing.ts";

/** How many invitations are stored concurrently. */
const AT_ONCE = 8;

/** An invitation to store in the place of the present one. */
interface Offer {
  readonly next: Invitation;
  readonly present: Invitation | null;
  /** Whether a mail about it is sent. */
  readonly isMailed: boolean;
}

/** The invitation as it is offered (again) by the administrator. */
export function renewed(
  { organization, userId, actor, via }: Actor,
  {
    email,
    role,
    outside,
    present,
    outcome,
  }: Pick<Invitation, "email" | "role"> & {
    readonly outside: boolean;
    readonly present: Invitation | null;
    readonly outcome: "invited" | "renewed";
  },
  ports: OrganizationStores,
): Offer {
  const { now, limits, outbox } = ports;
  const at = now().toISOString();
  const isMailed = outbox !== null && (present === null || waitFor(present, ports) === 0);
  const invitationId = present?.invitationId ?? crypto.randomUUID();
  const action = outcome === "renewed" ? "invitation-resent" : "invitation-sent";
  const about = { organizationId: organization.id, invitationId, after: { role } };
  const next: Invitation = {
    ...{ organizationId: organization.id, email, invitationId, role, fromOutside: outside },
    ...{ consumedBy: null, ended: null, invitedBy: userId, createdAt: at },
    expiresAt: new Date(now().getTime() + limits.ttlMs).toISOString(),
    mail: isMailed ? "sending" : outbox === null ? "none" : (present?.mail ?? "none"),
    mailedAt: isMailed ? at : (present?.mailedAt ?? null),
    rev: newRevision(),
    change: auditEntry({ at, actor, via, action: action satisfies AuditAction, ...about }),
  };
  return { next, present, isMailed };
}

/** Counts invitations and their mails, then stores them. */
export async function offer(
  administrator: Administrator,
  offers: readonly Offer[],
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { id } = administrator.organization;
  counted(await ports.ledger.find(id, signal), changeBy(offers, ports), ports.now()); // all of them, or none
  const failures: unknown[] = [];
  // A few at a time, so that a failure leaves few of them counted that are not stored.
  for (let from = 0; from < offers.length; from += AT_ONCE) {
    const group = offers.slice(from, from + AT_ONCE);
    await countInvitations(id, changeBy(group, ports), ports, signal);
    const stored = group.map((each) => store(administrator, each, ports, signal));
    for (const outcome of await Promise.allSettled(stored)) {
      if (outcome.status === "rejected") failures.push(outcome.reason);
    }
    if (failures.some((failure) => !isConflict(failure))) break;
  }
  if (failures.length > 0) throw failures.find((failure) => !isConflict(failure)) ?? failures[0];
}

function changeBy(offers: readonly Offer[], ports: OrganizationStores): LedgerChange {
  return {
    opened: offers.map(({ next }) => next),
    closed: offers.flatMap(({ present }) => stillCounted(present, ports)),
    mails: offers.filter(({ isMailed }) => isMailed).length,
  };
}

/** Whether it concerns one invitation alone. */
function isConflict(error: unknown): boolean {
  return error instanceof Refusal && error.reason === "CONFLICT";
}

/** Stores an invitation that is counted already, records it and hands its mail over. */
async function store(
  administrator: Administrator,
  { next, present, isMailed }: Offer,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { organization, userId } = administrator;
  if (!(await ports.memberships.replaceInvitation(next, present, signal))) {
    // As it was before: the caller that changed the present one has counted that.
    const opened = stillCounted(present, ports);
    const mails = isMailed ? -1 : 0;
    await countInvitations(organization.id, { opened, closed: [next], mails }, ports, signal);
    throw conflict("somebody else has just changed this invitation; try again");
  }
  if (next.change !== null)
    await recordActions([next.change], { audit: ports.audit, actor: next.change.actor }, signal);
  if (!isMailed) return;
  const inviter = userId === null ? null : await ports.membershipWrites.find(organization.id, userId, signal);
  ports.outbox?.post(next, {
    ...{ to: next.email, organizationName: organization.name, role: next.role },
    ...{ invitedBy: inviter?.email ?? null, expiresAt: next.expiresAt },
  });
}

/** How long the address of an invitation gets no other mail, in milliseconds. A mail that failed does not count. */
export function waitFor(invitation: Invitation, { now, limits }: OrganizationStores): number {
  const { mail, mailedAt } = invitation;
  if (mailedAt === null || mail === "failed" || isLost(invitation, now())) return 0;
  return Math.max(0, Date.parse(mailedAt) + limits.resendMs - now().getTime());
}

/** The invitation, if the ledger counts it as open; else nothing. */
function stillCounted(invitation: Invitation | null, { now }: OrganizationStores): Invitation[] {
  if (invitation === null || !isCounted(invitation)) return [];
  return isCurrent(invitation, now().toISOString()) ? [invitation] : [];
}

export function conflict(hint: string): Refusal {
  return new Refusal("CONFLICT", "the invitation is not in the expected state", { hint });
}
