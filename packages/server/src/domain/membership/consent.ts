import { auditEntry } from "../audit.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { assess, grantingEmail } from "../login/address-trust.ts";
import type { OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { refuseRemovedElsewhere } from "./access.ts";
import { acceptInvitation } from "./ensure-membership.ts";
import { isCurrent } from "./invitation.ts";
import { releaseInvitation } from "./invitation-ledger.ts";
import type { Invitation, Membership, MembershipPorts } from "./membership.ts";
import { isOpenTo } from "./open-offer.ts";
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
  for (;;) {
    const { invitation, stored } = await offered(identity, organizationId, ports, signal);
    if (stored?.status === "active") {
      if (invitation.consumedBy === identity.userId) {
        if (invitation.change?.action === "invitation-accepted")
          await ports.audit.append(invitation.change, signal);
        return stored;
      }
      if (!isCurrent(invitation, ports.now().toISOString())) throw nothingThere();
      if (await settleInvitation(invitation, stored, identity, ports, signal)) return stored;
      continue;
    }
    const { organizationId: id } = invitation;
    const opening = { organizationId: id, invitation, stored, hasConsented: true };
    const membership = await acceptInvitation(opening, identity, ports, signal);
    if (membership?.status !== "active") throw nothingThere();
    return membership;
  }
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
  const { userId } = identity;
  for (;;) {
    const { invitation, stored } = await offered(identity, organizationId, ports, signal);
    if (invitation.ended === "declined") {
      if (invitation.change !== null) await ports.audit.append(invitation.change, signal);
      return;
    }
    if (!(await isOpenTo(stored, invitation, ports, signal))) throw nothingThere();
    const at = ports.now().toISOString();
    const { invitationId } = invitation;
    const via = identity.claims.clientId;
    const about = { organizationId: invitation.organizationId, userId, invitationId, via };
    const change = auditEntry({ at, actor: `user:${userId}`, action: "invitation-declined", ...about });
    const next = { ...invitation, ended: "declined", rev: newRevision(), change } as const;
    if (!(await ports.memberships.replaceInvitation(next, invitation, signal))) continue;
    await ports.audit.append(change, signal);
    await releaseInvitation(invitation, ports, signal);
    return;
  }
}

/**
 * The invitation of the address that is proven to an open organization, and the user's membership there. By what is
 * stored: the login's connection may have been taken away since it was cached.
 */
async function offered(
  identity: Identity,
  organizationId: OrganizationId | null,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<{ invitation: Invitation; stored: Membership | null }> {
  await refuseRemovedElsewhere(identity, organizationId, ports, signal);
  const { claims, trust, userId } = identity;
  const { memberships, membershipWrites, stored: organizations } = ports;
  const email = organizationId === null ? null : grantingEmail(trust, organizationId);
  if (organizationId === null || email === null) throw nothingThere();
  const [present, invitation, stored, organization] = await Promise.all([
    assess(claims, organizations, ports, signal),
    memberships.findInvitation(organizationId, email, signal),
    membershipWrites.find(organizationId, userId, signal),
    organizations.find(organizationId, signal),
  ]);
  if (grantingEmail(present.trust, organizationId) === null) throw nothingThere();
  if (invitation === null || organization?.state !== "open") throw nothingThere();
  return { invitation, stored };
}

function nothingThere(): Refusal {
  return new Refusal("NOT_FOUND", "no invitation can be accepted");
}
