import { isDeepStrictEqual } from "node:util";
import { type Audit, auditEntry } from "./audit.ts";
import { type CanonicalEmail, domainOf } from "./email.ts";
import type { Identity, UserId } from "./identity.ts";
import type { Organization, OrganizationId, Organizations } from "./organization.ts";

/** Weakest first; each role includes the ones before it. */
export const ROLES = ["member", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Whether `role` includes `required`. */
export function includesRole(role: Role, required: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(required);
}

/** What made a person a member; `import` is an operator who carried it over from an older system. */
export const MEMBERSHIP_ORIGINS = ["jit", "invitation", "join", "import"] as const;
export type MembershipOrigin = (typeof MEMBERSHIP_ORIGINS)[number];

/** A person's place in an organization. A removed one stays, so that nothing revives it. */
export interface Membership {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly role: Role;
  readonly status: "active" | "removed";
  readonly origin: MembershipOrigin;
  /** The trusted address it was granted by; of an import, the one the directory has the person under. */
  readonly email: CanonicalEmail;
  /** An operator named the person at an address outside the organization's domains: they had no SSO there. */
  readonly invitedFromOutside: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A role offered to whoever proves to own an address; consumed once. */
export interface Invitation {
  readonly organizationId: OrganizationId;
  readonly email: CanonicalEmail;
  readonly role: Role;
  /** Whether the address was outside the organization's domains when it was invited. */
  readonly fromOutside: boolean;
  /** Who consumed it; null while it is open. */
  readonly consumedBy: UserId | null;
}

/**
 * Who belongs where. Absence is null or an empty list; every method throws {@link Refusal} STORE_UNAVAILABLE
 * when there is no usable answer before `signal` aborts.
 */
export interface Memberships {
  find(organizationId: OrganizationId, userId: UserId, signal: AbortSignal): Promise<Membership | null>;
  /** Every membership of the person, removed ones included, read consistently. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly Membership[]>;
  /** Stores the membership unless there is one, of whatever status; answers with the one that is stored now. */
  create(membership: Membership, signal: AbortSignal): Promise<Membership>;
  findInvitation(
    organizationId: OrganizationId,
    email: CanonicalEmail,
    signal: AbortSignal,
  ): Promise<Invitation | null>;
  listInvitations(email: CanonicalEmail, signal: AbortSignal): Promise<readonly Invitation[]>;
  /** Consumes the invitation unless somebody else has; false when it is gone or was another person's. */
  consumeInvitation(invitation: Invitation, userId: UserId, signal: AbortSignal): Promise<boolean>;
}

/** Where a person stands with an organization; `counts` is false where SSO is enforced and the login was none. */
export type Standing =
  | { readonly state: "active"; readonly membership: Membership; readonly counts: boolean }
  | { readonly state: "removed" }
  | { readonly state: "none" };

export interface StandingPorts {
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  /** Never throws on the path of a request. */
  readonly audit: Audit;
  readonly now: () => Date;
}

/**
 * The question "is this person a member?", wherever it is asked first, so that no order of calls matters. What is
 * stored decides; only where nothing is stored, an open invitation makes the membership, then JIT.
 */
export async function standingIn(
  organization: Organization,
  identity: Identity,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<Standing> {
  const { memberships } = ports;
  const membership =
    (await memberships.find(organization.id, identity.userId, signal)) ??
    (await acceptInvitation(organization, identity, ports, signal)) ??
    (await provisionJustInTime(organization, identity, ports, signal));
  if (membership === null) return { state: "none" };
  if (membership.status === "removed") return { state: "removed" };
  return {
    state: "active",
    membership,
    counts: await counts(organization, membership, identity, ports, signal),
  };
}

/** Whether the login came through one of the organization's own connections. */
export function isOwnLogin(organization: Organization, { login }: Identity): boolean {
  return login.via === "sso" && login.connection.organizationId === organization.id;
}

/** Stores an active membership unless there is one, of whatever status; answers with the one stored now. */
export async function grantMembership(
  organization: Organization,
  identity: Identity,
  grant: Pick<Membership, "origin" | "role" | "email" | "invitedFromOutside">,
  { memberships, audit, now }: StandingPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const { userId } = identity;
  const at = now().toISOString();
  const proposed: Membership = {
    organizationId: organization.id,
    userId,
    status: "active",
    createdAt: at,
    ...grant,
  };
  const stored = await memberships.create(proposed, signal);
  if (isDeepStrictEqual(stored, proposed)) {
    const created = { ...stored, at, rule: grant.origin };
    await audit.append(auditEntry({ ...created, actor: "login", action: "membership-created" }), signal);
  }
  return stored;
}

async function acceptInvitation(
  organization: Organization,
  identity: Identity,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { userId, grantingEmail: email } = identity;
  if (email === null) return null;
  const invitation = await ports.memberships.findInvitation(organization.id, email, signal);
  if (invitation === null) return null;
  // Consumed first, by a person for good: a crash before the membership is written is made up for next time.
  if (!(await ports.memberships.consumeInvitation(invitation, userId, signal))) return null;
  const { role, fromOutside: invitedFromOutside } = invitation;
  const grant = { origin: "invitation", role, email, invitedFromOutside } as const;
  return grantMembership(organization, identity, grant, ports, signal);
}

async function provisionJustInTime(
  organization: Organization,
  identity: Identity,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const email = identity.grantingEmail;
  if (!organization.jit || email === null || !isOwnLogin(organization, identity)) return null;
  if (!(await hasVerified(organization, email, ports.organizations, signal))) return null;
  const grant = { origin: "jit", role: organization.defaultRole, email, invitedFromOutside: false } as const;
  return grantMembership(organization, identity, grant, ports, signal);
}

/**
 * Enforced SSO spares whom an operator named at an address outside the organization's domains: outside when they were
 * named, because a domain that is given up must not spare its people, and outside now.
 */
async function counts(
  organization: Organization,
  { invitedFromOutside, email }: Membership,
  identity: Identity,
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<boolean> {
  if (!organization.enforceSso || isOwnLogin(organization, identity)) return true;
  return invitedFromOutside && !(await hasVerified(organization, email, ports.organizations, signal));
}

/** Whether the organization has verified the address's domain. */
export async function hasVerified(
  { id }: Pick<Organization, "id">,
  email: CanonicalEmail,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<boolean> {
  const verifiers = await organizations.listByDomain(domainOf(email), signal);
  return verifiers.some((verifier) => verifier.id === id);
}
