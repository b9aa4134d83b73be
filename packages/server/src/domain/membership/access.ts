import { includesRole, type Role } from "../../wire/index.ts";
import { domainOf } from "../email.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { afterMembership } from "../identity/speakers.ts";
import { type Assessment, grantingEmail } from "../login/address-trust.ts";
import type { Organization, OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { noTrace, type Trace } from "../trace.ts";
import { ensureMembership, grantMembership, makeMembership } from "./ensure-membership.ts";
import { isOwnLogin, type Membership, type MembershipPorts, membershipCounts } from "./membership.ts";

/** One organization of a user, as `org.me` lists it. */
export interface OrganizationMembership {
  readonly organization: Organization;
  readonly role: Role;
  /** True if the membership does not count for this login because the organization enforces SSO. */
  readonly ssoRequired: boolean;
}

/** The organization of a token, and the user's role there. */
export interface ActiveOrganization {
  readonly id: OrganizationId;
  readonly role: Role;
}

/** The organizations a user belongs to, and those the user may join. */
export interface Belonging {
  /** The organization of the token, as {@link activeOrganization} answers. */
  readonly activeOrganizationId: OrganizationId | null;
  readonly organizations: readonly OrganizationMembership[];
  readonly joinable: readonly Organization[];
}

/** Logins that are not SSO and still prove the mailbox well enough to join. A social account does not. */
const JOINING_STRATEGIES = new Set(["auth0", "email"]);

/** What the last rule of a token decides on. `membership` is the stored one or the one just created. */
export interface MembershipRules {
  readonly organization: {
    readonly identity: Identity;
    readonly organization: Organization | null;
    readonly membership: Membership | null;
  };
}

/**
 * The organization of the token (its `org_id`, else that of its connection), where the user is an active member. An
 * invitation or JIT may create the membership. Every procedure with a user calls this first.
 * @throws {Refusal} MEMBERSHIP_REMOVED when the user was removed there
 */
export async function activeOrganization(
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
  trace: Trace<MembershipRules> = noTrace,
): Promise<ActiveOrganization | null> {
  const organization = await tokenOrganization(identity, ports, signal);
  const membership =
    organization === null ? null : await ensureMembership(organization.id, identity, ports, signal);
  trace.rule("organization", { identity, organization, membership }, () => {
    if (membership !== null) refuseRemoved(membership);
  });
  if (organization === null || membership === null) return null;
  const counts = await membershipCounts(organization, membership, identity, ports, signal);
  return counts ? { id: organization.id, role: membership.role } : null;
}

/**
 * Ensures the membership, then answers with the role that counts and whether it includes `required`. Without a
 * membership or an invitation the organization is never read, so the answer does not reveal whether it exists.
 */
export async function checkRole(
  identity: Identity,
  { organizationId, required }: { organizationId: OrganizationId; required: Role },
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<{ allowed: boolean; role: Role | null }> {
  const none = { allowed: false, role: null };
  const membership = await ensureMembership(organizationId, identity, ports, signal);
  if (membership?.status !== "active") return none;
  const organization = await ports.organizations.find(organizationId, signal);
  if (organization === null || !(await membershipCounts(organization, membership, identity, ports, signal)))
    return none;
  const { role } = membership;
  return { allowed: includesRole(role, required), role };
}

/**
 * Ensures the memberships that invitations and JIT give, then lists them all and what the user may join.
 * @throws {Refusal} MEMBERSHIP_REMOVED when the user was removed from the organization of the token
 */
export async function listOrganizations(
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Belonging> {
  const { memberships, token } = await admitPending(identity, ports, signal);
  const active = memberships.filter(({ status }) => status === "active");
  const [organizations, joinable] = await Promise.all([
    listActive(active, identity, ports, signal),
    joinableFor(identity, memberships, ports, signal),
  ]);
  const own = organizations.find(({ organization }) => organization.id === token?.id);
  return {
    activeOrganizationId: own === undefined || own.ssoRequired ? null : own.organization.id,
    organizations,
    joinable,
  };
}

/** The organizations of the memberships by name. One that was deleted is left out. */
async function listActive(
  active: readonly Membership[],
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<OrganizationMembership[]> {
  const ids = active.map(({ organizationId }) => organizationId);
  const found = new Map((await ports.organizations.findMany(ids, signal)).map((each) => [each.id, each]));
  const listed = active.map(async (membership) => {
    const organization = found.get(membership.organizationId);
    if (organization === undefined) return [];
    const ssoRequired = !(await membershipCounts(organization, membership, identity, ports, signal));
    return [{ organization, role: membership.role, ssoRequired }];
  });
  return (await Promise.all(listed)).flat().sort((a, b) => byName(a.organization, b.organization));
}

/**
 * Joins an organization that {@link listOrganizations} offers.
 * @throws {Refusal} NOT_JOINABLE for anything else, whether it exists or not; MEMBERSHIP_REMOVED likewise
 */
export async function join(
  identity: Identity,
  organizationId: OrganizationId,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const { memberships } = await admitPending(identity, ports, signal);
  const joinable = await joinableFor(identity, memberships, ports, signal);
  const isOffered = joinable.some(({ id }) => id === organizationId);
  const membership = isOffered ? await joinOffered(identity, organizationId, ports, signal) : null;
  if (membership === null) throw new Refusal("NOT_JOINABLE", "the organization is not offered to this user");
  if (membership.status === "removed") throw new Refusal("NOT_JOINABLE", "the user was removed meanwhile");
  return membership;
}

function joinOffered(
  identity: Identity,
  organizationId: OrganizationId,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  return grantMembership(organizationId, identity, ports, signal, ({ organization, assessment }) => {
    const offered = offeredBy(assessment).some(({ id }) => id === organizationId);
    return offered ? { origin: "join", role: organization.defaultRole, invitedFromOutside: false } : null;
  });
}

async function tokenOrganization(
  { auth0OrgId, login }: Identity,
  { organizations }: MembershipPorts,
  signal: AbortSignal,
): Promise<Organization | null> {
  if (auth0OrgId !== null) return organizations.findByAuth0OrgId(auth0OrgId, signal);
  return login.via === "sso" ? organizations.find(login.connection.organizationId, signal) : null;
}

/**
 * Creates the memberships that open invitations and JIT give and that are missing.
 * @returns every membership of the user, removed ones included
 * @throws {Refusal} MEMBERSHIP_REMOVED when the user was removed from the organization of the token
 */
async function admitPending(
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<{ memberships: readonly Membership[]; token: Organization | null }> {
  const { login, trust, userId } = identity;
  const [token, listed, invited] = await Promise.all([
    tokenOrganization(identity, ports, signal),
    ports.memberships.listByUser(userId, signal),
    trust.state === "trusted" ? ports.memberships.listInvitations(trust.email, signal) : [],
  ]);
  const removed = listed.find(({ organizationId }) => organizationId === token?.id);
  if (removed !== undefined) refuseRemoved(removed);
  const known = new Set(listed.map(({ organizationId }) => organizationId));
  const open = new Map(
    invited
      .filter(({ organizationId }) => grantingEmail(trust, organizationId) !== null)
      .map((invitation) => [invitation.organizationId, invitation]),
  );
  const candidates = new Set([
    ...open.keys(),
    ...(login.via === "sso" ? [login.connection.organizationId] : []),
  ]);
  const made: Membership[] = [];
  for (const id of candidates) {
    if (known.has(id)) continue;
    const membership = await makeMembership(id, open.get(id) ?? null, identity, ports, signal);
    if (membership !== null) made.push(membership);
  }
  const memberships = [...listed, ...made];
  const own = made.find(({ organizationId }) => organizationId === token?.id);
  if (own !== undefined) refuseRemoved(own);
  return { memberships, token };
}

function refuseRemoved({ status }: Membership): void {
  if (status === "removed") {
    throw new Refusal("MEMBERSHIP_REMOVED", "removed from the organization of the token");
  }
}

/** What the user may join. An organization with a membership, present or removed, is never offered. */
async function joinableFor(
  identity: Identity,
  memberships: readonly Membership[],
  { organizations, stored, speakers }: MembershipPorts,
  signal: AbortSignal,
): Promise<Organization[]> {
  const { login, trust, userId } = identity;
  if (trust.state !== "trusted") return [];
  const known = new Set(memberships.map(({ organizationId }) => organizationId));
  const verifiers = await organizations.listByDomain(domainOf(trust.email), signal);
  const offered = offeredBy({ login, trust, verifiers }).filter(({ id }) => !known.has(id));
  if (offered.length === 0) return [];
  // Read again from the store, as joining will do: an offer must hold.
  const ids = offered.map(({ id }) => id);
  const [present, current] = await Promise.all([speakers.find(userId, signal), stored.findMany(ids, signal)]);
  return current.filter((organization) => afterMembership(present, organization) !== null).sort(byName);
}

/**
 * All organizations that have verified the user's domain, accept the proof of the address, have JIT on and would count a
 * membership for this login. The user chooses; there is no first match.
 */
function offeredBy({ login, trust, verifiers }: Assessment): readonly Organization[] {
  const proves = login.via === "sso" || (login.via === "other" && JOINING_STRATEGIES.has(login.strategy));
  if (!proves) return [];
  return verifiers
    .filter(({ id, jit }) => jit && grantingEmail(trust, id) !== null)
    .filter(({ id, enforceSso }) => !enforceSso || isOwnLogin(id, { login }));
}

function byName(a: Organization, b: Organization): number {
  return a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id, "en");
}
