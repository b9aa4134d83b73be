import type { Role } from "../../wire/index.ts";
import type { RequestAudit } from "../audit.ts";
import { type CanonicalEmail, domainOf } from "../email.ts";
import type { StoredLinks } from "../identity/identity-link.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import type { SpeakersStore } from "../identity/speakers.ts";
import type { Assessment, TrustSettings } from "../login/address-trust.ts";
import type { Organization, OrganizationId, Organizations } from "../organization.ts";
import type { UserId } from "../user-id.ts";

/** What created a membership; `import`: an operator carried it over from an older system. */
export const MEMBERSHIP_ORIGINS = ["jit", "invitation", "join", "import"] as const;
export type MembershipOrigin = (typeof MEMBERSHIP_ORIGINS)[number];

/** A user's place in an organization. A removed one stays stored, so that no login creates it again. */
export interface Membership {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly role: Role;
  readonly status: "active" | "removed";
  readonly origin: MembershipOrigin;
  /** The trusted address it was granted by; for an import, the user's address in the directory. */
  readonly email: CanonicalEmail;
  /** Whether the invitation was to an address outside the organization's domains: such a user has no SSO there. */
  readonly invitedFromOutside: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A role offered to the user who proves to own an address; consumed once. */
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
 * Which user is a member of which organization. Absence is null or an empty list; every method throws {@link Refusal} STORE_UNAVAILABLE
 * when there is no usable answer before `signal` aborts.
 */
export interface Memberships {
  find(organizationId: OrganizationId, userId: UserId, signal: AbortSignal): Promise<Membership | null>;
  /** Every membership of the user, removed ones included, read consistently. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly Membership[]>;
  /** Stores the membership unless one of any status is stored. @returns the stored one */
  create(membership: Membership, signal: AbortSignal): Promise<Membership>;
  findInvitation(
    organizationId: OrganizationId,
    email: CanonicalEmail,
    signal: AbortSignal,
  ): Promise<Invitation | null>;
  listInvitations(email: CanonicalEmail, signal: AbortSignal): Promise<readonly Invitation[]>;
  /** Consumes the invitation for the user; false when it is withdrawn, or consumed by another user. */
  consumeInvitation(invitation: Invitation, userId: UserId, signal: AbortSignal): Promise<boolean>;
}

export interface MembershipPorts extends TrustSettings {
  /** Cached; may be `IDENTITY_CACHE_MS` old. */
  readonly organizations: Organizations;
  /** Not cached: a decision that stores something is made on what is stored. */
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
 * Whether the membership counts for this login. Invitees with an address outside the organization's domains are exempt
 * from enforced SSO. The address must have been outside when invited (dropping a domain must not exempt its users) and
 * still be outside.
 */
export async function membershipCounts(
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
