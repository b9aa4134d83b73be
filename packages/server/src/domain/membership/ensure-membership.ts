import { domainOf } from "../email.ts";
import { judgedIn } from "../identity/judged-login.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { grantingEmail } from "../login/address-trust.ts";
import type { OrganizationId } from "../organization.ts";
import { grantMembership, type Opening, uninvited } from "./grant-membership.ts";
import { needsConsent } from "./invitation.ts";
import { isOwnLogin, type Membership, type MembershipPorts } from "./membership.ts";

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
  return (await makeMembership({ organizationId, stored, invitation }, identity, ports, signal)) ?? stored;
}

/** Creates a membership where none is stored: by the user's invitation if there is one, else by JIT. */
export async function makeMembership(
  opening: Opening,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { organizationId, invitation, stored } = opening;
  const invited =
    invitation === null ||
    // By what is cached: one that waits for its consent must not cost a decision on stored data each time.
    needsConsent(invitation, await ports.organizations.listByDomain(domainOf(invitation.email), signal))
      ? null
      : await acceptInvitation(opening, identity, ports, signal);
  return invited ?? (stored === null ? provisionJustInTime(organizationId, identity, ports, signal) : null);
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
    if (!hasConsented && needsConsent(invitation, assessment.verifiers)) return null;
    const { role, fromOutside, invitedBy } = invitation;
    return { origin: "invitation", role, invitedFromOutside: fromOutside, invitedBy };
  });
}

async function provisionJustInTime(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  if (!isOwnLogin(organizationId, identity) || grantingEmail(identity.trust, organizationId) === null)
    return null;
  if (!(await ports.organizations.find(organizationId, signal))?.jit) return null;
  const opening = { organizationId, stored: null, invitation: null };
  return grantMembership(opening, identity, ports, signal, ({ organization, assessment }) => {
    if (!organization.jit || !isOwnLogin(organizationId, assessment)) return null;
    return uninvited("jit", organization);
  });
}
