import type { CanonicalEmail } from "../email.ts";
import type { Membership } from "../membership.ts";
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

/** A user who left by themselves is invited again, by a newer invitation only; a member, a removed and an erased person never. */
export function mayBeInvited(stored: Membership | null, { createdAt }: Invitation): boolean {
  if (stored === null) return true;
  return stored.email !== null && stored.leftAt !== null && createdAt > stored.leftAt;
}
