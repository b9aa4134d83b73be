import type { CanonicalEmail } from "../email.ts";
import type { OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { Revocations, SignOut, StoredRevocations, SubjectFacts } from "../revocation/facts.ts";
import type { LoginId, SubjectKey } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly link: IdentityLink;
    readonly seat: HeldSeat;
    readonly block: Block;
  }
  interface Absences {
    readonly link: SubjectKey;
    readonly block: Pick<Block, "userId">;
  }
}

/** Which rule decided the UUID of a link: our own signed claim, or the directory's user of a trusted address. */
export const LINK_RULES = ["claim", "verified-domain", "verified-email", "report-mode", "operator"] as const;
export type LinkRule = (typeof LINK_RULES)[number];

/** (tenant, subject) → UUID, stored at the first login and valid for life unless an operator or a relink window moves it. */
export interface IdentityLink extends SubjectKey {
  readonly userId: UserId;
  /** The connection of the first login, and the organization it belonged to then (null: not registered). */
  readonly connection: string;
  readonly organizationId: OrganizationId | null;
  /** The address at link time; null if none was proven. */
  readonly email: CanonicalEmail | null;
  readonly rule: LinkRule;
  /** ISO 8601, UTC. */
  readonly linkedAt: string;
  readonly rev: string;
}

/** A user whom an operator has blocked. */
export interface Block {
  readonly userId: UserId;
  /** ISO 8601, UTC. */
  readonly blockedAt: string;
  readonly rev: string;
}

/** (tenant, connection, UUID): the place that at most one subject holds. */
export interface Seat {
  readonly tenant: string;
  readonly connection: string;
  readonly userId: UserId;
}

/** A seat, and the one subject that holds it. */
export interface HeldSeat extends Seat {
  readonly subject: string;
  readonly rev: string;
}

/** What is known of a subject. */
export interface KnownSubject {
  readonly link: IdentityLink | null;
  /** What ends its tokens, whether it is linked or not; null where nothing is stored. */
  readonly facts: SubjectFacts | null;
}

/** What ends the tokens of a user, whatever their subject. */
export interface KnownUser {
  /** Whether an operator has blocked this user. */
  readonly isBlocked: boolean;
  readonly signOut: SignOut | null;
}

/**
 * Which subject is linked to which user, and what ends the tokens of both. Every method throws {@link Refusal}
 * STORE_UNAVAILABLE when there is no usable answer before `signal` aborts.
 */
export interface IdentityLinks extends Pick<Revocations, "findSession"> {
  findSubject(key: SubjectKey, signal: AbortSignal): Promise<KnownSubject>;
  /** The same by the name of the subject. What is asked for together is read together, also of several subjects. */
  findLogin(loginId: LoginId, signal: AbortSignal): Promise<KnownSubject>;
  /** @param beside called where a cache reads it from the store: what it asks for is one request with it */
  findUser(userId: UserId, signal: AbortSignal, beside?: () => void): Promise<KnownUser>;
}

/**
 * Links, seats, blocks and what else ends tokens, bypassing the cache. Use it before taking a seat from its holder and before
 * granting anything: an operator may have unlinked or blocked the user a moment ago. Absence is null.
 */
export interface StoredLinks extends IdentityLinks, StoredRevocations {
  find(key: SubjectKey, signal: AbortSignal): Promise<IdentityLink | null>;
  isBlocked(userId: UserId, signal: AbortSignal): Promise<boolean>;
  findSeat(seat: Seat, signal: AbortSignal): Promise<HeldSeat | null>;
}

/** What operators see and change of links beyond what a login does. Errors as in {@link StoredLinks}. */
export interface IdentityRegistry extends StoredLinks {
  /** Every link of the user; one that was made within the last second may be missing. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly IdentityLink[]>;
  /** Every seat that the subject holds; one that it took within the last second may be missing. */
  listSeats(key: SubjectKey, signal: AbortSignal): Promise<readonly HeldSeat[]>;
  findBlock(userId: UserId, signal: AbortSignal): Promise<Block | null>;
}

/** Whether the link is of the seat's user, by its connection. */
export function isOnSeat(link: Seat, { tenant, connection, userId }: Seat): boolean {
  return link.tenant === tenant && link.connection === connection && link.userId === userId;
}

export function blockedUser(): Refusal {
  return new Refusal("IDENTITY_BLOCKED", "an operator has blocked this user");
}
