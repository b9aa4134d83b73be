import { auditEntry } from "../audit.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { newRevision } from "../revision.ts";
import { type Decision, transact } from "../transaction.ts";
import { acceptedBy } from "./grant-membership.ts";
import { isCurrent } from "./invitation.ts";
import { releaseInvitation } from "./invitation-ledger.ts";
import type { Invitation, Membership, MembershipPorts } from "./membership.ts";

/**
 * An invitation never changes a membership: a member's counts as accepted, that of a removed person is void.
 * @param seen the invitation of an address that the login proves by what is stored
 * @returns the invitation as it is stored now
 */
export async function settleInvitation(
  seen: Invitation,
  { status }: Membership,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Invitation> {
  const { organizationId, email } = seen;
  async function read(attempt: number): Promise<Invitation> {
    if (attempt === 0) return seen;
    return (await ports.memberships.findInvitation(organizationId, email, signal)) ?? seen; // none is ever deleted
  }
  function decide(
    present: Invitation,
  ): Decision<{ readonly settled: Invitation; readonly was: Invitation | null }> {
    const at = ports.now().toISOString();
    if (!isCurrent(present, at)) return { changes: null, result: { settled: present, was: null } };
    const { invitationId } = present;
    const voided = {
      at,
      actor: "system",
      action: "invitation-voided",
      organizationId,
      invitationId,
    } as const;
    const [outcome, entry] =
      status === "active"
        ? [{ consumedBy: identity.userId }, acceptedBy(identity, present, at)]
        : [{ ended: "void", endedBy: "others" } as const, auditEntry(voided)];
    const next = { ...present, ...outcome, rev: newRevision() };
    const changes = {
      writes: [{ item: "invitation", next, present }],
      unchanged: [],
      audit: [entry],
    } as const;
    return { changes, result: { settled: next, was: present } };
  }
  const { settled, was } = await transact({ read, decide }, ports.transactions, signal);
  if (was !== null) await releaseInvitation(was, ports, signal);
  return settled;
}
