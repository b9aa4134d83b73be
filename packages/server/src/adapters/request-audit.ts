import { LRUCache } from "lru-cache";
import type { Audit, AuditEntry, RequestAudit } from "../domain/index.ts";

/** Conflicts remembered. The least recently seen one is evicted first. */
const MAX_CONFLICTS = 10_000;

/** Called with an entry that was not appended, or may lack its change's. */
export type AuditTroubles = Record<"auditLost" | "auditUnsure", (entry: AuditEntry, cause: unknown) => void>;

/**
 * The audit log for requests. The same conflict is appended once a day (UTC), so that hostile tokens cannot cause many
 * writes. A failed append goes to `auditLost` and does not fail the request: the recorded change has happened already.
 */
export function requestAudit(audit: Audit, { auditLost, auditUnsure }: AuditTroubles): RequestAudit {
  const appended = new LRUCache<string, true>({ max: MAX_CONFLICTS });
  return {
    doubt: auditUnsure,
    async append(entry, signal) {
      const conflict = entry.action === "identity-conflict" ? conflictOf(entry) : null;
      if (conflict !== null && appended.has(conflict)) return;
      if (conflict !== null) appended.set(conflict, true);
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
 * One for each user, connection and day, whatever the subject and the application: an identity provider can mint any
 * number of subjects for one mailbox.
 */
function conflictOf({ at, rule, organizationId, tenant, connection, userId, holder }: AuditEntry): string {
  return JSON.stringify([
    at.slice(0, "2026-11-25".length),
    rule,
    organizationId,
    tenant,
    connection,
    userId,
    holder,
  ]);
}
