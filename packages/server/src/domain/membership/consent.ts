import type { CanonicalEmail } from "../email.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { assess, grantingEmail } from "../login/address-trust.ts";
import type { Membership } from "../membership.ts";
import { isClosed, type OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { transact } from "../transaction.ts";
import { refuseRemovedElsewhere } from "./access.ts";
import { acceptInvitation } from "./ensure-membership.ts";
import type { Outcome } from "./grant-membership.ts";
import { ended } from "./invitation.ts";
import { replacing } from "./invitation-ledger.ts";
import type { Invitation, MembershipPorts } from "./memberships.ts";
import { openOffer } from "./open-offer.ts";
import { settleInvitation } from "./settle-invitation.ts";

/**
 * Accepts the invitation of one's own address. Accepting twice answers the membership.
 * @param ports without caches
 * @throws {Refusal} NOT_FOUND for anything that cannot be accepted, whether or not it exists; MEMBERSHIP_REMOVED when the
 * user was removed from another organization, that of the token
 */
export async function accept(
  identity: Identity,
  organizationId: OrganizationId | null,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const { email, invitation, stored: before } = await offered(identity, organizationId, ports, signal);
  if (invitation === null) {
    // It may have been accepted so long ago that it is deleted.
    const isMember = before?.status === "active" && before.origin === "invitation" && before.email === email;
    if (isMember) return before;
    throw nothingThere();
  }
  const { organizationId: id } = invitation;
  const opening = { organizationId: id, invitation, stored: before, hasConsented: true };
  const { membership: stored, used = null }: Outcome =
    before?.status === "active"
      ? { membership: before }
      : await acceptInvitation(opening, identity, ports, signal);
  if (stored?.status !== "active") throw nothingThere();
  if (used !== null) return stored;
  const acceptedBy = await settleInvitation({ invitation, stored }, identity, ports, signal);
  if (acceptedBy !== identity.userId) throw nothingThere();
  return stored;
}

/**
 * Declines the invitation of one's own address. Declining twice is fine.
 * @throws {Refusal} NOT_FOUND, MEMBERSHIP_REMOVED as {@link accept}
 */
export async function decline(
  identity: Identity,
  organizationId: OrganizationId | null,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<void> {
  const { userId, claims } = identity;
  const read = async () => {
    const { invitation, stored } = await offered(identity, organizationId, ports, signal);
    if (invitation === null) throw nothingThere();
    const [offer, ledger] = await Promise.all([
      openOffer(stored, invitation, ports, signal),
      ports.memberships.findLedger(invitation.organizationId, signal),
    ]);
    return { invitation, offer, ledger };
  };
  const decide = ({ invitation, offer, ledger }: Awaited<ReturnType<typeof read>>) => {
    if (invitation.ended === "declined") return { changes: null, result: null };
    if (offer === null) throw nothingThere();
    const now = ports.now();
    const at = now.toISOString();
    const action = { at, actor: `user:${userId}`, action: "invitation-declined" } as const;
    const by = { ...action, userId, via: claims.clientId };
    const declined = ended(invitation, { ended: "declined", endedBy: "others" }, by);
    return { changes: replacing([declined], ledger, now), result: null };
  };
  await transact({ read, decide }, ports.transactions, signal);
}

/**
 * The address that is proven to an open organization, its invitation, and the user's membership there. By what is stored:
 * the login's connection may have been taken away since it was cached.
 */
async function offered(
  identity: Identity,
  organizationId: OrganizationId | null,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<{ email: CanonicalEmail; invitation: Invitation | null; stored: Membership | null }> {
  await refuseRemovedElsewhere(identity, organizationId, ports, signal);
  const { claims, trust, userId } = identity;
  const { memberships, storedMemberships, stored: organizations } = ports;
  const email = organizationId === null ? null : grantingEmail(trust, organizationId);
  if (organizationId === null || email === null) throw nothingThere();
  const [present, invitation, stored, organization] = await Promise.all([
    assess(claims, organizations, ports, signal),
    memberships.findInvitation(organizationId, email, signal),
    storedMemberships.find(organizationId, userId, signal),
    organizations.find(organizationId, signal),
  ]);
  if (grantingEmail(present.trust, organizationId) === null) throw nothingThere();
  if (organization === null || isClosed(organization, ports)) throw nothingThere();
  return { email, invitation, stored };
}

function nothingThere(): Refusal {
  return new Refusal("NOT_FOUND", "no invitation can be accepted");
}
