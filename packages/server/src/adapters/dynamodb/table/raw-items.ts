import type { DynamoDB, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { currentTrace, loadsCache, readOutsideCaches } from "../../../domain/index.ts";
import { timed } from "../../timed.ts";
import { placeholders } from "./expression.ts";
import type { Key, Partition } from "./keys.ts";
import { backOff } from "./retry-strategy.ts";
import { until } from "./sdk-steps.ts";
import type { SortKeyRange } from "./sort-keys.ts";
import { STORE_OPERATIONS, sendRequest } from "./store-request.ts";
import { type Attributes, plain, type StoredItem } from "./stored-item.ts";
import { type Answer, type DynamoTable, type GatheredReads, inOneDeadline, type Question } from "./table.ts";

/** How old what was read ahead may be, as what a first login has judged. Behind a slow request it is read again. */
const AHEAD_MS = 250;

/** DynamoDB's limit for one request. */
const MAX_BATCH = 100;
/** Requests for the items that one request of a client, or a command, asks for. */
const BATCHES_AT_ONCE = 4;

/** What a request for items needs, and how it is sent. @param type of the items, for logs */
export function requestsOf({ client, options, turns }: DynamoTable, type: string) {
  const { table: TableName, deadlineMs, onUpstream = () => {} } = options;
  const send = <Reply>(
    verb: keyof typeof STORE_OPERATIONS,
    signal: AbortSignal,
    request: (client: DynamoDB, ending: <Input extends object>(input: Input) => Input) => Promise<Reply>,
  ) =>
    turns.run(signal, () =>
      timed(
        () =>
          sendRequest({ what: `${type}: ${verb}`, deadlineMs, signal }, async ({ abortSignal }) =>
            request(await client(), (input) => until(abortSignal, input)),
          ),
        (outcome, ms) => onUpstream(STORE_OPERATIONS[verb], outcome, ms),
      ),
    );
  return { TableName, send };
}

/**
 * The item as it is stored, read consistently. All that one request asks for before it waits for anything is one request to
 * the store: as many read units, but one turn, one reply and one step.
 * @param type of the item, for logs
 */
export function getRaw(table: DynamoTable, type: string, key: Key, signal: AbortSignal): Promise<Answer> {
  readOutsideCaches();
  const { ahead } = gatheredReads(table, signal);
  if (loadsCache()) return ask(table, type, key, signal); // what it keeps is as old as this question
  const early = ahead.get(nameOf(key));
  ahead.delete(nameOf(key)); // what is asked for again may have changed
  const isCurrent = early !== undefined && performance.now() - early.sinceMs <= AHEAD_MS;
  return isCurrent ? early.answer.catch(() => ask(table, type, key, signal)) : ask(table, type, key, signal);
}

/** Reads what this request will ask for in a moment: each answer is also for its next {@link getRaw}, and for it alone. */
export function readAhead(
  table: DynamoTable,
  keys: readonly Key[],
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const sinceMs = performance.now();
  const answers = keys.map((key) => {
    const { ahead } = gatheredReads(table, signal);
    const answer = ask(table, "ahead", key, signal);
    ahead.set(nameOf(key), { answer, sinceMs });
    return answer;
  });
  return Promise.all(answers);
}

function ask(table: DynamoTable, type: string, key: Key, signal: AbortSignal): Promise<Answer> {
  const { asked } = gatheredReads(table, signal);
  // When the microtasks have ended, the work waits.
  if (asked.size === 0) queueMicrotask(() => process.nextTick(() => sendAsked(table, asked, signal)));
  const name = nameOf(key);
  const question = asked.get(name) ?? { type, key, ...Promise.withResolvers<Answer>() };
  asked.set(name, question);
  return question.promise;
}

/** Of the request that the work belongs to: several may have one signal. */
function gatheredReads({ gathered }: DynamoTable, signal: AbortSignal): GatheredReads {
  const owner = currentTrace() ?? gathered;
  const bySignal = gathered.get(owner) ?? new WeakMap<AbortSignal, GatheredReads>();
  const reads = bySignal.get(signal) ?? { asked: new Map(), ahead: new Map() };
  gathered.set(owner, bySignal.set(signal, reads));
  return reads;
}

function nameOf({ pk, sk }: StoredItem | Key): string {
  return JSON.stringify([pk, sk]);
}

/** The deadline of a batch begins when it is sent, so that thousands of items do not share one. */
async function sendAsked(table: DynamoTable, asked: GatheredReads["asked"], signal: AbortSignal) {
  const questions = [...asked.values()];
  asked.clear();
  const send = async () => {
    while (questions.length > 0) await answer(table, questions.splice(0, MAX_BATCH), signal);
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, send));
}

async function answer(table: DynamoTable, questions: readonly Question[], signal: AbortSignal) {
  const type = [...new Set(questions.map((each) => each.type))].join(", ");
  try {
    const keys = questions.map(({ key: { pk, sk } }) => marshall({ pk, sk }));
    const [Key] = keys;
    const items =
      keys.length === 1 ? [await getOne(table, type, Key, signal)] : await getMany(table, type, keys, signal);
    const found = new Map(items.map((item) => [nameOf(item ?? {}), item]));
    for (const { key, resolve } of questions) resolve(found.get(nameOf(key)));
  } catch (error) {
    for (const { reject } of questions) reject(error);
  }
}

async function getOne(table: DynamoTable, type: string, Key: Attributes | undefined, signal: AbortSignal) {
  const { TableName, send } = requestsOf(table, type);
  const input = { TableName, Key, ConsistentRead: true };
  const { Item } = await send("reading", signal, (client, ending) => client.getItem(ending(input)));
  return Item && plain(Item);
}

function getMany(table: DynamoTable, type: string, keys: readonly Attributes[], signal: AbortSignal) {
  const { TableName, send } = requestsOf(table, type);
  const { random = Math.random, onTrouble = () => {} } = table.options;
  return inOneDeadline(table, signal, async (deadline) => {
    const found: StoredItem[] = [];
    let wanted = keys;
    for (let leftOut = 0; wanted.length > 0; ) {
      const batch = { Keys: [...wanted], ConsistentRead: true };
      const input = { RequestItems: { [TableName]: batch }, ReturnConsumedCapacity: "TOTAL" } as const;
      const page = await send("reading many", deadline, (client, ending) =>
        client.batchGetItem(ending(input)),
      );
      for (const item of page.Responses?.[TableName] ?? []) found.push(plain(item));
      wanted = page.UnprocessedKeys?.[TableName]?.Keys ?? [];
      if (wanted.length === 0) continue;
      onTrouble("throttled");
      await backOff(leftOut++, random, deadline);
      onTrouble("retried");
    }
    return found;
  });
}

/** The items of a partition between two sort keys, read consistently: they are counted together, and not each for itself. */
export async function queryRaw(
  table: DynamoTable,
  type: string,
  { pk, from, to }: Partition & SortKeyRange,
  signal: AbortSignal,
): Promise<readonly StoredItem[]> {
  const { TableName, send } = requestsOf(table, type);
  const condition = {
    expression: "#pk = :pk AND #sk BETWEEN :from AND :to",
    values: { ":pk": pk, ":from": from, ":to": to },
  };
  const query = {
    KeyConditionExpression: condition.expression,
    ...placeholders(condition),
    ConsistentRead: true,
  };
  const input = { TableName, ...query };
  const { Items = [] } = await send("listing", signal, (client, ending) => client.query(ending(input)));
  return Items.map(plain);
}

/** The pages of a scan of the whole table. Writes of the last second may be missing. */
export async function* scanRaw(
  table: DynamoTable,
  type: string,
  filter: Partial<ScanCommandInput>,
  signal: AbortSignal,
): AsyncIterable<readonly StoredItem[]> {
  for (let after: string | null = null; ; ) {
    const page = await scanPage(table, type, { ...filter, after }, signal);
    yield page.items;
    if (page.last === null) return;
    after = page.last;
  }
}

/**
 * One request for a page of such a scan.
 * @param page behind the place where another one has ended; null at the beginning
 */
export async function scanPage(
  table: DynamoTable,
  type: string,
  { after, ...filter }: Partial<ScanCommandInput> & { readonly after: string | null },
  signal: AbortSignal,
): Promise<{ readonly items: readonly StoredItem[]; readonly last: string | null }> {
  const { TableName, send } = requestsOf(table, type);
  const ExclusiveStartKey: Attributes | undefined = after === null ? undefined : JSON.parse(after);
  const input = { ...filter, TableName, ExclusiveStartKey, ReturnConsumedCapacity: "TOTAL" } as const;
  const page = await send("scanning", signal, (client, ending) => client.scan(ending(input)));
  const last = page.LastEvaluatedKey;
  return { items: (page.Items ?? []).map(plain), last: last === undefined ? null : JSON.stringify(last) };
}
