import { LRUCache } from "lru-cache";
import type { Audit, AuditEntry, RequestAudit } from "../domain/index.ts";

/** Conflicts remembered; the least recently seen goes first. */
const MAX_CONFLICTS = 10_000;
const CONFLICT_EVERY_MS = 3_600_000;

/**
 * The audit on the path of a request. The same conflict is appended once an hour, so that a hostile token buys no
 * writes; and a failure is told to `auditLost` instead of the request, which the entry says has happened already.
 */
export function requestAudit(
  audit: Audit,
  {
    auditLost,
    auditUnsure,
  }: Record<"auditLost" | "auditUnsure", (entry: AuditEntry, cause: unknown) => void>,
): RequestAudit {
  const appended = new LRUCache<string, true>({ max: MAX_CONFLICTS, ttl: CONFLICT_EVERY_MS });
  return {
    doubt: auditUnsure,
    async append(entry, signal) {
      const { at, subject, ...content } = entry;
      // An identity provider may mint any number of subjects; only a seat's conflict is about this one.
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
