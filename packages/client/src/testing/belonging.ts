import type { Reason } from "@platform-api/server/router";
import type { Role } from "../guards/token-validator.ts";
import { acceptInvitation, isCurrent, isOpenTo, settleInvitation } from "./invitation.ts";
import {
  addMembership,
  hasVerified,
  type Invitation,
  type Login,
  type Membership,
  type Organization,
  ssoConnectionOf,
  type User,
} from "./people.ts";
import { Refused } from "./refused.ts";

/** All organizations, by id. */
export type Organizations = ReadonlyMap<string, Organization>;

/**
 * The user's address, or null if it is not trusted.
 * @throws {Refused} for such an address at a first login, and for a connection that was switched off or removed
 */
export function trustedEmail(user: User, organizations: Organizations): string | null {
  if (user.ssoOrganization !== undefined && ssoConnectionOf(user) === undefined) {
    throw new Refused("DOMAIN_NOT_ALLOWED");
  }
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
export function activeOrganizationId(login: Login, organizations: Organizations): string | null {
  const { user } = login;
  const organization = user.tokenOrganization;
  if (organization === undefined) return null;
  ensureMembership(organization, login, organizations);
  refuseRemoved(user);
  return memberOfToken(user);
}

/** @throws {Refused} MEMBERSHIP_REMOVED from the organization of the token */
function refuseRemoved({ tokenOrganization, standing }: User): void {
  const status = tokenOrganization && standing.get(tokenOrganization.id)?.status;
  if (status === "removed") throw new Refused("MEMBERSHIP_REMOVED");
}

function memberOfToken(user: User): string | null {
  const organization = user.tokenOrganization;
  if (organization === undefined || !counts(organization, user)) return null;
  return user.standing.get(organization.id)?.status === "active" ? organization.id : null;
}

/** The role in an organization, if the membership counts for this login. */
export function roleIn(
  organization: Organization | undefined,
  login: Login,
  all: Organizations,
): Role | null {
  if (organization === undefined || !counts(organization, login.user)) return null;
  const membership = ensureMembership(organization, login, all);
  return membership?.status === "active" ? membership.role : null;
}

/** The role that counts in an organization for this login. @throws {Refused} when none does */
export function requireMembership(
  organization: Organization | undefined,
  login: Login,
  all: Organizations,
): { organization: Organization; role: Role } {
  const membership = organization === undefined ? null : ensureMembership(organization, login, all);
  if (organization === undefined || membership?.status !== "active") throw new Refused("NOT_A_MEMBER");
  if (!counts(organization, login.user)) throw new Refused("SSO_REQUIRED");
  return { organization, role: membership.role };
}

/** Nobody becomes an owner by signing in or by joining. */
export function defaultRoleOf({ defaultRole }: Organization): Role {
  return defaultRole === "owner" ? "admin" : defaultRole;
}

/** What a user belongs to. Organizations are sorted by name. */
export interface Belonging {
  readonly activeOrganizationId: string | null;
  readonly organizations: readonly { readonly organization: Organization; readonly membership: Membership }[];
  readonly joinable: readonly Organization[];
  readonly removed: readonly Organization[];
  /** The invitations that wait for the user's consent. */
  readonly waiting: readonly { readonly organization: Organization; readonly invitation: Invitation }[];
}

/**
 * Makes the memberships that invitations and JIT give to the user's own token, then tells what the user belongs to.
 * @throws {Refused} MEMBERSHIP_REMOVED, unless an invitation waits in the organization of the token
 */
export function belongingOf(login: Login, all: Organizations): Belonging {
  const { user, actor } = login;
  const token = user.tokenOrganization;
  if (token !== undefined && user.standing.get(token.id)?.hasLeft === false) refuseRemoved(user);
  const sorted = [...all.values()].sort(byName);
  for (const organization of sorted) {
    const invitation = invitationFor(organization, user, all);
    if (user.standing.get(organization.id)?.hasLeft !== false) ensureMembership(organization, login, all);
    else if (actor === null && invitation !== null && isCurrent(invitation))
      settleInvitation(organization, login, invitation);
  }
  const waiting = sorted.flatMap((organization) => {
    const invitation = invitationFor(organization, user, all);
    if (invitation === null || !isOpenTo(user, organization, invitation)) return [];
    return isInside(organization, invitation) ? [] : [{ organization, invitation }];
  });
  if (!waiting.some(({ organization }) => organization === token)) refuseRemoved(user);
  const places = sorted.flatMap((organization) => {
    const membership = user.standing.get(organization.id);
    return membership === undefined ? [] : [{ organization, membership }];
  });
  return {
    activeOrganizationId: memberOfToken(user),
    organizations: places.filter(({ membership: { status } }) => status === "active"),
    joinable: joinableFor(user, all),
    removed: places
      .filter(({ membership: { status, hasLeft } }) => status === "removed" && !hasLeft)
      .map(({ organization }) => organization),
    waiting,
  };
}

/** Whether nobody is asked: the address was and is of a domain of the organization. */
function isInside(organization: Organization, { outside, email }: Invitation): boolean {
  return !outside && hasVerified(organization, email);
}

function joinableFor(user: User, organizations: Organizations): Organization[] {
  const email = trustedEmail(user, organizations);
  if (email === null) return [];
  return verifiersOf(email, organizations).filter((organization) => {
    const { id, jit, enforceSso } = organization;
    const isOwnLogin = id === user.ssoOrganization?.id;
    const isProven = grantingEmail(organization, user, organizations) !== null;
    return jit && !user.standing.has(id) && isProven && (isOwnLogin || !enforceSso);
  });
}

/**
 * The address that the organization may grant a membership by. The SSO of one organization proves an address to the others
 * of its domain only if they all trust it.
 */
function grantingEmail({ id }: Organization, user: User, organizations: Organizations): string | null {
  const email = trustedEmail(user, organizations);
  const own = user.ssoOrganization?.id;
  if (email === null || own === undefined || own === id) return email;
  const verifiers = verifiersOf(email, organizations);
  return verifiers.every((verifier) => verifier.id === own || verifier.trusts.includes(own)) ? email : null;
}

/** The invitation of the user's address, if the address is proven to the organization. */
export function invitationFor(
  organization: Organization,
  user: User,
  organizations: Organizations,
): Invitation | null {
  const email = grantingEmail(organization, user, organizations);
  return (email !== null && organization.invitations.get(email)) || null;
}

/** Returns the membership. An invitation that needs no consent makes it, else JIT does, but not for a delegated token. */
function ensureMembership(
  organization: Organization,
  login: Login,
  organizations: Organizations,
): Membership | null {
  const { id, jit } = organization;
  const { user, actor } = login;
  const stored = user.standing.get(id) ?? null;
  if (actor !== null) return stored;
  const invitation = invitationFor(organization, user, organizations);
  if (invitation !== null && isInside(organization, invitation) && isOpenTo(user, organization, invitation)) {
    return acceptInvitation(organization, login, invitation);
  }
  const isOwnLogin = id === user.ssoOrganization?.id;
  if (stored === null && jit && isOwnLogin && trustedEmail(user, organizations) !== null) {
    const role = defaultRoleOf(organization);
    return addMembership(organization, login, { role, origin: "jit", outside: false });
  }
  return stored;
}

/** Enforced SSO exempts addresses outside the organization's domains: their owners have no SSO there. */
export function counts(organization: Organization, { ssoOrganization, email }: User): boolean {
  return (
    !organization.enforceSso || organization.id === ssoOrganization?.id || !hasVerified(organization, email)
  );
}

function byName(a: Organization, b: Organization): number {
  return a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id, "en");
}
