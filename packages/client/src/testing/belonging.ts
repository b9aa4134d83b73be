import type { Reason } from "@platform-api/server/router";
import type { Role } from "../token-validator.ts";
import { hasVerified, type Organization, type User } from "./people.ts";
import { Refused } from "./refused.ts";

/** All organizations, by id. */
export type Organizations = ReadonlyMap<string, Organization>;

/** The user's address, or null if it is not trusted. @throws {Refused} for such an address at a first login */
export function trustedEmail(user: User, organizations: Organizations): string | null {
  const refusal = addressRefusal(user, organizations);
  if (refusal === null) return user.email;
  if (!user.linked) throw new Refused(refusal);
  return null;
}

function addressRefusal(user: User, organizations: Organizations): Reason | null {
  const { email, emailVerified, ssoOrganization } = user;
  if (ssoOrganization !== undefined) {
    return hasVerified(ssoOrganization, email) ? null : "DOMAIN_NOT_ALLOWED";
  }
  if (!emailVerified) return "EMAIL_UNVERIFIED";
  const verifiers = verifiersOf(email, organizations);
  return allEnforceSso(verifiers) ? "SSO_REQUIRED" : null;
}

/** Whether every organization that verified a domain enforces SSO. False if none has verified it. */
export function allEnforceSso(verifiers: readonly Organization[]): boolean {
  return verifiers.length > 0 && verifiers.every(({ enforceSso }) => enforceSso);
}

export function verifiersOf(email: string, organizations: Organizations): Organization[] {
  return [...organizations.values()].filter((organization) => hasVerified(organization, email)).sort(byName);
}

/** The organization of the user's token, if they are a member. @throws {Refused} MEMBERSHIP_REMOVED */
export function activeOrganizationId(user: User, organizations: Organizations): string | null {
  const organization = user.tokenOrganization;
  if (organization === undefined) return null;
  const membership = ensureMembership(organization, user, organizations);
  if (membership === "removed") throw new Refused("MEMBERSHIP_REMOVED");
  return membership !== null && counts(organization, user) ? organization.id : null;
}

/** The role in an organization, if the membership counts for this login. */
export function roleIn(organization: Organization | undefined, user: User, all: Organizations): Role | null {
  if (organization === undefined || !counts(organization, user)) return null;
  const membership = ensureMembership(organization, user, all);
  return membership === "removed" ? null : membership;
}

/** The user's organizations, sorted by name, after just-in-time membership. */
export function organizationsOfUser(user: User, organizations: Organizations) {
  if (user.ssoOrganization !== undefined) ensureMembership(user.ssoOrganization, user, organizations);
  return [...organizations.values()].sort(byName).flatMap((organization) => {
    const role = user.standing.get(organization.id);
    if (role === undefined || role === "removed") return [];
    const { id, name } = organization;
    return [{ id, name, role, ssoRequired: !counts(organization, user) }];
  });
}

/** The organizations that the user may join. */
export function joinableFor(user: User, organizations: Organizations): Organization[] {
  const email = trustedEmail(user, organizations);
  if (email === null) return [];
  const own = user.ssoOrganization?.id;
  const verifiers = verifiersOf(email, organizations);
  // The SSO of one organization proves an address to the others of its domain only if they all trust it.
  const isProven =
    own === undefined || verifiers.every(({ id, trusts }) => id === own || trusts.includes(own));
  return verifiers.filter(
    ({ id, jit, enforceSso }) => jit && !user.standing.has(id) && (id === own || (isProven && !enforceSso)),
  );
}

/** Returns the membership, and creates it just in time if it may. */
function ensureMembership(organization: Organization, user: User, organizations: Organizations) {
  const { id, jit, defaultRole } = organization;
  const isOwnLogin = id === user.ssoOrganization?.id;
  if (!user.standing.has(id) && jit && isOwnLogin && trustedEmail(user, organizations) !== null) {
    user.standing.set(id, defaultRole);
  }
  return user.standing.get(id) ?? null;
}

/** Enforced SSO exempts addresses outside the organization's domains: their owners have no SSO there. */
function counts(organization: Organization, { ssoOrganization, email }: User): boolean {
  return (
    !organization.enforceSso || organization.id === ssoOrganization?.id || !hasVerified(organization, email)
  );
}

function byName(a: Organization, b: Organization): number {
  return a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id, "en");
}
