import type { CanonicalEmail } from "../email.ts";
import { isCurrent, stateOf } from "./invitation.ts";
import type { Invitation, Membership, MembershipPorts } from "./membership.ts";

/** Whether a user with this membership can accept the invitation now. */
export async function isOpenTo(...args: Parameters<typeof openOffer>): Promise<boolean> {
  return (await openOffer(...args)) !== null;
}

/** An invitation that can be accepted, and the address of the member who sent it; null for an operator. */
export interface OpenOffer {
  readonly invitation: Invitation;
  readonly inviter: CanonicalEmail | null;
}

/** The invitation, if a user with this membership can accept it now. */
export async function openOffer(
  stored: Membership | null,
  invitation: Invitation,
  { membershipWrites, now: clock }: Pick<MembershipPorts, "membershipWrites" | "now">,
  signal: AbortSignal,
): Promise<OpenOffer | null> {
  const now = clock().toISOString();
  const { organizationId, invitedBy } = invitation;
  if (!isCurrent(invitation, now) || !mayBeInvited(stored, invitation)) return null;
  const inviter = invitedBy === null ? null : await membershipWrites.find(organizationId, invitedBy, signal);
  const isOpen = stateOf(invitation, { now, inviter }) === "open";
  return isOpen ? { invitation, inviter: inviter?.email ?? null } : null;
}

/** A user who left by themselves is invited again, by a newer invitation only; a member and a removed person never. */
export function mayBeInvited(stored: Membership | null, { createdAt }: Invitation): boolean {
  if (stored === null) return true;
  const { hasLeft, change } = stored;
  return hasLeft && change !== null && createdAt > change.at;
}
