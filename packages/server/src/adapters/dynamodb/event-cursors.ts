import type { EventCursors, Listed, Reconciliations } from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import { scanPage } from "./table/raw-items.ts";
import type { DynamoTable } from "./table/table.ts";

/** How far the events of the identity provider are followed. Each write replaces the last one: a follower that is behind only repeats. */
export function dynamoEventCursors(table: DynamoTable): EventCursors {
  const cursors = new ItemsOf(table, ITEM_TYPES.eventCursor);
  return {
    find: (tenant, signal) => cursors.get(keys.eventCursor(tenant), signal),
    save: (cursor, signal) => cursors.put(cursor, signal),
  };
}

/** Items that are read, not subjects that are found: a page is 1 MiB at most. */
const SCANNED_AT_ONCE = 1_000;

/** A listing reads the whole table: no index holds the subjects of all connections. */
export function dynamoReconciliations(table: DynamoTable, scannedAtOnce = SCANNED_AT_ONCE): Reconciliations {
  const items = new ItemsOf(table, ITEM_TYPES.reconciliation);
  return {
    find: (tenant, signal) => items.get(keys.reconciliation(tenant), signal),
    save: (reconciliation, signal) => items.put(reconciliation, signal),
    async listSubjects(tenant, after, signal) {
      const filter = {
        FilterExpression:
          "#tenant = :tenant AND (#type = :link OR (#type = :facts AND #sources.#event.#isBlocked = :true))",
        ExpressionAttributeNames: {
          "#type": "type",
          "#tenant": "tenant",
          "#sources": "sources",
          "#event": "event",
          "#isBlocked": "isBlocked",
        },
        ExpressionAttributeValues: {
          ":link": { S: ITEM_TYPES.link.type },
          ":facts": { S: ITEM_TYPES.facts.type },
          ":tenant": { S: tenant },
          ":true": { BOOL: true },
        },
        Limit: scannedAtOnce,
      };
      const { items: found, last } = await scanPage(table, "subjects", { ...filter, after }, signal);
      const subjects = new Map<string, Listed>();
      for (const { subject, linkedAt = null } of found)
        if (typeof subject === "string" && (linkedAt !== null || !subjects.has(subject)))
          subjects.set(subject, { subject, linkedAt: typeof linkedAt === "string" ? linkedAt : null });
      return { subjects: [...subjects.values()], next: last };
    },
  };
}

/** How far the events of a tenant are followed, for metrics. */
export function dynamoFollowing(table: DynamoTable, tenant: string) {
  const cursors = dynamoEventCursors(table);
  const reconciliations = dynamoReconciliations(table);
  return async (signal: AbortSignal) => {
    const [cursor, reconciliation] = await Promise.all([
      cursors.find(tenant, signal),
      reconciliations.find(tenant, signal),
    ]);
    return { cursor, reconciliation };
  };
}
