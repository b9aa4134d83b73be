import type { Audit, AuditEntry } from "../../domain/audit.ts";
import { ABSENT } from "./expression.ts";
import { AUDIT_ENTRY } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { partitions } from "./keys.ts";
import type { DynamoTable } from "./table.ts";

/** The audit as operators read it. Errors as in {@link Audit}. */
export interface AuditLog extends Audit {
  /** Every entry from `since` on, oldest first, through the month of `until`. */
  list(period: { since: Date; until: Date }, signal: AbortSignal): Promise<readonly AuditEntry[]>;
}

export function dynamoAudit(table: DynamoTable): AuditLog {
  const entries = itemsOf(table, AUDIT_ENTRY);
  return {
    async append(entry, signal) {
      // A key that is taken holds the same entry.
      await entries.put(entry, ABSENT, signal);
    },

    async list({ since, until }, signal) {
      const found: AuditEntry[] = [];
      for (const month of months(since, until)) {
        const from = { ...partitions.auditMonth(month), sk: since.toISOString() };
        for (const entry of await entries.listFrom(from, signal)) found.push(entry);
      }
      return found;
    },
  };
}

/** Each month from one time to another, as the time of its beginning. */
function* months(since: Date, until: Date): Generator<string> {
  const month = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth()));
  for (; month <= until; month.setUTCMonth(month.getUTCMonth() + 1)) yield month.toISOString();
}
