import type { AuditEntry, AuditLog } from "../../domain/index.ts";
import { ABSENT } from "./table/expression.ts";
import { AUDIT_ENTRY } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys, partitions } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoAudit(table: DynamoTable): AuditLog {
  const entries = itemsOf(table, AUDIT_ENTRY);
  return {
    async append(entry, signal) {
      // The key contains a hash of the entry, so an item that exists is the same entry.
      await entries.put(entry, ABSENT, signal);
    },

    async list({ since, until }, signal) {
      const found: AuditEntry[] = [];
      const sk = since.toISOString();
      for (const month of months(since, until)) {
        const shards = partitions.auditShards(month).map(({ pk }) => entries.listFrom({ pk, sk }, signal));
        for (const entry of inOrder((await Promise.all(shards)).flat())) found.push(entry);
      }
      return found;
    },
  };
}

/** Sorted as if all partitions were one, each entry once: an earlier version may have stored it in another one. */
function inOrder(entries: readonly AuditEntry[]): AuditEntry[] {
  const bySortKey = new Map(entries.map((entry) => [keys.auditEntry(entry).sk, entry]));
  return [...bySortKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** The first instant of each month from `since` to `until`. */
function* months(since: Date, until: Date): Generator<string> {
  const month = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth()));
  for (; month <= until; month.setUTCMonth(month.getUTCMonth() + 1)) yield month.toISOString();
}
