import type { CanonicalEmail } from "../email.ts";
import { isErased, type Membership } from "../membership.ts";
import type { PersonName } from "../person-name.ts";
import { isCurrent, stateOf } from "./invitation.ts";
import type { Invitation, MembershipPorts } from "./memberships.ts";

/** An invitation that can be accepted, and the member who sent it; null for an operator. */
export interface OpenOffer {
  readonly invitation: Invitation;
  readonly inviter: CanonicalEmail | null;
  readonly inviterName: PersonName | null;
}

/** The invitation, if a user with this membership can accept it now. */
export async function openOffer(
  stored: Membership | null,
  invitation: Invitation,
  { storedMemberships, now: clock }: Pick<MembershipPorts, "storedMemberships" | "now">,
  signal: AbortSignal,
): Promise<OpenOffer | null> {
  const { organizationId, invitedBy } = invitation;
  const now = clock().toISOString();
  if (!isCurrent(invitation, now) || !mayBeInvited(stored, invitation)) return null;
  const inviter = invitedBy === null ? null : await storedMemberships.find(organizationId, invitedBy, signal);
  if (stateOf(invitation, { now, inviter }) !== "open") return null;
  return { invitation, inviter: inviter?.email ?? null, inviterName: inviter?.name ?? null };
}

/**
 * Who left by themselves is invited again, by a newer invitation only, and so is who was erased: they have an account again
 * only by an operator's relink. A member and a removed person never.
 */
export function mayBeInvited(stored: Membership | null, { createdAt }: Invitation): boolean {
  if (stored === null) return true;
  const goneAt = isErased(stored) ? (stored.ceased.member ?? null) : stored.leftAt;
  return goneAt !== null && createdAt > goneAt;
}
