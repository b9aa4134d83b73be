import { type ActionLog, recordActions } from "../audit.ts";
import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";
import type { IdentityLinks } from "./identity-link.ts";

/** The users that operators have blocked. Every method throws {@link Refusal} STORE_UNAVAILABLE without an answer. */
export interface BlockedUsers {
  /** Keeps an earlier block; returns the time of the block that holds now. `blockedAt`: ISO 8601, UTC. */
  block(userId: UserId, blockedAt: string, signal: AbortSignal): Promise<string>;
  /** Returns the time of the block that it lifts; null when there is none. */
  unblock(userId: UserId, signal: AbortSignal): Promise<string | null>;
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

export interface BlockPorts extends ActionLog {
  readonly blockedUsers: BlockedUsers;
  readonly now: () => Date;
}

/**
 * Refuses every login and every token of the user from now on.
 * @returns false when the user is blocked already
 * @throws {AuditIncomplete} when the user is blocked without an audit entry
 */
export async function blockUser(
  userId: UserId,
  { blockedUsers, now, ...log }: BlockPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const at = now().toISOString();
  const changed = (await blockedUsers.block(userId, at, signal)) === at;
  if (changed) await recordActions([{ at, action: "user-blocked", userId }], log, signal);
  return changed;
}

/**
 * @returns false when the user was not blocked
 * @throws {AuditIncomplete} when the block is lifted without an audit entry
 */
export async function unblockUser(
  userId: UserId,
  { blockedUsers, now, ...log }: BlockPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const at = now().toISOString();
  const changed = (await blockedUsers.unblock(userId, signal)) !== null;
  if (changed) await recordActions([{ at, action: "user-unblocked", userId }], log, signal);
  return changed;
}
