import { recordActions } from "../audit.ts";
import type { UserId } from "../user-id.ts";
import type { Administration } from "./administration.ts";

/**
 * Refuses every login and every token of the user from now on.
 * @returns false when the user is blocked already
 * @throws {AuditIncomplete} when the user is blocked without an audit entry
 */
export async function blockUser(
  userId: UserId,
  ports: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const at = ports.now().toISOString();
  const changed = (await ports.blockedUsers.block(userId, at, signal)) === at;
  if (changed) await recordActions([{ at, action: "user-blocked", userId }], ports, signal);
  return changed;
}

/**
 * @returns false when the user was not blocked
 * @throws {AuditIncomplete} when the block is lifted without an audit entry
 */
export async function unblockUser(
  userId: UserId,
  ports: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const at = ports.now().toISOString();
  const changed = (await ports.blockedUsers.unblock(userId, signal)) !== null;
  if (changed) await recordActions([{ at, action: "user-unblocked", userId }], ports, signal);
  return changed;
}
