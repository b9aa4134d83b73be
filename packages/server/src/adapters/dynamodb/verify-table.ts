import { isDeepStrictEqual } from "node:util";
import type { Key } from "./table/keys.ts";
import { getRaw, nameOf, scanRaw } from "./table/raw-items.ts";
import type { StoredItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { InvitationTally } from "./verify-invitations.ts";
import { type Inspected, inspect, type TableFinding } from "./verify-rules.ts";

/** One request reads so many items by their keys. */
const AT_ONCE = 100;

/** What was read since the last page, and what is wrong with it. */
export interface VerifiedPage {
  readonly items: number;
  readonly findings: readonly TableFinding[];
}

/**
 * Reads the whole table, and holds one page of it at a time: compares each item with its schema, its key and its place in
 * the index, each organization with the items that it lists and that belong to it, each seat with its link, each accepted
 * invitation with its membership and its audit entry, and the counts of open invitations with the invitations. What changes meanwhile is not a finding; what was written within the last second
 * may not have been read.
 * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
 */
export async function* verifyTable(table: DynamoTable, signal: AbortSignal): AsyncIterable<VerifiedPage> {
  const invitations = new InvitationTally();
  for await (const page of scanRaw(table, "item", {}, signal)) {
    for (const item of page) invitations.add(item);
    const inspected = page.map((item) => ({ item, ...inspect(item) }));
    const others = await read(inspected.flatMap(keysOf), table, signal);
    const findings: TableFinding[] = [];
    for (const each of inspected) {
      if (problemsOf(each, others).length > 0) findings.push(...(await confirmed(each.item, table, signal)));
    }
    yield { items: page.length, findings };
  }
  yield { items: 0, findings: await invitations.findings(table, signal) };
}

/** What is wrong with an item that does not change while those are read that it is compared with. */
async function confirmed(
  suspect: StoredItem,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<readonly TableFinding[]> {
  const pk = String(suspect.pk);
  const sk = String(suspect.sk);
  for (let present: StoredItem | undefined = suspect; present !== undefined; ) {
    const inspected = inspect(present);
    const problems = problemsOf(inspected, await read(keysOf(inspected), table, signal));
    const again: StoredItem | undefined = await getRaw(table, "item", { pk, sk }, signal);
    if (problems.length === 0 || isDeepStrictEqual(again, present))
      return problems.map((problem) => ({ pk, sk, problem }));
    present = again;
  }
  return [];
}

function keysOf({ relations }: Inspected): readonly Key[] {
  return relations.flatMap(({ keys }) => keys);
}

function problemsOf(
  { problems, relations }: Inspected,
  others: ReadonlyMap<string, StoredItem>,
): readonly string[] {
  const contradictions = relations.map(({ keys, problem }) =>
    problem(keys.map((key) => others.get(nameOf(key)))),
  );
  return [...problems, ...contradictions.filter((each) => each !== null)];
}

async function read(keys: readonly Key[], table: DynamoTable, signal: AbortSignal) {
  const distinct = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  const found = new Map<string, StoredItem>();
  for (let from = 0; from < distinct.length; from += AT_ONCE) {
    const keys = distinct.slice(from, from + AT_ONCE);
    const items = await Promise.all(keys.map((key) => getRaw(table, "item", key, signal)));
    for (const item of items) if (item !== undefined) found.set(nameOf(item), item);
  }
  return found;
}
