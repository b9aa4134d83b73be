import { auditEntry } from "../audit.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { newRevision } from "../revision.ts";
import { type Changes, type Decision, transact } from "../transaction.ts";
import { acceptedBy } from "./grant-membership.ts";
import { isCurrent } from "./invitation.ts";
import { releaseInvitation } from "./invitation-ledger.ts";
import type { Invitation, Membership, MembershipPorts } from "./membership.ts";

/** An invitation, and the membership of who proves its address. */
interface Taken {
  readonly invitation: Invitation;
  readonly stored: Membership;
}

/**
 * An invitation never changes a membership: a member's counts as accepted, that of a removed person is void.
 * @param seen the invitation is of an address that the login proves by what is stored
 * @returns the invitation as it is stored now
 */
export async function settleInvitation(
  seen: Taken,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Invitation> {
  const { organizationId, email } = seen.invitation;
  async function read(attempt: number): Promise<Taken> {
    if (attempt === 0) return seen;
    const [invitation, stored] = await Promise.all([
      ports.memberships.findInvitation(organizationId, email, signal),
      ports.storedMemberships.find(organizationId, seen.stored.userId, signal),
    ]);
    return { invitation: invitation ?? seen.invitation, stored: stored ?? seen.stored }; // none is ever deleted
  }
  function decide({
    invitation: present,
    stored,
  }: Taken): Decision<readonly [Invitation, Invitation | null]> {
    const at = ports.now().toISOString();
    if (!isCurrent(present, at) || stored.leftAt !== null) return { changes: null, result: [present, null] };
    const about = { organizationId, invitationId: present.invitationId };
    const [outcome, entry] =
      stored.status === "active"
        ? [{ consumedBy: identity.userId }, acceptedBy(identity, present, at)]
        : [
            { ended: "void", endedBy: "others" } as const,
            auditEntry({ at, actor: "system", action: "invitation-voided", ...about }),
          ];
    const next = { ...present, ...outcome, rev: newRevision() };
    const changes: Changes = {
      writes: [{ item: "invitation", next, present }],
      unchanged: [{ item: "membership", present: stored }],
      audit: [entry],
    };
    return { changes, result: [next, present] };
  }
  const [settled, ended] = await transact({ read, decide }, ports.transactions, signal);
  if (ended !== null) await releaseInvitation(ended, ports, signal);
  return settled;
}
