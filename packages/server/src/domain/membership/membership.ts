import { isDeepStrictEqual } from "node:util";
import { auditEntry, type RequestAudit } from "../audit.ts";
import { type CanonicalEmail, domainOf } from "../email.ts";
import { refuseBlocked } from "../identity/first-login.ts";
import { conflict } from "../identity/identity-conflict.ts";
import type { StoredLinks } from "../identity/identity-link.ts";
import type { Identity, UserId } from "../identity/resolve-identity.ts";
import { decideInside, type SpeakersStore } from "../identity/speakers.ts";
import { type Assessment, assess, grantingEmail, type TrustSettings } from "../login/address-trust.ts";
import { connectionNameOf } from "../login/login.ts";
import type { Organization, OrganizationId, Organizations } from "../organization.ts";

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

export interface MembershipPorts extends TrustSettings {
  /** May be as old as the cache keeps it. */
  readonly organizations: Organizations;
  /** Out of no memory: what stores something decides on what is stored. */
  readonly stored: Organizations;
  readonly storedLinks: StoredLinks;
  readonly memberships: Memberships;
  readonly speakers: SpeakersStore;
  readonly audit: RequestAudit;
  readonly now: () => Date;
}

/**
 * The question "is this person a member?", wherever it is asked first, so that no order of calls matters. What is
 * stored decides; only where nothing is stored, an open invitation makes the membership, then JIT. An organization
 * that exists is asked about as one that does not.
 */
export async function ensureMembership(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { memberships } = ports;
  const stored = await memberships.find(organizationId, identity.userId, signal);
  if (stored !== null) return stored;
  const email = grantingEmail(identity.trust, organizationId);
  const invitation = email === null ? null : await memberships.findInvitation(organizationId, email, signal);
  return makeMembership(organizationId, invitation, identity, ports, signal);
}

/** Where nothing is stored: by the invitation, where there is one for this person, else by JIT. */
export async function makeMembership(
  organizationId: OrganizationId,
  invitation: Invitation | null,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  return (
    (invitation === null ? null : await acceptInvitation(invitation, identity, ports, signal)) ??
    (await provisionJustInTime(organizationId, identity, ports, signal))
  );
}

/** Whether the login came through one of the organization's own connections. */
export function isOwnLogin(id: OrganizationId, { login }: Pick<Assessment, "login">): boolean {
  return login.via === "sso" && login.connection.organizationId === id;
}

async function acceptInvitation(
  invitation: Invitation,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { organizationId, role, fromOutside: invitedFromOutside, consumedBy } = invitation;
  if (consumedBy !== null && consumedBy !== identity.userId) return null;
  return grantMembership(organizationId, identity, ports, signal, ({ email }) => {
    if (email !== invitation.email) return null;
    // Consumed first, by a person for good: a crash before the membership is written is made up for next time.
    const prepare = () => ports.memberships.consumeInvitation(invitation, identity.userId, signal);
    return { origin: "invitation", role, invitedFromOutside, prepare };
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
  return grantMembership(organizationId, identity, ports, signal, ({ organization, assessment }) => {
    if (!organization.jit || !isOwnLogin(organizationId, assessment)) return null;
    return { origin: "jit", role: organization.defaultRole, invitedFromOutside: false };
  });
}

/** What the store says of a grant at the time it is made. */
export interface StoredGround {
  readonly organization: Organization;
  readonly assessment: Assessment;
  /** Proven to the organization. */
  readonly email: CanonicalEmail;
}

/** A membership to be made. */
export interface Grant extends Pick<Membership, "role" | "invitedFromOutside"> {
  readonly origin: Exclude<MembershipOrigin, "import">;
  /** The last step before the membership is stored; false when it may not be after all. */
  readonly prepare?: () => Promise<boolean>;
}

/**
 * Stores an active membership unless there is one, of whatever status; answers with the one stored now, and with null
 * where nothing is granted. It decides on what is stored: what an operator has taken away a moment ago grants nothing.
 * @throws {Refusal} IDENTITY_BLOCKED
 * @param decide what is to be granted on the stored ground; null for nothing
 */
export async function grantMembership(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
  decide: (ground: StoredGround) => Grant | null,
): Promise<Membership | null> {
  const { claims, userId } = identity;
  const [organization, assessment, link] = await Promise.all([
    ports.stored.find(organizationId, signal),
    assess(claims, ports.stored, ports, signal),
    ports.storedLinks.find(claims, signal),
    refuseBlocked(userId, ports.storedLinks, signal),
  ]);
  if (organization === null || link?.userId !== userId) return null;
  const email = grantingEmail(assessment.trust, organizationId);
  if (email === null) return null;
  const grant = decide({ organization, assessment, email });
  if (grant === null) return null;
  const isInside = !grant.invitedFromOutside || assessment.verifiers.some(({ id }) => id === organizationId);
  if (isInside && !(await speakInside(organization, { identity, assessment }, ports, signal))) return null;
  const { prepare, ...made } = grant;
  if (prepare !== undefined && !(await prepare())) return null;
  const at = ports.now().toISOString();
  const proposed: Membership = { organizationId, userId, status: "active", createdAt: at, email, ...made };
  const entry = auditEntry({
    ...proposed,
    at,
    actor: "login",
    action: "membership-created",
    rule: grant.origin,
  });
  const stored = await ports.memberships.create(proposed, signal).catch((cause: unknown) => {
    ports.audit.doubt(entry, cause);
    throw cause;
  });
  if (isDeepStrictEqual(stored, proposed)) await ports.audit.append(entry, signal);
  return stored;
}

/** Whether the organization may speak for the person; what is refused is told to the operators. */
async function speakInside(
  organization: Organization,
  { identity, assessment }: { identity: Identity; assessment: Assessment },
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { userId, claims } = identity;
  if (await decideInside(userId, organization, ports.speakers, signal)) return true;
  const connection = connectionNameOf(assessment.login);
  const { tenant, subject } = claims;
  await conflict(
    "foreign-organization",
    { userId, organizationId: organization.id, tenant, subject, connection },
    ports,
    signal,
  );
  return false;
}

/**
 * Whether the membership counts for this login. Enforced SSO spares whom an operator named at an address outside the
 * organization's domains: outside when they were named, because a domain that is given up must not spare its people,
 * and outside now.
 */
export async function counts(
  organization: Organization,
  { invitedFromOutside, email }: Membership,
  identity: Identity,
  { organizations }: Pick<MembershipPorts, "organizations">,
  signal: AbortSignal,
): Promise<boolean> {
  if (!organization.enforceSso || isOwnLogin(organization.id, identity)) return true;
  return invitedFromOutside && !(await hasVerified(organization, email, organizations, signal));
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
