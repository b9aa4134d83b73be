import type { CanonicalEmail } from "../email.ts";
import type { OrganizationId } from "../organization.ts";
import type { UserId } from "../user-id.ts";

/** Which rule decided the UUID of a link: our own signed claim, or the directory's user of a trusted address. */
export type LinkRule = "claim" | "verified-domain" | "verified-email" | "report-mode" | "operator";

/** The issuer's key of a user within one tenant. */
export interface SubjectKey {
  readonly tenant: string;
  readonly subject: string;
}

/** (tenant, subject) → UUID, stored at the first login and true for life, unless an operator or a window moves it. */
export interface IdentityLink extends SubjectKey {
  readonly userId: UserId;
  /** The connection of the first login, and the organization it belonged to then (null: not registered). */
  readonly connection: string;
  readonly organizationId: OrganizationId | null;
  /** The address at link time; null where none was proved. */
  readonly email: CanonicalEmail | null;
  readonly rule: LinkRule;
  /** ISO 8601, UTC. */
  readonly linkedAt: string;
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
   * Whom the holder took it from. Their link has to be gone before the holder has one: whoever finds the seat so
   * after a crash finishes that. Null for the first holder.
   */
  readonly formerSubject: string | null;
  /** When a login took it over, ISO 8601, UTC; null for the first holder, and where an operator gave it. */
  readonly takenOverAt: string | null;
}

/**
 * The same out of no memory: for what takes something from its owner, and so that nothing is granted to people whom an
 * operator has unlinked or blocked a moment ago.
 */
export type StoredLinks = Pick<IdentityLinks, "find" | "isBlocked">;

/**
 * Who was linked to whom. Absence is null; every method throws {@link Refusal} STORE_UNAVAILABLE when there is
 * no usable answer before `signal` aborts.
 */
export interface IdentityLinks {
  find(key: SubjectKey, signal: AbortSignal): Promise<IdentityLink | null>;
  /** Stores the link unless its subject has one; answers with the link that is stored now. */
  create(link: IdentityLink, signal: AbortSignal): Promise<IdentityLink>;
  /** Removes the link if it leads to the same user by the same connection; false when it is another by now. */
  remove(link: Seat & SubjectKey, signal: AbortSignal): Promise<boolean>;
  /** Takes the seat unless another subject holds it; answers with the seat as it is held now. */
  takeSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<HeldSeat>;
  /** Takes the seat from the subject that holds it, unless it does not any more; answers with the seat as held now. */
  takeOverSeat(
    held: HeldSeat,
    by: Pick<HeldSeat, "subject" | "takenOverAt">,
    signal: AbortSignal,
  ): Promise<HeldSeat>;
  /** Gives up a seat that `subject` holds; nothing happens when another subject holds it. */
  releaseSeat(seat: Seat, subject: string, signal: AbortSignal): Promise<void>;
  /** Whether an operator has blocked this person. */
  isBlocked(userId: UserId, signal: AbortSignal): Promise<boolean>;
}
