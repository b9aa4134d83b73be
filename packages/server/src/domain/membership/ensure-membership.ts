import { domainOf } from "../email.ts";
import { judgedIn } from "../identity/judged-login.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { grantingEmail } from "../login/address-trust.ts";
import { isErased, type Membership } from "../membership.ts";
import type { OrganizationId } from "../organization.ts";
import { grantMembership, type Opening, type Outcome, ungranted, uninvited } from "./grant-membership.ts";
import { isCurrent, needsConsent } from "./invitation.ts";
import { type Invitation, isOwnLogin, type MembershipPorts } from "./memberships.ts";
import { nameMember } from "./name-member.ts";
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
  if (stored?.leftAt === null && !isErased(stored)) {
    nameMember(stored, identity, ports, signal);
    return stored;
  }
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
  const listVerifiers = ({ email }: Invitation) => ports.organizations.listByDomain(domainOf(email), signal);
  // By what is cached: one that waits for its consent must not cost a decision on stored data each time.
  const isOffered =
    invitation !== null &&
    mayBeInvited(stored, invitation) &&
    (invitation.consumedBy === userId ||
      (isCurrent(invitation, at) && !needsConsent(invitation, await listVerifiers(invitation))));
  const invited = isOffered ? await acceptInvitation(opening, identity, ports, signal) : null;
  if (invited !== null && invited.membership !== null) return invited.membership;
  if (stored !== null || !isOwnLogin(organizationId, identity)) return stored;
  return (await provisionJustInTime(organizationId, identity, ports, signal)).membership;
}

/** Creates the membership that an invitation offers, unless it needs a consent that they have not given. */
export async function acceptInvitation(
  { hasConsented = false, ...opening }: Opening & { readonly hasConsented?: boolean },
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Outcome> {
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
): Promise<Outcome> {
  const isOn = (await ports.organizations.find(organizationId, signal))?.jit === true;
  if (!isOn) return ungranted(organizationId, identity, ports, signal);
  const opening = { organizationId, stored: null, invitation: null };
  return grantMembership(opening, identity, ports, signal, ({ organization, assessment }) => {
    if (!organization.jit || !isOwnLogin(organizationId, assessment)) return null;
    return uninvited("jit", organization);
  });
}
