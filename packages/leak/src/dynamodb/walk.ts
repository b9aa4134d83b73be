import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import { type Batch, type FoundRow, LeakProblem, type Place, type RowKey } from "../model.ts";
import type { SubjectRule } from "../subjects.ts";
import { type Item, textsOf } from "./attributes.ts";
import { type DescribedTable, itemKeyOf, rowKeyOf } from "./catalog.ts";
import type { Send } from "./requests.ts";

/** Items of one request, which also ends at 1 MB. */
const PER_PAGE = 500;

/** Behind which key to go on; null when all is read. */
const position = z.object({ after: z.array(z.string()).nullable() });

interface Walked extends Pick<DescribedTable, "table" | "keys"> {
  readonly send: Send;
}

/** Every item, read consistently, in the order of a scan: by the hashes of the partition keys. */
export async function* walk(
  walked: Walked,
  from: unknown,
  rule: SubjectRule,
  signal: AbortSignal,
): AsyncIterable<Batch> {
  const { keys } = walked;
  let after: RowKey | null = from === null ? [] : parsePosition(from).after;
  while (after !== null) {
    const Start = after.length === 0 ? undefined : itemKeyOf(after, keys);
    const { items, last } = await scanPage(walked, { ExclusiveStartKey: Start }, signal);
    after = last === null ? null : rowKeyOf(last, keys);
    for (const item of items) refuseOwn(item, walked);
    const resembling = new Map<string, number>();
    const found = items.flatMap((item): FoundRow[] => {
      const places = placesOf(item, rule, resembling);
      return places.length === 0 ? [] : [{ key: rowKeyOf(item, keys), places }];
    });
    yield { rows: items.length, found, resembling, position: { after } };
  }
}

/** Of these user ids those that a column holds anywhere. It reads the whole table once, however many they are. */
export async function findUserIds(
  walked: Walked,
  column: string,
  userIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const wanted = new Set(userIds);
  const found = new Set<string>();
  const projection = { ProjectionExpression: "#c", ExpressionAttributeNames: { "#c": column } };
  let start: Item | undefined;
  do {
    const { items, last } = await scanPage(walked, { ...projection, ExclusiveStartKey: start }, signal);
    for (const item of items) {
      for (const { text, isKey } of textsOf(item[column] ?? { NULL: true }))
        if (!isKey && wanted.has(text)) found.add(text);
    }
    start = last ?? undefined;
  } while (start !== undefined && found.size < wanted.size);
  return found;
}

interface Page {
  readonly ExclusiveStartKey: Item | undefined;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
}

async function scanPage({ table, send }: Walked, page: Page, signal: AbortSignal) {
  const input = { ...page, TableName: table.name, ConsistentRead: true, Limit: PER_PAGE };
  const { Items: items = [], LastEvaluatedKey: last = null } = await send(
    (client, options) => client.scan(input, options),
    signal,
  );
  return { items, last };
}

function placesOf(item: Item, rule: SubjectRule, resembling: Map<string, number>): readonly Place[] {
  return Object.entries(item).flatMap(([column, value]) => {
    const places: Place[] = [];
    for (const { path, text, isKey } of textsOf(value)) {
      if (!rule.isSubject(text)) {
        if (rule.resembles(text)) resembling.set(column, (resembling.get(column) ?? 0) + 1);
      } else if (isKey) resembling.set(column, (resembling.get(column) ?? 0) + 1);
      else places.push({ column, path, subject: text });
    }
    return places;
  });
}

/** Subjects are at home in the table of platform-api. */
function refuseOwn(item: Item, { table, keys }: Walked): void {
  const [partition] = keys;
  const value: AttributeValue | undefined = partition && item[partition.name];
  if (value?.S?.startsWith("SUBJECT#"))
    throw new LeakProblem(
      `${table.name} is a table of platform-api, where subjects belong: nothing of it is to be repaired`,
    );
}

/** @throws {LeakProblem} */
function parsePosition(from: unknown): z.output<typeof position> {
  const parsed = position.safeParse(from);
  if (!parsed.success) throw new LeakProblem("the stored position is not one of a DynamoDB table");
  return parsed.data;
}
