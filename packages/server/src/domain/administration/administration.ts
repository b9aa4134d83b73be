import type { ActionLog, AuditLog } from "../audit.ts";
import type { HeldSeat, IdentityLink, IdentityLinks, Seat, SubjectKey } from "../identity/identity-link.ts";
import type { RelinkWindow, RelinkWindows } from "../identity/relink-window.ts";
import type { SpeakersStore } from "../identity/speakers.ts";
import type { Membership, Memberships } from "../membership/membership.ts";
import type { OrganizationId, Organizations } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import type { OrganizationRegistry } from "./organization-registry.ts";

/** What operators see and change of links beyond what a login does. Errors as in {@link IdentityLinks}. */
export interface IdentityRegistry extends IdentityLinks {
  findSeat(seat: Seat, signal: AbortSignal): Promise<HeldSeat | null>;
  /** Every link of the user; one that was made within the last second may be missing. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly IdentityLink[]>;
  /** Every seat that the subject holds; one that it took within the last second may be missing. */
  listSeats(key: SubjectKey, signal: AbortSignal): Promise<readonly HeldSeat[]>;
}

/** The users that operators have blocked. Every method throws {@link Refusal} STORE_UNAVAILABLE without an answer. */
export interface BlockedUsers {
  /** Keeps an earlier block; returns the time of the block that holds now. `blockedAt`: ISO 8601, UTC. */
  block(userId: UserId, blockedAt: string, signal: AbortSignal): Promise<string>;
  /** Returns the time of the block that it lifts; null if the user is not blocked. */
  unblock(userId: UserId, signal: AbortSignal): Promise<string | null>;
}

/** What operators do with windows. Errors as in {@link RelinkWindows}. */
export interface RelinkWindowRegistry extends RelinkWindows {
  /** Opens, extends or closes the connection's window; of two operators the last one decides. */
  put(window: RelinkWindow, signal: AbortSignal): Promise<void>;
}

/** Identifies one membership. */
export type MembershipKey = Pick<Membership, "organizationId" | "userId">;

/** Lists and changes memberships. Every method throws {@link Refusal} STORE_UNAVAILABLE without a usable answer. */
export interface MembershipRegistry {
  /** Every membership, removed ones included; what was written within the last second may be missing. */
  listByOrganization(id: OrganizationId, signal: AbortSignal): Promise<readonly Membership[]>;
  /** Returns the membership, now removed; null when there has never been one. `removedAt`: ISO 8601, UTC. */
  remove(key: MembershipKey, removedAt: string, signal: AbortSignal): Promise<Membership | null>;
  /** Returns the membership, now active with its previous role; null if the user has none. */
  restore(key: MembershipKey, signal: AbortSignal): Promise<Membership | null>;
}

/** The stores that the verbs of administration use, without a cache, and the actor who calls them. */
export interface Administration extends ActionLog {
  readonly organizations: Organizations;
  readonly organizationRegistry: OrganizationRegistry;
  readonly memberships: Memberships;
  readonly membershipRegistry: MembershipRegistry;
  readonly identities: IdentityRegistry;
  readonly speakers: SpeakersStore;
  readonly blockedUsers: BlockedUsers;
  readonly windows: RelinkWindowRegistry;
  readonly audit: AuditLog;
  readonly now: () => Date;
}
