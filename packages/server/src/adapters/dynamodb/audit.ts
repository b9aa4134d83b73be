import {
  type AuditLog,
  auditPosition,
  isOfPerson,
  type MonthQuery,
  type OrganizationAudit,
  seenByOrganization,
} from "../../domain/index.ts";
import type { Expression } from "./table/expression.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { auditIndexPartition, identified, partitions, type StoredAuditEntry } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoAudit(table: DynamoTable): AuditLog {
  const entries = new ItemsOf(table, ITEM_TYPES.auditEntry);
  return {
    append: (entry, signal) => entries.put(identified(entry), signal),

    async list({ since, until }, signal) {
      const found: StoredAuditEntry[] = [];
      const sk = since.toISOString();
      for (const month of months(since, until)) {
        const shards = partitions.auditShards(month).map(({ pk }) => entries.list({ pk, sk }, signal));
        for (const entry of (await Promise.all(shards)).flat()) found.push(entry);
      }
      found.sort((a, b) => (auditPosition(a) < auditPosition(b) ? -1 : 1)); // as if all partitions were one
      return found.map(({ id: _, ...entry }) => entry);
    },
  };
}

/** How many entries a filter looks at in one request. The others wait for the next page. */
const FILTERED = 200;

export function dynamoOrganizationAudit(table: DynamoTable): OrganizationAudit {
  const stored = new ItemsOf(table, ITEM_TYPES.auditEntry);
  return {
    async readMonth(asked, signal) {
      const { organizationId, month, from, to, after, newestFirst, limit, person } = asked;
      const filter = filterOf(asked);
      const query = {
        range: { index: "byOrganization" as const, pk: auditIndexPartition(organizationId, month), from, to },
        after,
        limit: filter === null ? limit : Math.max(limit, FILTERED),
        descending: newestFirst,
        filter,
      };
      const { items, last } = await stored.listPage(query, signal);
      const seen = items.map(seenByOrganization);
      return { entries: seen.filter((entry) => person === null || isOfPerson(entry, person)), last };
    },
  };
}

function filterOf({ actor, person, action }: MonthQuery): Expression | null {
  const conditions = [
    ...(actor === null ? [] : [actor === "operator" ? "begins_with(#actor, :actor)" : "#actor = :actor"]),
    ...(person === null ? [] : ["(#actor = :personAsActor OR #userId = :person)"]),
    ...(action === null ? [] : ["#action = :action"]),
  ];
  if (conditions.length === 0) return null;
  const values = {
    ...(actor === null ? {} : { ":actor": actor === "operator" ? "operator:" : actor }),
    ...(person === null ? {} : { ":personAsActor": `user:${person}`, ":person": person }),
    ...(action === null ? {} : { ":action": action }),
  };
  return { expression: conditions.join(" AND "), values };
}

/** The first instant of each month from `since` to `until`. */
function* months(since: Date, until: Date): Generator<string> {
  const month = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth()));
  for (; month <= until; month.setUTCMonth(month.getUTCMonth() + 1)) yield month.toISOString();
}
