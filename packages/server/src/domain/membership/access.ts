import { includesRole, type Role } from "../../wire/index.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import type { LinkedUser, SubjectLinkOptions } from "../identity/subject-link.ts";
import { organizationIdOf } from "../login/login.ts";
import type { Membership } from "../membership.ts";
import { isClosed, type Organization, type OrganizationId, type Timed } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { noTrace, type Trace } from "../trace.ts";
import { ensureMembership } from "./ensure-membership.ts";
import { isOwnLogin, type MembershipPorts, type Memberships, membershipCounts } from "./memberships.ts";

/** The organization of a token, and the user's role there. */
export interface ActiveOrganization {
  readonly id: OrganizationId;
  readonly role: Role;
}

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
  trace.rule("organization", { identity, organization, membership }, () => refuseRemoved(membership));
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
  const organization = await ports.organizations.find(membership.organizationId, signal);
  if (membership.status === "removed") throw removedFrom(organization, identity, ports);
  if (organization === null || isClosed(organization, ports)) {
    throw new Refusal("NOT_A_MEMBER", "the organization is closed");
  }
  if (!(await membershipCounts(organization, membership, identity, ports, signal))) {
    throw new Refusal("SSO_REQUIRED", "the membership does not count for this login");
  }
  return { organization, membership };
}

/** The refusal of a removed member: by another reason where the organization is that of the token. */
export function removedFrom(
  organization: Organization | null,
  { claims: { auth0OrgId }, login }: Pick<Identity, "claims" | "login">,
  timed: Timed,
): Refusal {
  if (organization !== null && !isClosed(organization, timed)) {
    const { id } = organization;
    const isTokens = auth0OrgId === null ? isOwnLogin(id, { login }) : organization.auth0OrgId === auth0OrgId;
    if (isTokens) return new Refusal("MEMBERSHIP_REMOVED", "removed from the organization of the token");
  }
  return new Refusal("NOT_A_MEMBER", "the membership was removed");
}

/**
 * Begins to read again the membership that {@link activeOrganization} will ask for.
 * @param renew reads it, though it may be cached: what is read together ends together
 */
export function readMembershipBeside(
  { organizations }: Pick<MembershipPorts, "organizations">,
  renew: Memberships["find"],
): NonNullable<SubjectLinkOptions["readBeside"]> {
  const read = async ({ userId, claims: { auth0OrgId }, login }: LinkedUser, signal: AbortSignal) => {
    const organizationId =
      auth0OrgId === null
        ? organizationIdOf(login)
        : (await organizations.findByAuth0OrgId(auth0OrgId, signal))?.id;
    if (organizationId) await renew(organizationId, userId, signal);
  };
  return (user, signal) => void read(user, signal).catch(() => {}); // the caller that needs it reads it again
}

/** A closed one does not count. */
export async function tokenOrganization(
  { claims: { auth0OrgId }, login }: Pick<Identity, "claims" | "login">,
  { organizations, now }: Pick<MembershipPorts, "organizations" | "now">,
  signal: AbortSignal,
): Promise<Organization | null> {
  const found =
    auth0OrgId !== null
      ? await organizations.findByAuth0OrgId(auth0OrgId, signal)
      : login.via === "sso"
        ? await organizations.find(login.connection.organizationId, signal)
        : null;
  return found !== null && !isClosed(found, { now }) ? found : null;
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
  refuseRemoved(await ports.memberships.find(token.id, identity.userId, signal));
}

export function refuseRemoved(membership: Membership | null | undefined): void {
  if (membership?.status === "removed") {
    throw new Refusal("MEMBERSHIP_REMOVED", "removed from the organization of the token");
  }
}
