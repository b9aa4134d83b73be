import { randomUUID } from "node:crypto";
import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Applied, PlannedRow, UndoRow } from "../changes.ts";
import type { RowKey } from "../model.ts";
import { changed, type Item, type TextChange, updatedPath, valueAt } from "./attributes.ts";
import { type DescribedTable, itemKeyOf, rowKeyOf } from "./catalog.ts";
import { Placeholders, unchanged } from "./expression.ts";
import { cancellationsOf, nameOf, type Send } from "./requests.ts";

export interface Writable extends Pick<DescribedTable, "table" | "keys"> {
  readonly send: Send;
}

/** A row and what is to become of it, in either direction. */
export interface Step {
  readonly row: PlannedRow;
  readonly key: RowKey;
  readonly changes: readonly TextChange[];
}

type Outcome = "changed" | "changed before" | "skipped" | { readonly why: string };

const READ_AT_ONCE = 100;
const WRITTEN_AT_ONCE = 8;
/** How often a row is read again that others change at the same time. */
const MOST_ATTEMPTS = 20;
/** Each is a part of the update and of its condition. */
const MOST_CHANGES = 100;

const TAKEN = "an item with the new key exists";
const MERGED = "a set holds both the subject and the UUID, so that two of its elements would become one";
const BUSY = "other writers change it all the time: run the same command again";
const LARGE = `it has too many attributes, or more than ${MOST_CHANGES} places, for one conditional write: change it by hand`;

/**
 * Changes rows one by one, because nothing ties items to each other: each if all of its places hold what they should.
 * @param before is awaited with the rows that will be changed
 */
export async function change(
  steps: readonly Step[],
  writable: Writable,
  before: (steps: readonly Step[]) => Promise<void>,
  signal: AbortSignal,
): Promise<Applied> {
  const items = await readItems(
    steps.map(({ key }) => key),
    writable,
    signal,
  );
  const outcomes = new Map<Step, Outcome>();
  const due = steps.filter((step) => {
    const outcome = outcomeOf(items.get(nameOfKey(step.key)), step);
    if (outcome !== null) outcomes.set(step, outcome);
    return outcome === null;
  });
  await findChanged(outcomes, items, writable, signal);
  if (due.length > 0) await before(due);
  const waiting = [...due];
  const work = async () => {
    try {
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
        outcomes.set(step, await changeOne(step, items.get(nameOfKey(step.key)), writable, signal));
    } catch (error) {
      waiting.length = 0;
      throw error;
    }
  };
  const works = await Promise.allSettled(Array.from({ length: WRITTEN_AT_ONCE }, work));
  for (const ended of works) if (ended.status === "rejected") throw ended.reason;
  const all = [...outcomes];
  return {
    changed: all.filter(([, outcome]) => outcome === "changed").length,
    changedBefore: all.filter(([, outcome]) => outcome === "changed before").length,
    skipped: all.filter(([, outcome]) => outcome === "skipped").length,
    refused: all.flatMap(([{ row }, outcome]) =>
      typeof outcome === "string" ? [] : [{ row, why: outcome.why }],
    ),
  };
}

/** Of what does not hold what it should, finds the items that hold what they would be changed to. */
async function findChanged(
  outcomes: Map<Step, Outcome>,
  items: ReadonlyMap<string, Item>,
  writable: Writable,
  signal: AbortSignal,
): Promise<void> {
  const skipped = [...outcomes].flatMap(([step, outcome]) => (outcome === "skipped" ? [step] : []));
  const moved = skipped.map((step) => keyAfter(step, writable)).filter((key) => !items.has(nameOfKey(key)));
  const read = await readItems(moved, writable, signal);
  for (const step of skipped) {
    const name = nameOfKey(keyAfter(step, writable));
    const item = items.get(name) ?? read.get(name);
    const back = step.changes.map((each) => ({ ...each, from: each.to, to: each.from }));
    if (item !== undefined && changed(item, back) !== "other") outcomes.set(step, "changed before");
  }
}

/** What is certain before anything is written; null for a row that is to be changed. */
function outcomeOf(item: Item | undefined, { changes }: Step): Outcome | null {
  const after = item === undefined ? "other" : changed(item, changes);
  if (after === "other") return "skipped";
  if (after === "merged") return { why: MERGED };
  return changes.length > MOST_CHANGES ? { why: LARGE } : null;
}

async function changeOne(
  step: Step,
  read: Item | undefined,
  writable: Writable,
  signal: AbortSignal,
): Promise<Outcome> {
  let item = read;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    if (attempt > 0) item = (await readItems([step.key], writable, signal)).get(nameOfKey(step.key));
    const outcome = outcomeOf(item, step);
    if (outcome !== null || item === undefined) return outcome ?? "skipped";
    const written = await write(item, step, writable, signal);
    if (written !== "again") return written;
  }
  return { why: BUSY };
}

/** `again`: somebody else has changed the item since it was read. */
async function write(
  item: Item,
  step: Step,
  writable: Writable,
  signal: AbortSignal,
): Promise<Outcome | "again"> {
  const after = changed(item, step.changes);
  if (typeof after === "string") return "again";
  const isMoved = writable.keys.some(({ name }) => item[name] !== after[name]);
  try {
    return isMoved
      ? await move(item, after, writable, signal)
      : await update(item, after, step, writable, signal);
  } catch (error) {
    const [put, removal] = cancellationsOf(error);
    if (put === FAILED) return { why: TAKEN };
    if (removal === FAILED || nameOf(error) === `${FAILED}Exception`) return "again";
    if (nameOf(error) === "ValidationException" || put !== undefined)
      return { why: `DynamoDB refuses it: ${error instanceof Error ? error.message : ""}` };
    throw error;
  }
}

const FAILED = "ConditionalCheckFailed";

async function update(
  item: Item,
  after: Item,
  { key, changes }: Step,
  { table, keys, send }: Writable,
  signal: AbortSignal,
): Promise<Outcome> {
  const placeholders = new Placeholders();
  const paths = changes.map((each) => updatedPath(item, each));
  const distinct = new Map(paths.map((path) => [JSON.stringify(path), path]));
  const parts = [...distinct.values()].map((path) => {
    const at = placeholders.path(path);
    const is = (value: AttributeValue | undefined) =>
      `${at} = ${placeholders.value(value ?? { NULL: true })}`;
    return { set: is(valueAt(after, path)), condition: is(valueAt(item, path)) };
  });
  const input = {
    TableName: table.name,
    Key: itemKeyOf(key, keys),
    UpdateExpression: `SET ${parts.map(({ set }) => set).join(", ")}`,
    ConditionExpression: parts.map(({ condition }) => condition).join(" AND "),
    ...placeholders.attributes,
  };
  await send((client, options) => client.updateItem(input, options), signal);
  return "changed";
}

/** A key cannot be changed: the item is written under the new one and deleted under the old one, both or neither. */
async function move(
  item: Item,
  after: Item,
  { table, keys, send }: Writable,
  signal: AbortSignal,
): Promise<Outcome> {
  const columns = keys.map(({ name }) => name);
  const condition = unchanged(item, columns);
  if (condition === null) return { why: LARGE };
  const isFree = { "#key": columns[0] ?? "" };
  const operations: TransactWriteItem[] = [
    {
      Put: {
        TableName: table.name,
        Item: { ...after },
        ConditionExpression: "attribute_not_exists(#key)",
        ExpressionAttributeNames: isFree,
      },
    },
    {
      Delete: {
        TableName: table.name,
        Key: itemKeyOf(rowKeyOf(item, keys), keys),
        ConditionExpression: condition.expression,
        ...condition.attributes,
      },
    },
  ];
  // The same for every attempt: one whose answer was lost must not find its own item in the way.
  const input = { TransactItems: operations, ClientRequestToken: randomUUID() };
  await send((client, options) => client.transactWriteItems(input, options), signal);
  return "changed";
}

/** Reads items consistently, by {@link nameOfKey}. */
export async function readItems(
  rowKeys: readonly RowKey[],
  { table, keys, send }: Writable,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  const distinct = new Map(rowKeys.map((key) => [nameOfKey(key), key]));
  const waiting = [...distinct.values()].map((key) => itemKeyOf(key, keys));
  while (waiting.length > 0) {
    const Keys = waiting.splice(0, READ_AT_ONCE);
    const input = { RequestItems: { [table.name]: { Keys, ConsistentRead: true } } };
    const reply = await send((client, options) => client.batchGetItem(input, options), signal);
    for (const item of reply.Responses?.[table.name] ?? []) found.set(nameOfKey(rowKeyOf(item, keys)), item);
    for (const key of reply.UnprocessedKeys?.[table.name]?.Keys ?? []) waiting.push(key);
  }
  return found;
}

export function nameOfKey(key: RowKey): string {
  return JSON.stringify(key);
}

export function forward(row: PlannedRow): Step {
  const changes = row.changes.map(({ column, path, subject, userId }) => {
    return { column, path, from: subject, to: userId };
  });
  return { row, key: row.key, changes };
}

export function backward({ table, keyAfter, changes, unit }: UndoRow): Step {
  const reversed = changes.map(({ column, path, subject, userId }) => {
    return { column, path, from: userId, to: subject };
  });
  return { row: { kind: "row", table, key: keyAfter, changes, unit }, key: keyAfter, changes: reversed };
}

/** The key that a row will have. */
export function keyAfter({ key, changes }: Step, { keys }: Pick<Writable, "keys">): RowKey {
  return key.map((text, at) => {
    const change = changes.find(({ column, path }) => column === keys[at]?.name && path.length === 0);
    return change !== undefined && change.from === text ? change.to : text;
  });
}
