import type { CanonicalEmail } from "../email.ts";
import { isCurrent, stateOf } from "./invitation.ts";
import type { Invitation, Membership, MembershipPorts } from "./membership.ts";

/** An invitation that can be accepted, and the address of the member who sent it; null for an operator. */
export interface OpenOffer {
  readonly invitation: Invitation;
  readonly inviter: CanonicalEmail | null;
}

/** The invitation, if a user with this membership can accept it now. */
export async function openOffer(
  stored: Membership | null,
  invitation: Invitation,
  ports: Pick<MembershipPorts, "storedMemberships" | "now">,
  signal: AbortSignal,
): Promise<OpenOffer | null> {
  const now = ports.now().toISOString();
  if (!isCurrent(invitation, now) || !mayBeInvited(stored, invitation)) return null;
  const inviter = await inviterOf(invitation, ports, signal);
  return isOpenTo(stored, invitation, { now, inviter })
    ? { invitation, inviter: inviter?.email ?? null }
    : null;
}

/** The membership of who invited, as it is stored; null for an operator. */
export async function inviterOf(
  { organizationId, invitedBy }: Invitation,
  { storedMemberships }: Pick<MembershipPorts, "storedMemberships">,
  signal: AbortSignal,
): Promise<Membership | null> {
  return invitedBy === null ? null : storedMemberships.find(organizationId, invitedBy, signal);
}

/**
 * Whether a user with this membership can accept the invitation.
 * @param now ISO 8601, UTC
 * @param inviter see {@link inviterOf}
 */
export function isOpenTo(
  stored: Membership | null,
  invitation: Invitation,
  { now, inviter }: { readonly now: string; readonly inviter: Membership | null },
): boolean {
  return mayBeInvited(stored, invitation) && stateOf(invitation, { now, inviter }) === "open";
}

/** A user who left by themselves is invited again, by a newer invitation only; a member and a removed person never. */
export function mayBeInvited(stored: Membership | null, { createdAt }: Invitation): boolean {
  if (stored === null) return true;
  return stored.leftAt !== null && createdAt > stored.leftAt;
}
