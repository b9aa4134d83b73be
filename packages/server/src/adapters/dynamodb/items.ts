import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { Refusal } from "../../domain/refusal.ts";
import { ABSENT, type Expression, placeholders } from "./expression.ts";
import { INDEX, type IndexKey, type Key, type Partition } from "./keys.ts";
import { ask, type Question, sharedDeadline } from "./question.ts";
import { fromItem, type ItemType, type StoredItem, toItem } from "./stored-item.ts";
import type { DynamoTable } from "./table.ts";

/**
 * The items of one type. Each request is bounded by the table's deadline and by `signal`; whatever goes wrong is
 * {@link Refusal} STORE_UNAVAILABLE. A write answers whether its condition held. It is repeated when its reply
 * was lost, so false may also mean that its own first attempt was carried out: the condition must admit that
 * outcome, or the caller reads back.
 */
export interface Items<T> {
  /** Read consistently. */
  get(key: Key, signal: AbortSignal): Promise<T | null>;
  put(value: T, condition: Expression | null, signal: AbortSignal): Promise<boolean>;
  /** Stores the value unless its key is taken; answers with what is stored there now. */
  putIfAbsent(value: T, signal: AbortSignal): Promise<T>;
  /** The condition must not hold for an absent item, which an update would create. */
  update(key: Key, change: Change, signal: AbortSignal): Promise<boolean>;
  delete(key: Key, condition: Expression | null, signal: AbortSignal): Promise<boolean>;
  /** Everything in the partition, read consistently. */
  list(partition: Partition, signal: AbortSignal): Promise<readonly T[]>;
  /** What stands in the key's partition at its sort key or after it, in order, read consistently. */
  listFrom(key: Key, signal: AbortSignal): Promise<readonly T[]>;
  /** Everything the index has under the prefix; what was written within the last second may be missing. */
  listIndexed(prefix: IndexKey, signal: AbortSignal): Promise<readonly T[]>;
}

export interface Change {
  readonly set: Expression;
  readonly condition: Expression;
}

export function itemsOf<T extends object>(table: DynamoTable, itemType: ItemType<T>): Items<T> {
  const reads = readsOf(table, itemType);
  return { ...reads, ...writesOf(table, itemType, reads) };
}

type Reads<T> = Pick<Items<T>, "get" | "list" | "listFrom" | "listIndexed">;
type Writes<T> = Omit<Items<T>, keyof Reads<T>>;

function readsOf<T extends object>(table: DynamoTable, itemType: ItemType<T>): Reads<T> {
  const { documents } = table;
  const TableName = table.options.table;

  async function query(input: Omit<QueryCommandInput, "TableName">, signal: AbortSignal) {
    const found: T[] = [];
    const listing = question(table, `${itemType.type}: listing`, signal);
    let ExclusiveStartKey: StoredItem | undefined;
    do {
      const command = new QueryCommand({ TableName, ...input, ExclusiveStartKey });
      const page = await ask(listing, (options) => documents.send(command, options));
      for (const item of page.Items ?? []) found.push(fromItem(itemType, item));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }

  return {
    async get(key, signal) {
      const command = new GetCommand({ TableName, Key: key, ConsistentRead: true });
      const reading = question(table, `${itemType.type}: reading`, signal);
      const { Item } = await ask(reading, (options) => documents.send(command, options));
      return Item === undefined ? null : fromItem(itemType, Item);
    },

    list({ pk }, signal) {
      const condition = { expression: "#pk = :pk", values: { ":pk": pk } };
      return query({ ...keyCondition(condition), ConsistentRead: true }, signal);
    },

    listFrom({ pk, sk }, signal) {
      const condition = { expression: "#pk = :pk AND #sk >= :sk", values: { ":pk": pk, ":sk": sk } };
      return query({ ...keyCondition(condition), ConsistentRead: true }, signal);
    },

    listIndexed({ gsi1pk, gsi1sk }, signal) {
      const values = { ":pk": gsi1pk, ":prefix": gsi1sk };
      const condition = { expression: "#gsi1pk = :pk AND begins_with(#gsi1sk, :prefix)", values };
      return query({ IndexName: INDEX, ...keyCondition(condition) }, signal);
    },
  };
}

function writesOf<T extends object>(
  table: DynamoTable,
  itemType: ItemType<T>,
  { get }: Pick<Reads<T>, "get">,
): Writes<T> {
  const { documents } = table;
  const TableName = table.options.table;

  function put(value: T, condition: Expression | null, signal: AbortSignal): Promise<boolean> {
    const Item = toItem(itemType, value);
    const command = new PutCommand({ TableName, Item, ...onlyIf(condition) });
    const storing = question(table, `${itemType.type}: storing`, signal);
    return ask(storing, (options) => holds(documents.send(command, options)));
  }

  return {
    put,

    async putIfAbsent(value, signal) {
      const deadline = sharedDeadline(table, signal);
      for (;;) {
        if (await put(value, ABSENT, deadline)) return value;
        // Lost to somebody else, or to our own first attempt whose reply was lost: what is stored decides. Nothing
        // any more: deleted in between, and free again.
        const stored = await get(itemType.key(value), deadline);
        if (stored !== null) return stored;
      }
    },

    update(key, { set, condition }, signal) {
      const command = new UpdateCommand({
        TableName,
        Key: key,
        UpdateExpression: set.expression,
        ConditionExpression: condition.expression,
        ...placeholders(set, condition),
      });
      const changing = question(table, `${itemType.type}: changing`, signal);
      return ask(changing, (options) => holds(documents.send(command, options)));
    },

    delete(key, condition, signal) {
      const command = new DeleteCommand({ TableName, Key: key, ...onlyIf(condition) });
      const deleting = question(table, `${itemType.type}: deleting`, signal);
      return ask(deleting, (options) => holds(documents.send(command, options)));
    },
  };
}

function question({ options }: DynamoTable, what: string, signal: AbortSignal): Question {
  return { what, deadlineMs: options.deadlineMs, signal };
}

function keyCondition(condition: Expression) {
  return { KeyConditionExpression: condition.expression, ...placeholders(condition) };
}

function onlyIf(condition: Expression | null) {
  if (condition === null) return {};
  return { ConditionExpression: condition.expression, ...placeholders(condition) };
}

async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
