import type { CanonicalEmail } from "../email.ts";
import type { OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly block: Block;
  }
  interface Absences {
    readonly block: Pick<Block, "userId">;
  }
}

/** Which rule decided the UUID of a link: our own signed claim, or the directory's user of a trusted address. */
export const LINK_RULES = ["claim", "verified-domain", "verified-email", "report-mode", "operator"] as const;
export type LinkRule = (typeof LINK_RULES)[number];

/** The issuer's key of a user within one tenant. */
export interface SubjectKey {
  readonly tenant: string;
  readonly subject: string;
}

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
  /**
   * The previous holder. Its link must be deleted before the new holder is linked; after a crash, the next login
   * does so. Null for the first holder.
   */
  readonly formerSubject: string | null;
  /** When a login took it over, ISO 8601, UTC; null for the first holder, or if an operator assigned it. */
  readonly takenOverAt: string | null;
}

/**
 * Links, seats and blocks, bypassing the cache. Use it before taking a seat from its holder and before granting anything: an
 * operator may have unlinked or blocked the user a moment ago.
 */
export type StoredLinks = Pick<IdentityLinks, "find" | "findSeat" | "isBlocked">;

/**
 * Which subject is linked to which user. Absence is null; every method throws {@link Refusal} STORE_UNAVAILABLE when there is
 * no usable answer before `signal` aborts.
 */
export interface IdentityLinks {
  find(key: SubjectKey, signal: AbortSignal): Promise<IdentityLink | null>;
  /** Stores the link unless its subject has one. @returns the stored link */
  create(link: IdentityLink, signal: AbortSignal): Promise<IdentityLink>;
  /** Removes the link if it still leads to the same user by the same connection; false otherwise. */
  remove(link: Seat & SubjectKey, signal: AbortSignal): Promise<boolean>;
  findSeat(seat: Seat, signal: AbortSignal): Promise<HeldSeat | null>;
  /** Takes the seat unless another subject holds it. @returns the stored seat */
  takeSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<HeldSeat>;
  /** Takes the seat over if `held.subject` still holds it. @returns the stored seat */
  takeOverSeat(
    held: HeldSeat,
    by: Pick<HeldSeat, "subject" | "takenOverAt">,
    signal: AbortSignal,
  ): Promise<HeldSeat>;
  /** Releases the seat if `subject` holds it. */
  releaseSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<void>;
  /** Whether an operator has blocked this user. */
  isBlocked(userId: UserId, signal: AbortSignal): Promise<boolean>;
}

/** @throws {Refusal} IDENTITY_BLOCKED when an operator has blocked this user */
export async function refuseBlocked(
  userId: UserId,
  links: Pick<IdentityLinks, "isBlocked">,
  signal: AbortSignal,
): Promise<void> {
  if (await links.isBlocked(userId, signal)) {
    throw new Refusal("IDENTITY_BLOCKED", "an operator has blocked this user");
  }
}
