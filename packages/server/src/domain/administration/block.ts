import { auditEntry } from "../audit.ts";
import { newRevision } from "../revision.ts";
import { transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import type { Administration } from "./administration.ts";

/**
 * Refuses every login and every token of the user from now on, or lets them in again.
 * @returns false when it is so already
 */
export function setBlocked(
  { userId, isBlocked }: { readonly userId: UserId; readonly isBlocked: boolean },
  { identities, transactions, actor, now }: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const at = now().toISOString();
  const action = isBlocked ? "user-blocked" : "user-unblocked";
  return transact(
    {
      read: () => identities.findBlock(userId, signal),
      decide(present) {
        if ((present !== null) === isBlocked) return { changes: null, result: false };
        const next = isBlocked ? { userId, blockedAt: at, rev: newRevision() } : null;
        const audit = [auditEntry({ at, actor, action, userId })];
        return {
          changes: { writes: [{ item: "block", next, present }], unchanged: [], audit },
          result: true,
        };
      },
    },
    transactions,
    signal,
  );
}
