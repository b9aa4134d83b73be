import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";
import type { HeldSeat, SubjectKey } from "./identity-link.ts";

/** The user has no link and no membership: most likely a typing error. */
export class UnknownUser extends Refusal {
  readonly userId: UserId;

  constructor(userId: UserId) {
    super("NOT_FOUND", `${userId} has neither a link nor a membership`);
    this.userId = userId;
  }
}

/** The subject is not linked to a user. */
export class SubjectNotLinked extends Refusal {
  readonly key: SubjectKey;
  /** Seats that an interrupted login or command has left to the subject. */
  readonly seats: readonly HeldSeat[];

  constructor(key: SubjectKey, seats: readonly HeldSeat[]) {
    super("NOT_FOUND", "the subject is not linked");
    this.key = key;
    this.seats = seats;
  }
}

interface ByUser {
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly unknown[]>;
}

/** What tells whether a user is known here: their links and their memberships. */
export interface KnownUserPorts {
  readonly identities: ByUser;
  readonly memberships: ByUser;
}

/**
 * A link or a membership of the last second may be missing.
 * @throws {UnknownUser}
 */
export async function requireKnownUser(
  userId: UserId,
  { identities, memberships }: KnownUserPorts,
  signal: AbortSignal,
): Promise<void> {
  if ((await identities.listByUser(userId, signal)).length > 0) return;
  if ((await memberships.listByUser(userId, signal)).length > 0) return;
  throw new UnknownUser(userId);
}
