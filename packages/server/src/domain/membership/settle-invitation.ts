import { auditEntry } from "../audit.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { newRevision } from "../revision.ts";
import { acceptedBy } from "./ensure-membership.ts";
import { releaseInvitation } from "./invitation-ledger.ts";
import type { Invitation, Membership, MembershipPorts } from "./membership.ts";

/**
 * An invitation never changes a membership: a member's counts as accepted, that of a removed person is void.
 * @param invitation current, and of an address that the login proves by what is stored
 * @returns false when it has changed since it was read
 */
export async function settleInvitation(
  invitation: Invitation,
  { status }: Membership,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const at = ports.now().toISOString();
  const { organizationId, invitationId } = invitation;
  const change =
    status === "active"
      ? acceptedBy(identity, invitation, ports)
      : auditEntry({ at, actor: "system", action: "invitation-voided", organizationId, invitationId });
  const outcome = status === "active" ? { consumedBy: identity.userId } : { ended: "void" as const };
  const next = { ...invitation, ...outcome, rev: newRevision(), change };
  // With a new revision, so that of two concurrent calls one counts it.
  if (!(await ports.memberships.replaceInvitation(next, invitation, signal))) return false;
  await ports.audit.append(change, signal);
  await releaseInvitation(invitation, ports, signal);
  return true;
}
