import type { Audit, AuditEntry, Transactions } from "../domain/index.ts";
import { type CacheKey, cacheKeysOf } from "./cache-keys.ts";
import { Sieve } from "./sieve.ts";

/** Conflicts remembered. */
const MAX_CONFLICTS = 10_000;

/** Called with the entry of a conflict that was not appended, or of a change that may have been made. */
export type AuditTroubles = Record<"auditLost" | "auditUnsure", (entry: AuditEntry, cause: unknown) => void>;

/**
 * The audit log for requests. The same conflict is appended once a day (UTC), so that hostile tokens cannot cause many
 * writes. A failed append goes to `auditLost`, and the login is refused all the same.
 */
export function requestAudit(audit: Audit, { auditLost }: Pick<AuditTroubles, "auditLost">): Audit {
  const appended = new Sieve(MAX_CONFLICTS);
  return {
    async append(entry, signal) {
      const conflict = entry.action === "identity-conflict" ? conflictOf(entry) : null;
      if (conflict !== null && appended.get(conflict) !== undefined) return;
      if (conflict !== null) appended.set(conflict, { isUsed: false });
      try {
        await audit.append(entry, signal);
      } catch (cause) {
        if (conflict !== null) appended.delete(conflict);
        auditLost(entry, cause);
      }
    },
  };
}

/**
 * The transactions of requests. A change takes effect at once in the process that makes it, also where no answer says that
 * it is made. `committed` gets the entries of what is stored; `auditUnsure` those of logins that may be.
 */
export function requestTransactions(
  { commit, backoff }: Transactions,
  {
    forget,
    committed,
    auditUnsure,
  }: Pick<AuditTroubles, "auditUnsure"> & {
    readonly forget: (keys: readonly CacheKey[]) => void;
    readonly committed: (entry: AuditEntry) => void;
  },
): Transactions {
  return {
    backoff,
    async commit(changes, signal) {
      try {
        const isCommitted = await commit(changes, signal);
        if (isCommitted) changes.audit.forEach(committed);
        return isCommitted;
      } catch (cause) {
        for (const entry of changes.audit) if (entry.actor === "login") auditUnsure(entry, cause);
        throw cause;
      } finally {
        forget(changes.writes.flatMap(cacheKeysOf));
      }
    },
  };
}

/**
 * One for each user, connection and day, whatever the subject and the application: an identity provider can mint any
 * number of subjects for one mailbox.
 */
function conflictOf({ at, rule, organizationId, tenant, connection, userId, holder }: AuditEntry): string {
  const day = at.slice(0, "2026-11-25".length);
  return JSON.stringify([day, rule, organizationId, tenant, connection, userId, holder]);
}
