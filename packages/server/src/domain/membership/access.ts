import { includesRole, type Role } from "../../wire/index.ts";
import { domainOf } from "../email.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { afterMembership } from "../identity/speakers.ts";
import { type Assessment, grantingEmail } from "../login/address-trust.ts";
import type { Organization, OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { noTrace, type Trace } from "../trace.ts";
import {
  defaultRoleOf,
  ensureMembership,
  grantMembership,
  isOpenTo,
  makeMembership,
} from "./ensure-membership.ts";
import { needsConsent } from "./invitation.ts";
import {
  type Invitation,
  isOwnLogin,
  type Membership,
  type MembershipPorts,
  membershipCounts,
} from "./membership.ts";
import { settleInvitation } from "./settle-invitation.ts";

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
  /** The organizations that removed the user. */
  readonly removed: readonly Organization[];
  /** The invitations that wait for the user's consent, and their organizations. */
  readonly invitations: readonly PendingInvitation[];
}

export interface PendingInvitation {
  readonly organization: Organization;
  readonly invitation: Invitation;
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
 * The membership of the user that counts in the organization for this login, and the organization. Ensures the
 * membership first.
 * @param stores where the decision is made: on caches for what is only shown, on the store for what is changed
 * @throws {Refusal} NOT_A_MEMBER, whether or not the organization exists; MEMBERSHIP_REMOVED instead where it is the
 * token's; SSO_REQUIRED
 */
export async function requireMembership(
  identity: Identity,
  organizationId: OrganizationId | null,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<{ organization: Organization; membership: Membership }> {
  const membership =
    organizationId === null ? null : await ensureMembership(organizationId, identity, ports, signal);
  if (membership === null) throw new Refusal("NOT_A_MEMBER", "no membership");
  if (membership.status === "removed") {
    const token = await tokenOrganization(identity, ports, signal);
    if (token?.id === membership.organizationId) refuseRemoved(membership);
    throw new Refusal("NOT_A_MEMBER", "the membership was removed");
  }
  const organization = await ports.organizations.find(membership.organizationId, signal);
  if (organization === null || organization.state === "closed") {
    throw new Refusal("NOT_A_MEMBER", "the organization is closed");
  }
  if (!(await membershipCounts(organization, membership, identity, ports, signal))) {
    throw new Refusal("SSO_REQUIRED", "the membership does not count for this login");
  }
  return { organization, membership };
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
  const { memberships, token, waiting } = await admitPending(identity, ports, signal);
  const active = memberships.filter(({ status }) => status === "active");
  const [organizations, joinable, removed, invitations] = await Promise.all([
    listActive(active, identity, ports, signal),
    joinableFor(identity, memberships, ports, signal),
    listRemoved(memberships, ports, signal),
    listPending(waiting, ports, signal),
  ]);
  const own = organizations.find(({ organization }) => organization.id === token?.id);
  return {
    activeOrganizationId: own === undefined || own.ssoRequired ? null : own.organization.id,
    ...{ organizations, joinable, removed, invitations },
  };
}

async function listRemoved(
  memberships: readonly Membership[],
  { organizations }: MembershipPorts,
  signal: AbortSignal,
): Promise<Organization[]> {
  const ids = memberships
    .filter(({ status, hasLeft }) => status === "removed" && !hasLeft)
    .map(({ organizationId }) => organizationId);
  const found = ids.length === 0 ? [] : await organizations.findMany(ids, signal);
  return found.filter(({ state }) => state === "open").sort(byName);
}

/** The invitations of open organizations, by the name of the organization. */
async function listPending(
  waiting: readonly Invitation[],
  { organizations }: MembershipPorts,
  signal: AbortSignal,
): Promise<PendingInvitation[]> {
  if (waiting.length === 0) return [];
  const ids = waiting.map(({ organizationId }) => organizationId);
  const found = new Map((await organizations.findMany(ids, signal)).map((each) => [each.id, each]));
  const pending = waiting.flatMap((invitation) => {
    const organization = found.get(invitation.organizationId);
    return organization?.state === "open" ? [{ organization, invitation }] : [];
  });
  return pending.sort((a, b) => byName(a.organization, b.organization));
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
    if (organization === undefined || organization.state === "closed") return [];
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
  const opening = { organizationId, stored: null };
  return grantMembership(opening, identity, ports, signal, ({ organization, assessment }) => {
    const offered = offeredBy(assessment).some(({ id }) => id === organizationId);
    return offered ? { origin: "join", role: defaultRoleOf(organization), invitedFromOutside: false } : null;
  });
}

/** A closed one does not count. */
async function tokenOrganization(
  { auth0OrgId, login }: Identity,
  { organizations }: MembershipPorts,
  signal: AbortSignal,
): Promise<Organization | null> {
  const id = login.via === "sso" ? login.connection.organizationId : null;
  const found =
    auth0OrgId !== null
      ? await organizations.findByAuth0OrgId(auth0OrgId, signal)
      : id === null
        ? null
        : await organizations.find(id, signal);
  return found?.state === "open" ? found : null;
}

/**
 * @param organizationId where a removed user is judged by something else
 * @throws {Refusal} MEMBERSHIP_REMOVED when the user was removed from the organization of the token
 */
export async function refuseRemovedElsewhere(
  identity: Identity,
  organizationId: OrganizationId | null,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<void> {
  const token = await tokenOrganization(identity, ports, signal);
  if (token === null || token.id === organizationId) return;
  const membership = await ports.memberships.find(token.id, identity.userId, signal);
  if (membership !== null) refuseRemoved(membership);
}

/**
 * Creates the memberships that open invitations and JIT give and that are missing.
 * @returns every membership of the user, removed ones included, and the invitations that wait for their consent
 * @throws {Refusal} MEMBERSHIP_REMOVED when the user was removed from the organization of the token
 */
async function admitPending(
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<{
  memberships: readonly Membership[];
  token: Organization | null;
  waiting: readonly Invitation[];
}> {
  const { login, trust, userId } = identity;
  const [token, listed, invited] = await Promise.all([
    tokenOrganization(identity, ports, signal),
    ports.memberships.listByUser(userId, signal),
    trust.state === "trusted" ? ports.memberships.listInvitations(trust.email, signal) : [],
  ]);
  const memberships = new Map(listed.map((each) => [each.organizationId, each]));
  const own = token === null ? undefined : memberships.get(token.id);
  if (own !== undefined && !own.hasLeft) refuseRemoved(own);
  const offers = new Map(
    invited
      .filter(({ organizationId }) => grantingEmail(trust, organizationId) !== null)
      .map((invitation) => [invitation.organizationId, invitation]),
  );
  const candidates = new Set([
    ...offers.keys(),
    ...(login.via === "sso" ? [login.connection.organizationId] : []),
  ]);
  for (const organizationId of candidates) {
    const stored = memberships.get(organizationId) ?? null;
    const invitation = offers.get(organizationId) ?? null;
    if (stored !== null && !stored.hasLeft) {
      if (invitation !== null) await settleInvitation(invitation, stored, ports, signal);
      continue;
    }
    const opening = { organizationId, stored, invitation };
    const membership = await makeMembership(opening, identity, ports, signal);
    if (membership !== null) memberships.set(organizationId, membership);
  }
  const asked = [...offers.values()].filter(needsConsent).map(async (invitation) => {
    const stored = memberships.get(invitation.organizationId) ?? null;
    return (await isOpenTo(stored, invitation, ports, signal)) ? [invitation] : [];
  });
  const waiting = (await Promise.all(asked)).flat();
  const present = token === null ? undefined : memberships.get(token.id);
  if (present !== undefined && !waiting.some(({ organizationId }) => organizationId === token?.id)) {
    refuseRemoved(present);
  }
  return { memberships: [...memberships.values()], token, waiting };
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
  return current
    .filter(
      (organization) => organization.state === "open" && afterMembership(present, organization) !== null,
    )
    .sort(byName);
}

/**
 * All organizations that have verified the user's domain, accept the proof of the address, have JIT on and would count a
 * membership for this login. The user chooses; there is no first match.
 */
function offeredBy({ login, trust, verifiers }: Assessment): readonly Organization[] {
  const proves = login.via === "sso" || (login.via === "other" && JOINING_STRATEGIES.has(login.strategy));
  if (!proves) return [];
  return verifiers
    .filter(({ id, jit, state }) => jit && state === "open" && grantingEmail(trust, id) !== null)
    .filter(({ id, enforceSso }) => !enforceSso || isOwnLogin(id, { login }));
}

function byName(a: Organization, b: Organization): number {
  return a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id, "en");
}
