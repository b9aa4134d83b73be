import {
  type AuditLog,
  type AuditRange,
  mergeParts,
  type OrganizationAudit,
  seenByOrganization,
  seenByService,
  userOf,
  type WholeAudit,
} from "../../domain/index.ts";
import {
  AUDIT_INDEX_SHARDS,
  auditPartitions,
  auditShards,
  identified,
  isPast,
  type StoredAuditEntry,
  withCopy,
} from "./table/audit-keys.ts";
import type { Expression } from "./table/expression.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import type { IndexPartition } from "./table/keys.ts";
import { endOfPrefix } from "./table/sort-keys.ts";
import type { DynamoTable } from "./table/table.ts";

/** How many entries of each of its 16 partitions the whole audit holds at a time. */
const LISTED_AT_ONCE = 250;

export function dynamoAudit(table: DynamoTable): AuditLog {
  const entries = new ItemsOf(table, ITEM_TYPES.auditEntry);

  async function* listMonth(month: string, since: Date, signal: AbortSignal) {
    const range = { from: since.toISOString(), to: endOfPrefix("") };
    let after: string | null = null;
    do {
      const query = { after, limit: LISTED_AT_ONCE };
      const pages = auditShards(month).map(async ({ pk }) => {
        const { items, last } = await entries.listPage({ ...query, range: { ...range, pk } }, signal);
        return { entries: items, last };
      });
      // What a partition has behind the place where another one ends is read again.
      const merged = mergeParts(await Promise.all(pages), false);
      for (const { id: _, isCopy: __, keptUntil: ___, ...entry } of merged.entries.filter(isKept))
        yield entry;
      after = merged.last;
    } while (after !== null);
  }

  return {
    async append(entry, signal) {
      const stored = withCopy(identified(entry, table.options.auditDays));
      await Promise.all(stored.map((each) => entries.put(each, signal)));
    },
    async *list({ since, until }, signal) {
      for (const month of months(since, until)) yield* listMonth(month, since, signal);
    },
  };
}

/**
 * All entries, from the 16 partitions of their month: those of one page are one round of 16 queries, whatever the audit
 * holds and however many organizations there are.
 */
export function dynamoWholeAudit(table: DynamoTable): WholeAudit {
  const stored = new ItemsOf(table, ITEM_TYPES.auditEntry);
  return {
    read({ from, to, after, limit: wanted }, signal) {
      const shards = auditShards(from);
      // Ids are random, so each partition has about its share; a page ends where the first one has no more.
      const limit = 2 * Math.ceil(wanted / shards.length) + 2;
      const parts = shards.map(async ({ pk }) => {
        const { items, last } = await stored.listPage({ range: { pk, from, to }, after, limit }, signal);
        return { entries: items.filter(isKept).map(seenByService), last };
      });
      return Promise.all(parts);
    },
  };
}

/** How many entries a filter looks at in one request. The others wait for the next page. */
const FILTERED = 200;

export function dynamoOrganizationAudit(table: DynamoTable): OrganizationAudit {
  const stored = new ItemsOf(table, ITEM_TYPES.auditEntry);
  return {
    read(asked, signal) {
      const { from, to, after, newestFirst: descending, limit } = asked;
      const { partitions: found, filter } = narrowest(asked);
      const query = { after, descending, filter, limit: filter === null ? limit : Math.max(limit, FILTERED) };
      const parts = found.map(async (partition) => {
        const range = { ...partition, from, to };
        const { items, last } = await stored.listPage({ ...query, range }, signal);
        return { entries: items.filter(isKept).map(seenByOrganization), last };
      });
      return Promise.all(parts);
    },
  };
}

function isKept(entry: StoredAuditEntry): boolean {
  return !isPast(entry);
}

interface Choice {
  readonly partitions: readonly IndexPartition[];
  /** What is left to filter by; null if nothing is. */
  readonly filter: Expression | null;
}

/** The partitions that hold the fewest entries beside those asked for. */
function narrowest(asked: AuditRange): Choice {
  const { organizationId: id, actor, person, action } = asked;
  const user = person ?? (actor === null ? null : userOf(actor));
  if (user !== null)
    return { partitions: [auditPartitions.person(id, user)], filter: filterBy({ actor, action }) };
  const shards = (of: (shard: number) => IndexPartition) => AUDIT_INDEX_SHARDS.map(of);
  if (action !== null) {
    const partitions = shards((shard) => auditPartitions.action(id, action, shard));
    return { partitions, filter: filterBy({ actor, action: null }) };
  }
  if (actor !== null)
    return { partitions: shards((shard) => auditPartitions.actor(id, actor, shard)), filter: null };
  return { partitions: shards((shard) => auditPartitions.shard(id, shard)), filter: null };
}

function filterBy({ actor, action }: Pick<AuditRange, "actor" | "action">): Expression | null {
  const conditions = [
    ...(actor === null ? [] : [actor === "operator" ? "begins_with(#actor, :actor)" : "#actor = :actor"]),
    ...(action === null ? [] : ["#action = :action"]),
  ];
  if (conditions.length === 0) return null;
  const values = {
    ...(actor === null ? {} : { ":actor": actor === "operator" ? "operator:" : actor }),
    ...(action === null ? {} : { ":action": action }),
  };
  return { expression: conditions.join(" AND "), values };
}

/** The first instant of each month from `since` to `until`. */
function* months(since: Date, until: Date): Generator<string> {
  const month = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth()));
  for (; month <= until; month.setUTCMonth(month.getUTCMonth() + 1)) yield month.toISOString();
}
