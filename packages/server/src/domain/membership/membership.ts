import type { RequestAudit } from "../audit.ts";
import { type CanonicalEmail, domainOf } from "../email.ts";
import type { StoredLinks } from "../identity/identity-link.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import type { SpeakersStore } from "../identity/speakers.ts";
import type { Assessment, TrustSettings } from "../login/address-trust.ts";
import type { Organization, OrganizationId, Organizations } from "../organization.ts";
import type { Role } from "../role.ts";
import type { UserId } from "../user-id.ts";

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

/** Whether the login came through one of the organization's own connections. */
export function isOwnLogin(id: OrganizationId, { login }: Pick<Assessment, "login">): boolean {
  return login.via === "sso" && login.connection.organizationId === id;
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
