import { LRUCache } from "lru-cache";
import type { Audit, AuditEntry, RequestAudit } from "../domain/index.ts";

/** Conflicts remembered. The least recently seen one is evicted first. */
const MAX_CONFLICTS = 10_000;
const CONFLICT_EVERY_MS = 3_600_000;

/** Called with an entry that was not appended, or may lack its change's. */
export type AuditTroubles = Record<"auditLost" | "auditUnsure", (entry: AuditEntry, cause: unknown) => void>;

/**
 * The audit log for requests. The same conflict is appended once per hour, so that a hostile token cannot cause many
 * writes. A failed append goes to `auditLost` and does not fail the request: the recorded change has happened already.
 */
export function requestAudit(audit: Audit, { auditLost, auditUnsure }: AuditTroubles): RequestAudit {
  const appended = new LRUCache<string, true>({ max: MAX_CONFLICTS, ttl: CONFLICT_EVERY_MS });
  return {
    doubt: auditUnsure,
    async append(entry, signal) {
      const { at, subject, ...content } = entry;
      // An identity provider can mint any number of subjects. Only a conflict about a seat is about this one.
      const about = entry.rule === "foreign-organization" ? content : { ...content, subject };
      const conflict = entry.action === "identity-conflict" ? JSON.stringify(about) : null;
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
