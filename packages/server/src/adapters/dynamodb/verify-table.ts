import { isDeepStrictEqual } from "node:util";
import { ITEM_TYPES } from "./table/item-types.ts";
import { getRaw, scanRaw } from "./table/raw-items.ts";
import type { StoredItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { InvitationTally } from "./verify-invitations.ts";
import { inspect, type TableFinding } from "./verify-rules.ts";

/** What was read since the last page, and what is wrong with it. */
export interface VerifiedPage {
  readonly items: number;
  readonly findings: readonly TableFinding[];
}

/**
 * Reads the whole table, and holds one page of it at a time: compares each item with its schema, its key and its place in
 * the index, each organization with the items that it lists and that belong to it, each seat with its link, each accepted
 * invitation with its membership and its audit entry, each entry of two users with its copy, and the counts of open
 * invitations with the invitations. What changes meanwhile is not a finding; what was written within the last second may
 * not have been read. Notices of changes are left out.
 * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
 */
export async function* verifyTable(table: DynamoTable, signal: AbortSignal): AsyncIterable<VerifiedPage> {
  const invitations = new InvitationTally();
  for await (const scanned of scanRaw(table, "item", {}, signal)) {
    const page = scanned.filter(({ type }) => type !== ITEM_TYPES.notice.type);
    for (const item of page) invitations.add(item);
    const problems = await Promise.all(page.map((item) => problemsOf(item, table, signal)));
    const suspects = page.filter((_, at) => problems[at]?.length !== 0);
    const findings: TableFinding[] = [];
    for (const suspect of suspects) findings.push(...(await confirmed(suspect, table, signal)));
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
    const problems = await problemsOf(present, table, signal);
    const again: StoredItem | undefined = await getRaw(table, "item", { pk, sk }, signal);
    if (problems.length === 0 || isDeepStrictEqual(again, present))
      return problems.map((problem) => ({ pk, sk, problem }));
    present = again;
  }
  return [];
}

/** Compares the item with what is stored of others. All that is asked for at once is read together. */
async function problemsOf(
  item: StoredItem,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { problems, relations } = inspect(item);
  const contradictions = relations.map(async ({ keys, problem }) =>
    problem(await Promise.all(keys.map((key) => getRaw(table, "item", key, signal)))),
  );
  return [...problems, ...(await Promise.all(contradictions)).filter((each) => each !== null)];
}
