import { includesRole } from "@platform-api/server/wire";
import { record } from "./audit.ts";
import {
  addMembership,
  type Invitation,
  type Login,
  type Membership,
  type Organization,
  type User,
} from "./people.ts";
import type { ProcedureOutput } from "./procedures.ts";

export type InvitationState = ProcedureOutput<"org.invitations.resend">["state"];

export function stateOf({ id }: Organization, invitation: Invitation): InvitationState {
  const { ended, inviter, role } = invitation;
  if (ended !== null) return ended;
  if (!isCurrent(invitation)) return "expired";
  const membership = inviter.standing.get(id);
  return membership?.status === "active" && includesRole(membership.role, role) ? "open" : "void";
}

/** Whether it has neither ended nor expired. Its inviter may still have lost the right to invite. */
export function isCurrent({ ended, expiresAt }: Invitation): boolean {
  return ended === null && expiresAt > new Date().toISOString();
}

/** Whether the user can accept it now. */
export function isOpenTo(user: User, organization: Organization, invitation: Invitation): boolean {
  const membership = user.standing.get(organization.id);
  return (membership?.hasLeft ?? true) && stateOf(organization, invitation) === "open";
}

/** Stores the invitation in the place of the present one. */
export function storeInvitation({ invitations }: Organization, invitation: Invitation): void {
  invitations.set(invitation.email, invitation);
}

/** Makes the user a member by an invitation that is open to them. */
export function acceptInvitation(
  organization: Organization,
  login: Login,
  invitation: Invitation,
): Membership {
  const { role, outside } = invitation;
  const granted = { role, outside, origin: "invitation", invitation } as const;
  const membership = addMembership(organization, login, granted);
  settleInvitation(organization, login, invitation);
  return membership;
}

/** An invitation never changes a membership: a member's counts as accepted, that of a removed person is void. */
export function settleInvitation(
  organization: Organization,
  { user, clientId: via }: Login,
  invitation: Invitation,
): void {
  const { invitationId } = invitation;
  const isMember = user.standing.get(organization.id)?.status === "active";
  storeInvitation(organization, { ...invitation, ended: isMember ? "accepted" : "void" });
  const accepted = { actor: "login", action: "invitation-accepted", via, userId: user.userId } as const;
  const voided = { actor: "system", action: "invitation-voided" } as const;
  record(organization, { ...(isMember ? accepted : voided), invitationId });
}
