import type { QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { newRevision } from "../../../domain/index.ts";
import { type Expression, placeholders } from "./expression.ts";
import { INDEXES, type IndexKey, type IndexRange, type Key, type Partition } from "./keys.ts";
import { getRaw, requestsOf } from "./raw-items.ts";
import { rangeBehind, type SortKeyRange } from "./sort-keys.ts";
import { type Attributes, fromItem, type ItemType, plain, toItem } from "./stored-item.ts";
import type { DynamoTable } from "./table.ts";

const PRIMARY = { pk: "pk", sk: "sk" } as const;

/** Which page of an index, or of a partition of the table, a request reads. */
export interface PageQuery {
  readonly range: IndexRange | (Partition & SortKeyRange);
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
export class ItemsOf<T extends object> {
  readonly #table: DynamoTable;
  readonly #itemType: ItemType<T>;
  readonly #requests: ReturnType<typeof requestsOf>;

  constructor(table: DynamoTable, itemType: ItemType<T>) {
    this.#table = table;
    this.#itemType = itemType;
    this.#requests = requestsOf(table, itemType.type);
  }

  /** Read consistently. */
  async get(key: Key, signal: AbortSignal): Promise<T | null> {
    const item = await getRaw(this.#table, this.#itemType.type, key, signal);
    return item === undefined ? null : fromItem(this.#itemType, item);
  }

  /** The items that exist, in the order of the keys; read consistently. */
  async getMany(keys: readonly Key[], signal: AbortSignal): Promise<T[]> {
    const found = await Promise.all(keys.map((key) => this.get(key, signal)));
    return found.filter((item) => item !== null);
  }

  /** Everything the index has under the prefix. Writes of the last second may be missing. */
  listIndexed(prefix: IndexKey, signal: AbortSignal): Promise<T[]> {
    return this.#list({ IndexName: prefix.index, ...underPrefix(prefix) }, signal);
  }

  /** Like `listIndexed`, but reads each item again, consistently: none is deleted or outdated. */
  async listCurrent(prefix: IndexKey, signal: AbortSignal): Promise<T[]> {
    const indexed = await this.listIndexed(prefix, signal);
    return this.getMany(indexed.map(this.#itemType.key), signal);
  }

  /** Everything in the partition, of a key from its sort key on; in order, read consistently, by pages of the limit. */
  list(from: Partition | Key, signal: AbortSignal, Limit?: number): Promise<T[]> {
    const condition =
      "sk" in from
        ? { expression: "#pk = :pk AND #sk >= :sk", values: { ":pk": from.pk, ":sk": from.sk } }
        : { expression: "#pk = :pk", values: { ":pk": from.pk } };
    return this.#list({ ...keyCondition(condition), ConsistentRead: true, Limit }, signal);
  }

  /**
   * One request for a page of the range, in the order of the sort keys, which no two different items share. The table is
   * read consistently; an index may lack the writes of the last second.
   */
  async listPage(
    { range, after, limit: Limit, descending = false, filter = null }: PageQuery,
    signal: AbortSignal,
  ): Promise<IndexPage<T>> {
    // Not an `ExclusiveStartKey`, so that no key of the store ever comes from a client's cursor.
    const rest = rangeBehind(after, range, descending);
    if (rest === null) return { items: [], last: null };
    const source = "index" in range ? { IndexName: range.index } : { ConsistentRead: true };
    const names = "index" in range ? INDEXES[range.index] : PRIMARY;
    const values = { ":pk": range.pk, ":from": rest.from, ":to": rest.to };
    const condition = { expression: `#${names.pk} = :pk AND #${names.sk} BETWEEN :from AND :to`, values };
    const input = {
      ...source,
      KeyConditionExpression: condition.expression,
      FilterExpression: filter?.expression,
      ...placeholders(condition, ...(filter === null ? [] : [filter])),
      Limit,
      ScanIndexForward: !descending,
    };
    const { items, next } = await this.#query(input, signal);
    return { items, last: next?.[names.sk]?.S ?? null };
  }

  /** How many items each page of the index has under the prefix. Writes of the last second may be missing. */
  async *countIndexed({ index, pk, sk }: IndexKey, signal: AbortSignal): AsyncIterable<number> {
    const { TableName, send } = this.#requests;
    const input = {
      TableName,
      IndexName: index,
      Select: "COUNT",
      ...underPrefix({ index, pk, sk }),
    } as const;
    let ExclusiveStartKey: Attributes | undefined;
    do {
      const query = { ...input, ExclusiveStartKey };
      const page = await send("listing", signal, (client, ending) => client.query(ending(query)));
      yield page.Count ?? 0;
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  /**
   * How many there are in a range of the table, by one request that counts no more than the limit; whether these are all.
   * For half the price writes of the last second may be missing.
   */
  async count(
    { pk, from, to }: Partition & SortKeyRange,
    Limit: number,
    signal: AbortSignal,
  ): Promise<{ readonly count: number; readonly isAll: boolean }> {
    const { TableName, send } = this.#requests;
    const values = { ":pk": pk, ":from": from, ":to": to };
    const condition = keyCondition({ expression: "#pk = :pk AND #sk BETWEEN :from AND :to", values });
    const query = { TableName, Select: "COUNT", Limit, ...condition } as const;
    const page = await send("listing", signal, (client, ending) => client.query(ending(query)));
    return { count: page.Count ?? 0, isAll: page.LastEvaluatedKey === undefined };
  }

  async put(value: T, signal: AbortSignal): Promise<void> {
    const { TableName, send } = this.#requests;
    const input = { TableName, Item: marshall(toItem(this.#itemType, value)) };
    await send("storing", signal, (client, ending) => client.putItem(ending(input)));
  }

  /**
   * Sets also a new revision (`:rev`), which tells those who decide meanwhile. Does nothing where the condition does not
   * hold, which it must not for an absent item: an update would create it. The SDK repeats a write whose reply was lost.
   */
  async update(key: Key, set: Expression, condition: Expression, signal: AbortSignal): Promise<void> {
    const { TableName, send } = this.#requests;
    const values = { ...set.values, ":rev": newRevision() };
    const update = { ...set, expression: `SET ${set.expression}, #rev = :rev`, values };
    const input = {
      TableName,
      Key: marshall(key),
      UpdateExpression: update.expression,
      ConditionExpression: condition.expression,
      ...placeholders(update, condition),
    };
    await send("changing", signal, (client, ending) =>
      client.updateItem(ending(input)).catch((error: unknown) => {
        const isOtherwise = error instanceof Error && error.name === "ConditionalCheckFailedException";
        if (!isOtherwise) throw error;
      }),
    );
  }

  async #list(input: ItemQuery, signal: AbortSignal): Promise<T[]> {
    const found: T[] = [];
    let ExclusiveStartKey: Attributes | undefined;
    do {
      const { items, next } = await this.#query({ ...input, ExclusiveStartKey }, signal);
      for (const item of items) found.push(item);
      ExclusiveStartKey = next;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }

  async #query(input: ItemQuery, signal: AbortSignal) {
    const { TableName, send } = this.#requests;
    const query = { TableName, ...input };
    const page = await send("listing", signal, (client, ending) => client.query(ending(query)));
    const items = (page.Items ?? []).map((item) => fromItem(this.#itemType, plain(item)));
    return { items, next: page.LastEvaluatedKey };
  }
}

type ItemQuery = Omit<QueryCommandInput, "TableName">;

function underPrefix({ index, pk, sk }: IndexKey) {
  const names = INDEXES[index];
  const expression = `#${names.pk} = :pk AND begins_with(#${names.sk}, :prefix)`;
  return keyCondition({ expression, values: { ":pk": pk, ":prefix": sk } });
}

function keyCondition(condition: Expression) {
  return { KeyConditionExpression: condition.expression, ...placeholders(condition) };
}
