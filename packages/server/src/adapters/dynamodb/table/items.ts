import type { QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { Refusal } from "../../../domain/index.ts";
import { type Expression, placeholders } from "./expression.ts";
import { INDEX, type IndexKey, type IndexRange, type Key, type Partition } from "./keys.ts";
import { getRaw, requestsOf, scanRaw } from "./raw-items.ts";
import { rangeBehind } from "./sort-keys.ts";
import { type Attributes, fromItem, type ItemType, plain, toItem } from "./stored-item.ts";
import type { DynamoTable } from "./table.ts";

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

/**
 * The items of one type. The table's deadline and `signal` bound each request. Every failure is a {@link Refusal}
 * STORE_UNAVAILABLE, or OVERLOADED where nothing was sent ({@link Turns}). What decides something is stored by a transaction.
 */
export function itemsOf<T extends object>(table: DynamoTable, itemType: ItemType<T>) {
  const reads = readsOf(table, itemType);
  const listings = { ...listingsOf(table, itemType, reads), ...pagesOf(table, itemType) };
  return { ...reads, ...listings, ...writesOf(table, itemType) };
}

function readsOf<T extends object>(table: DynamoTable, itemType: ItemType<T>) {
  /** Read consistently. */
  async function get(key: Key, signal: AbortSignal): Promise<T | null> {
    const item = await getRaw(table, itemType.type, key, signal);
    return item === undefined ? null : fromItem(itemType, item);
  }

  /** The items that exist, in the order of the keys; read consistently. */
  async function getMany(keys: readonly Key[], signal: AbortSignal): Promise<T[]> {
    const found = await Promise.all(keys.map((key) => get(key, signal)));
    return found.filter((item) => item !== null);
  }

  return { get, getMany };
}

function listingsOf<T extends object>(
  table: DynamoTable,
  itemType: ItemType<T>,
  { getMany }: ReturnType<typeof readsOf<T>>,
) {
  const { TableName, send } = requestsOf(table, itemType.type);

  async function query(input: Omit<QueryCommandInput, "TableName">, signal: AbortSignal) {
    const found: T[] = [];
    let ExclusiveStartKey: Attributes | undefined;
    do {
      const from = { TableName, ...input, ExclusiveStartKey };
      const page = await send("listing", signal, (client, ending) => client.query(ending(from)));
      for (const item of page.Items ?? []) found.push(fromItem(itemType, plain(item)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }

  /** Everything the index has under the prefix. Writes of the last second may be missing. */
  function listIndexed({ gsi1pk, gsi1sk }: IndexKey, signal: AbortSignal) {
    const values = { ":pk": gsi1pk, ":prefix": gsi1sk };
    const condition = { expression: "#gsi1pk = :pk AND begins_with(#gsi1sk, :prefix)", values };
    return query({ IndexName: INDEX, ...keyCondition(condition) }, signal);
  }

  return {
    listIndexed,

    /** Like `listIndexed`, but reads each item again, consistently: none is deleted or outdated. */
    async listCurrent(prefix: IndexKey, signal: AbortSignal) {
      const indexed = await listIndexed(prefix, signal);
      return getMany(indexed.map(itemType.key), signal);
    },

    /** Everything in the partition, of a key from its sort key on; in order, read consistently. */
    list(from: Partition | Key, signal: AbortSignal) {
      const condition =
        "sk" in from
          ? { expression: "#pk = :pk AND #sk >= :sk", values: { ":pk": from.pk, ":sk": from.sk } }
          : { expression: "#pk = :pk", values: { ":pk": from.pk } };
      return query({ ...keyCondition(condition), ConsistentRead: true }, signal);
    },
  };
}

function pagesOf<T extends object>(table: DynamoTable, itemType: ItemType<T>) {
  const { TableName, send } = requestsOf(table, itemType.type);
  return {
    /**
     * One request for a page of the range, in the order of the sort keys, which no two different items share. Writes of
     * the last second may be missing.
     */
    async listPage(
      { range, after, limit: Limit, descending = false, filter = null }: IndexQuery,
      signal: AbortSignal,
    ): Promise<IndexPage<T>> {
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
      const page = await send("listing", signal, (client, ending) => client.query(ending(input)));
      const items = (page.Items ?? []).map((item) => fromItem(itemType, plain(item)));
      return { items, last: page.LastEvaluatedKey?.gsi1sk?.S ?? null };
    },

    /**
     * The text of one attribute of every item of the type, in no order. Reads the whole table and holds one page of
     * it at a time. Writes of the last second may be missing.
     */
    async *scan(attribute: keyof T & string, signal: AbortSignal): AsyncIterable<string> {
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

function writesOf<T extends object>(table: DynamoTable, itemType: ItemType<T>) {
  const { TableName, send } = requestsOf(table, itemType.type);
  return {
    async put(value: T, signal: AbortSignal): Promise<void> {
      const input = { TableName, Item: marshall(toItem(itemType, value)) };
      await send("storing", signal, (client, ending) => client.putItem(ending(input)));
    },

    /**
     * Does nothing where the condition does not hold, which it must not for an absent item: an update would create it. The
     * SDK repeats a write whose reply was lost.
     */
    async update(key: Key, set: Expression, condition: Expression, signal: AbortSignal): Promise<void> {
      const input = {
        TableName,
        Key: marshall(key),
        UpdateExpression: set.expression,
        ConditionExpression: condition.expression,
        ...placeholders(set, condition),
      };
      await send("changing", signal, (client, ending) =>
        client.updateItem(ending(input)).catch((error: unknown) => {
          const isOtherwise = error instanceof Error && error.name === "ConditionalCheckFailedException";
          if (!isOtherwise) throw error;
        }),
      );
    },
  };
}

function keyCondition(condition: Expression) {
  return { KeyConditionExpression: condition.expression, ...placeholders(condition) };
}
