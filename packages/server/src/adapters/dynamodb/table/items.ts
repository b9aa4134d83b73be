import type { QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { Refusal } from "../../../domain/index.ts";
import { type Expression, placeholders } from "./expression.ts";
import { INDEX, type IndexKey, type IndexRange, type Key, type Partition } from "./keys.ts";
import { getRaw, requestsOf, scanRaw } from "./raw-items.ts";
import { rangeBehind } from "./sort-keys.ts";
import { fromItem, type ItemType, type StoredItem, toItem } from "./stored-item.ts";
import type { DynamoTable } from "./table.ts";

/**
 * The items of one type. The table's deadline and `signal` bound each request. Every failure is a {@link Refusal}
 * STORE_UNAVAILABLE, or OVERLOADED where nothing was sent ({@link Turns}). What decides something is stored by a transaction.
 */
export interface Items<T> {
  /** Read consistently. */
  get(key: Key, signal: AbortSignal): Promise<T | null>;
  /** The items that exist, in the order of the keys; read consistently. */
  getMany(keys: readonly Key[], signal: AbortSignal): Promise<T[]>;
  put(value: T, signal: AbortSignal): Promise<void>;
  /**
   * Returns whether the condition held, which must not hold for an absent item: an update would create it. The SDK repeats a
   * write whose reply was lost, so false may also mean that the first attempt succeeded.
   */
  update(key: Key, change: Change, signal: AbortSignal): Promise<boolean>;
  /** Everything in the partition, of a key from its sort key on; in order, read consistently. */
  list(from: Partition | Key, signal: AbortSignal): Promise<readonly T[]>;
  /** Everything the index has under the prefix. Writes of the last second may be missing. */
  listIndexed(prefix: IndexKey, signal: AbortSignal): Promise<readonly T[]>;
  /** Like `listIndexed`, but reads each item again, consistently: none is deleted or outdated. */
  listCurrent(prefix: IndexKey, signal: AbortSignal): Promise<readonly T[]>;
  /**
   * One request for a page of the range, in the order of the sort keys, which no two different items share. Writes of
   * the last second may be missing.
   */
  listPage(query: IndexQuery, signal: AbortSignal): Promise<IndexPage<T>>;
  /**
   * The text of one attribute of every item of the type, in no order. Reads the whole table and holds one page of
   * it at a time. Writes of the last second may be missing.
   */
  scan(attribute: keyof T & string, signal: AbortSignal): AsyncIterable<string>;
}

/** Which page of the index a request reads. */
export interface IndexQuery {
  readonly range: IndexRange;
  /** The sort key behind which the page begins; null at the beginning. It may lie outside the range. */
  readonly after: string | null;
  /** The most items to read, at least 1. The filter applies to what was read. */
  readonly limit: number;
  /** Begins with the greatest sort key. */
  readonly descending?: boolean;
  readonly filter?: Expression | null;
}

export interface IndexPage<T> {
  readonly items: readonly T[];
  /** The sort key that was read last, for the `after` of the next page; null when nothing follows. */
  readonly last: string | null;
}

export interface Change {
  readonly set: Expression;
  readonly condition: Expression;
}

export function itemsOf<T extends object>(table: DynamoTable, itemType: ItemType<T>): Items<T> {
  const reads = readsOf(table, itemType);
  return { ...reads, ...listingsOf(table, itemType, reads), ...writesOf(table, itemType) };
}

type Reads<T> = Pick<Items<T>, "get" | "getMany">;
type Listings<T> = Pick<Items<T>, "list" | "listIndexed" | "listCurrent" | "listPage" | "scan">;
type Writes<T> = Omit<Items<T>, keyof Reads<T> | keyof Listings<T>>;

function readsOf<T extends object>(table: DynamoTable, itemType: ItemType<T>): Reads<T> {
  async function get(key: Key, signal: AbortSignal): Promise<T | null> {
    const item = await getRaw(table, itemType.type, key, signal);
    return item === undefined ? null : fromItem(itemType, item);
  }

  return {
    get,
    getMany: async (keys, signal) =>
      (await Promise.all(keys.map((key) => get(key, signal)))).filter((item) => item !== null),
  };
}

function listingsOf<T extends object>(
  table: DynamoTable,
  itemType: ItemType<T>,
  { getMany }: Reads<T>,
): Listings<T> {
  const { TableName, send } = requestsOf(table, itemType.type);

  async function query(input: Omit<QueryCommandInput, "TableName">, signal: AbortSignal) {
    const found: T[] = [];
    let ExclusiveStartKey: StoredItem | undefined;
    do {
      const from = { TableName, ...input, ExclusiveStartKey };
      const page = await send("listing", signal, (documents, options) => documents.query(from, options));
      for (const item of page.Items ?? []) found.push(fromItem(itemType, item));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }

  function listIndexed({ gsi1pk, gsi1sk }: IndexKey, signal: AbortSignal) {
    const values = { ":pk": gsi1pk, ":prefix": gsi1sk };
    const condition = { expression: "#gsi1pk = :pk AND begins_with(#gsi1sk, :prefix)", values };
    return query({ IndexName: INDEX, ...keyCondition(condition) }, signal);
  }

  return {
    listIndexed,

    async listCurrent(prefix, signal) {
      const indexed = await listIndexed(prefix, signal);
      return getMany(indexed.map(itemType.key), signal);
    },

    list(from, signal) {
      const condition =
        "sk" in from
          ? { expression: "#pk = :pk AND #sk >= :sk", values: { ":pk": from.pk, ":sk": from.sk } }
          : { expression: "#pk = :pk", values: { ":pk": from.pk } };
      return query({ ...keyCondition(condition), ConsistentRead: true }, signal);
    },

    async listPage({ range, after, limit: Limit, descending = false, filter = null }, signal) {
      // Not an `ExclusiveStartKey`, so that no key of the store ever comes from a client's cursor.
      const rest = rangeBehind(after, range, descending);
      if (rest === null) return { items: [], last: null };
      const values = { ":pk": range.gsi1pk, ":from": rest.from, ":to": rest.to };
      const condition = { expression: "#gsi1pk = :pk AND #gsi1sk BETWEEN :from AND :to", values };
      const input = {
        TableName,
        IndexName: INDEX,
        KeyConditionExpression: condition.expression,
        ...(filter === null ? {} : { FilterExpression: filter.expression }),
        ...placeholders(condition, ...(filter === null ? [] : [filter])),
        Limit,
        ScanIndexForward: !descending,
      };
      const page = await send("listing", signal, (documents, options) => documents.query(input, options));
      const items = (page.Items ?? []).map((item) => fromItem(itemType, item));
      const last: unknown = page.LastEvaluatedKey?.gsi1sk;
      return { items, last: typeof last === "string" ? last : null };
    },

    async *scan(attribute, signal) {
      const filter = { expression: "#type = :type", values: { ":type": itemType.type } };
      const projection = { expression: `#${attribute}` };
      const input = {
        FilterExpression: filter.expression,
        ProjectionExpression: projection.expression,
        ...placeholders(filter, projection),
      };
      for await (const page of scanRaw(table, itemType.type, input, signal)) {
        for (const { [attribute]: text } of page) {
          if (typeof text === "string") yield text;
          else throw new Refusal("STORE_UNAVAILABLE", `${itemType.type}: the stored item is malformed`);
        }
      }
    },
  };
}

function writesOf<T extends object>(table: DynamoTable, itemType: ItemType<T>): Writes<T> {
  const { TableName, send } = requestsOf(table, itemType.type);
  return {
    async put(value, signal) {
      const input = { TableName, Item: toItem(itemType, value) };
      await send("storing", signal, (documents, options) => documents.put(input, options));
    },

    update(key, { set, condition }, signal) {
      const input = {
        TableName,
        Key: key,
        UpdateExpression: set.expression,
        ConditionExpression: condition.expression,
        ...placeholders(set, condition),
      };
      return send("changing", signal, (documents, options) => holds(documents.update(input, options)));
    },
  };
}

function keyCondition(condition: Expression) {
  return { KeyConditionExpression: condition.expression, ...placeholders(condition) };
}

async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}
