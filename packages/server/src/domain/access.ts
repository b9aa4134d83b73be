import { type CanonicalEmail, domainOf } from "./email.ts";
import type { Identity } from "./identity.ts";
import {
  grantMembership,
  includesRole,
  isOwnLogin,
  type Membership,
  type Role,
  type StandingPorts,
  standingIn,
} from "./membership.ts";
import type { Organization, OrganizationId } from "./organization.ts";
import { Refusal } from "./refusal.ts";

/** A person's organization as `org.me` lists it. */
export interface OrganizationMembership {
  readonly organization: Organization;
  readonly role: Role;
  /** The membership does not count for this login: the organization enforces SSO. */
  readonly ssoRequired: boolean;
}

/** Where a person belongs, and where they may join of their own will. */
export interface Belonging {
  readonly organizations: readonly OrganizationMembership[];
  readonly joinable: readonly Organization[];
}

/** Other logins that prove a mailbox well enough to join its organization; a social account does not. */
const JOINING_STRATEGIES = new Set(["auth0", "email"]);

/**
 * The organization of the token (its `org_id`, else that of its connection), where the person is an active member.
 * @throws {Refusal} MEMBERSHIP_REMOVED where they were removed; every procedure of a person asks this first
 */
export async function activeOrganization(
  identity: Identity,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<OrganizationId | null> {
  const organization = await tokenOrganization(identity, ports, signal);
  if (organization === null) return null;
  const standing = await standingIn(organization, identity, ports, signal);
  if (standing.state === "removed") {
    throw new Refusal("MEMBERSHIP_REMOVED", "removed from the organization of the token");
  }
  return standing.state === "active" && standing.counts ? organization.id : null;
}

/** The role that counts in an organization, and whether it includes `required`. */
export async function checkRole(
  identity: Identity,
  { organizationId, required }: { organizationId: OrganizationId; required: Role },
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<{ allowed: boolean; role: Role | null }> {
  const organization = await ports.organizations.find(organizationId, signal);
  if (organization === null) return { allowed: false, role: null };
  const standing = await standingIn(organization, identity, ports, signal);
  if (standing.state !== "active" || !standing.counts) return { allowed: false, role: null };
  const { role } = standing.membership;
  return { allowed: includesRole(role, required), role };
}

/**
 * Everything a person belongs to, after invitations and JIT, and what they may join.
 * @param active what {@link activeOrganization} answered
 * @throws {Refusal} MEMBERSHIP_REMOVED where that was remembered, and is over
 */
export async function belongingOf(
  identity: Identity,
  active: OrganizationId | null,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<Belonging> {
  const stored = await admit(identity, ports, signal);
  if (stored.some(({ organizationId, status }) => organizationId === active && status === "removed")) {
    throw new Refusal("MEMBERSHIP_REMOVED", "removed from the organization of the token");
  }
  const organizations: OrganizationMembership[] = [];
  for (const { organizationId, status } of stored) {
    if (status === "removed") continue;
    const organization = await ports.organizations.find(organizationId, signal);
    if (organization === null) continue;
    const standing = await standingIn(organization, identity, ports, signal);
    if (standing.state !== "active") continue;
    organizations.push({ organization, role: standing.membership.role, ssoRequired: !standing.counts });
  }
  organizations.sort((a, b) => byName(a.organization, b.organization));
  return { organizations, joinable: await joinableFor(identity, stored, ports, signal) };
}

/**
 * Joins what {@link belongingOf} offers.
 * @throws {Refusal} NOT_JOINABLE for anything else, whether it exists or not
 */
export async function join(
  identity: Identity,
  organizationId: OrganizationId,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const stored = await admit(identity, ports, signal);
  const joinable = await joinableFor(identity, stored, ports, signal);
  const organization = joinable.find(({ id }) => id === organizationId);
  const email = identity.grantingEmail;
  if (organization === undefined || email === null) {
    throw new Refusal("NOT_JOINABLE", "the organization is not offered to this person");
  }
  const grant = { origin: "join", role: organization.defaultRole, email, invitedFromOutside: false } as const;
  const membership = await grantMembership(organization, identity, grant, ports, signal);
  if (membership.status === "removed") throw new Refusal("NOT_JOINABLE", "the person was removed meanwhile");
  return membership;
}

async function tokenOrganization(
  { auth0OrgId, login }: Identity,
  { organizations }: StandingPorts,
  signal: AbortSignal,
): Promise<Organization | null> {
  if (auth0OrgId !== null) return organizations.findByAuth0OrgId(auth0OrgId, signal);
  return login.via === "sso" ? organizations.find(login.connection.organizationId, signal) : null;
}

/** Lets invitations and JIT make their memberships, then lists all there are, removed ones included. */
async function admit(
  identity: Identity,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<readonly Membership[]> {
  const { login, grantingEmail, userId } = identity;
  const ids = new Set<OrganizationId>();
  if (login.via === "sso") ids.add(login.connection.organizationId);
  if (grantingEmail !== null) {
    for (const invitation of await ports.memberships.listInvitations(grantingEmail, signal)) {
      ids.add(invitation.organizationId);
    }
  }
  for (const id of ids) {
    const organization = await ports.organizations.find(id, signal);
    if (organization !== null) await standingIn(organization, identity, ports, signal);
  }
  return ports.memberships.listByUser(userId, signal);
}

/**
 * The organizations that verified the person's domain, have JIT on, and whose membership this login would carry:
 * never a first match, the person chooses. Whoever has a membership there, even a removed one, is offered nothing.
 */
async function joinableFor(
  identity: Identity,
  stored: readonly Membership[],
  { organizations }: StandingPorts,
  signal: AbortSignal,
): Promise<Organization[]> {
  const email = joiningEmail(identity);
  if (email === null) return [];
  const known = new Set(stored.map(({ organizationId }) => organizationId));
  const verifiers = await organizations.listByDomain(domainOf(email), signal);
  return verifiers
    .filter(({ id, jit }) => jit && !known.has(id))
    .filter((organization) => !organization.enforceSso || isOwnLogin(organization, identity))
    .sort(byName);
}

function joiningEmail({ login, grantingEmail }: Identity): CanonicalEmail | null {
  const proves = login.via === "sso" || (login.via === "other" && JOINING_STRATEGIES.has(login.strategy));
  return proves ? grantingEmail : null;
}

function byName(a: Organization, b: Organization): number {
  return a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id, "en");
}
