import type { CanonicalEmail } from "./email.ts";
import type { UserId } from "./identity.ts";
import type { OrganizationId } from "./organization.ts";

/** Weakest first; each role includes the ones before it. */
export const ROLES = ["member", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** What made a person a member. */
export type MembershipOrigin = "jit" | "invitation" | "join";

/** A person's place in an organization. A removed one stays, so that nothing revives it. */
export interface Membership {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly role: Role;
  readonly status: "active" | "removed";
  readonly origin: MembershipOrigin;
  /** The trusted address it was granted by. */
  readonly email: CanonicalEmail;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A role offered to whoever proves to own an address; consumed once. */
export interface Invitation {
  readonly organizationId: OrganizationId;
  readonly email: CanonicalEmail;
  readonly role: Role;
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
