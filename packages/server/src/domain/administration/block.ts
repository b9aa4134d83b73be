import { auditEntry } from "../audit.ts";
import type { Block } from "../identity/identity-link.ts";
import { newRevision } from "../revision.ts";
import { transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import type { Administration } from "./administration.ts";

/**
 * Refuses every login and every token of the user from now on.
 * @returns false when the user is blocked already
 */
export async function blockUser(
  userId: UserId,
  ports: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const blockedAt = ports.now().toISOString();
  return setBlock(userId, { userId, blockedAt, rev: newRevision() }, ports, signal);
}

/** @returns false when the user was not blocked */
export async function unblockUser(
  userId: UserId,
  ports: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  return setBlock(userId, null, ports, signal);
}

function setBlock(
  userId: UserId,
  next: Block | null,
  { blockedUsers, transactions, actor, now }: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const action = next === null ? "user-unblocked" : "user-blocked";
  const entry = auditEntry({ at: next?.blockedAt ?? now().toISOString(), actor, action, userId });
  return transact(
    {
      read: () => blockedUsers.find(userId, signal),
      decide(present) {
        if ((present === null) === (next === null)) return { changes: null, result: false };
        const writes = [{ item: "block", next, present } as const];
        return { changes: { writes, unchanged: [], audit: [entry] }, result: true };
      },
    },
    transactions,
    signal,
  );
}
