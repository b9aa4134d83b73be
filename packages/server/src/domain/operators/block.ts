import { auditEntry } from "../audit.ts";
import { newRevision } from "../revision.ts";
import { storing, transact } from "../transaction.ts";
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
  const action = isBlocked ? "identity-blocked" : "identity-unblocked";
  const read = () => identities.findBlock(userId, signal);
  const decide = (present: Awaited<ReturnType<typeof read>>) => {
    if ((present !== null) === isBlocked) return { changes: null, result: false };
    const next = isBlocked ? { userId, blockedAt: at, rev: newRevision() } : null;
    const entry = auditEntry({ at, actor, action, source: "operator", userId });
    return storing([{ item: "block", next, present }], [entry], true);
  };
  return transact({ read, decide }, transactions, signal);
}
