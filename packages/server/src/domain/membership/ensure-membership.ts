import { domainOf } from "../email.ts";
import { judgedIn } from "../identity/judged-login.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { grantingEmail } from "../login/address-trust.ts";
import type { OrganizationId } from "../organization.ts";
import { unrecorded } from "../waiting/reads.ts";
import { grantMembership, type Opening, uninvited } from "./grant-membership.ts";
import { isCurrent, needsConsent } from "./invitation.ts";
import { isOwnLogin, type Membership, type MembershipPorts } from "./membership.ts";
import { mayBeInvited } from "./open-offer.ts";

/**
 * The one place that decides whether a user is a member. A stored membership decides, also a removed one; only who left by
 * themselves can be invited again. If none is stored, an open invitation creates it, else JIT. Every procedure goes through
 * here, so the order of calls does not matter. The reads are the same whether or not the organization exists.
 */
export async function ensureMembership(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { memberships } = ports;
  const email = grantingEmail(identity.trust, organizationId);
  const findInvitation = () =>
    email === null ? null : memberships.findInvitation(organizationId, email, signal);
  const isFirst = judgedIn(signal, identity, ports.now()) !== null;
  const [stored, early] = await Promise.all([
    memberships.find(organizationId, identity.userId, signal),
    isFirst ? findInvitation() : null, // of most who are linked already, a membership is stored
  ]);
  if (stored?.leftAt === null) return stored;
  const invitation = isFirst ? early : await findInvitation();
  return makeMembership({ organizationId, stored, invitation }, identity, ports, signal);
}

/**
 * Creates a membership where none is stored: by the user's invitation if there is one, else by JIT.
 * @returns the membership as it is stored then, also one that another login has made meanwhile; null for none
 */
export async function makeMembership(
  opening: Opening,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { organizationId, invitation, stored } = opening;
  const { trust, userId } = identity;
  if (grantingEmail(trust, organizationId) === null) return stored; // nothing could make one
  const at = ports.now().toISOString();
  const waits =
    invitation === null ||
    // By what is cached: one that waits for its consent must not cost a decision on stored data each time.
    needsConsent(invitation, await ports.organizations.listByDomain(domainOf(invitation.email), signal));
  const isOwn = stored === null && isOwnLogin(organizationId, identity);
  const made =
    (waits ? null : await acceptInvitation(opening, identity, ports, signal)) ??
    (isOwn ? await provisionJustInTime(organizationId, identity, ports, signal) : null);
  if (made !== null) return made;
  const isOffered =
    invitation !== null &&
    mayBeInvited(stored, invitation) &&
    (invitation.consumedBy === userId || (!waits && isCurrent(invitation, at)));
  return isOwn || isOffered ? findAgain(organizationId, identity, ports, signal) : stored;
}

/**
 * The membership as it is stored now, for use before a no: another call may have used up what would have made it, between
 * the reads of both.
 */
export function findAgain(
  organizationId: OrganizationId,
  { userId }: Identity,
  { storedMemberships }: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  return unrecorded(() => storedMemberships.find(organizationId, userId, signal)); // not what was read ahead
}

/**
 * Creates the membership that an invitation offers; null if it offers none to this user, or needs a consent that they have
 * not given.
 */
export async function acceptInvitation(
  { hasConsented = false, ...opening }: Opening & { readonly hasConsented?: boolean },
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  return grantMembership(opening, identity, ports, signal, ({ email, assessment, invitation }) => {
    if (invitation === null || email !== invitation.email) return null;
    const { role, fromOutside, invitedBy } = invitation;
    const mayGrant = hasConsented
      ? role === opening.invitation?.role // what they have consented to
      : !needsConsent(invitation, assessment.verifiers);
    if (!mayGrant) return null;
    return { origin: "invitation", role, invitedFromOutside: fromOutside, invitedBy };
  });
}

async function provisionJustInTime(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  if (!(await ports.organizations.find(organizationId, signal))?.jit) return null;
  const opening = { organizationId, stored: null, invitation: null };
  return grantMembership(opening, identity, ports, signal, ({ organization, assessment }) => {
    if (!organization.jit || !isOwnLogin(organizationId, assessment)) return null;
    return uninvited("jit", organization);
  });
}
