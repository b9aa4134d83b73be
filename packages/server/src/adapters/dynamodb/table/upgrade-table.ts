import type { Key } from "./keys.ts";
import { sendRequest } from "./store-request.ts";
import type { StoredItem } from "./stored-item.ts";
import type { DynamoTable } from "./table.ts";
import { upgradeStates } from "./upgrade-states.ts";

/** Items per page. An interrupted run repeats at most one page. */
const PAGE = 200;
/** Items upgraded concurrently, few enough that users can sign in meanwhile. */
const AT_ONCE = 16;

/** One change of the stored form, applied to every item that an old version has written. */
export interface UpgradeStep {
  /** One of {@link UPGRADE_STEPS}. Stored in the table, so it never changes. */
  readonly name: string;
  /**
   * Upgrades one item. Idempotent, and safe while processes of both versions serve.
   * @returns how many items were written, and what an operator should look at
   */
  upgrade(item: StoredItem, signal: AbortSignal): Promise<UpgradedItem>;
}

export interface UpgradedItem {
  readonly changed: number;
  /** What an operator should look at. */
  readonly notes: readonly string[];
}

/** What a run has done so far. */
export interface UpgradeProgress {
  readonly step: string;
  /** Items read. */
  readonly seen: number;
  /** Items written. */
  readonly changed: number;
}

export interface UpgradeOutcome extends Omit<UpgradeProgress, "step">, Pick<UpgradedItem, "notes"> {
  /** Whether a step continued an interrupted run. */
  readonly resumed: boolean;
  /** Whether every step is finished for good, see {@link upgradeStates}. */
  readonly complete: boolean;
}

export interface UpgradeOptions {
  /** The operator says that the last process of the old version has ended, so this run finds all that it wrote. */
  readonly last: boolean;
  readonly onProgress: (progress: UpgradeProgress) => void;
  /** Items per page. */
  readonly page?: number;
}

/**
 * Runs every step over the whole table, page by page. Continues an interrupted run.
 * @throws {Refusal} STORE_UNAVAILABLE; finished work is kept
 */
export async function upgradeTable(
  table: DynamoTable,
  steps: readonly UpgradeStep[],
  options: UpgradeOptions,
  signal: AbortSignal,
): Promise<UpgradeOutcome> {
  const outcomes: UpgradeOutcome[] = [];
  for (const step of steps) outcomes.push(await runStep(table, step, options, signal));
  const sum = (count: (outcome: UpgradeOutcome) => number) =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  return {
    seen: sum(({ seen }) => seen),
    changed: sum(({ changed }) => changed),
    resumed: outcomes.some(({ resumed }) => resumed),
    complete: outcomes.every(({ complete }) => complete),
    notes: outcomes.flatMap(({ notes }) => notes),
  };
}

async function runStep(
  table: DynamoTable,
  step: UpgradeStep,
  { last, onProgress, page: limit = PAGE }: UpgradeOptions,
  signal: AbortSignal,
): Promise<UpgradeOutcome> {
  const states = upgradeStates(table, step.name);
  const state = await states.find(signal);
  const notes = new Set<string>();
  let [seen, changed] = [0, 0];
  const resumed = state.cursor !== null && (state.isLast || !last);
  let cursor = resumed ? state.cursor : null;
  let complete = state.complete;
  do {
    const page = await scan(table, { from: cursor, limit }, signal);
    for (let first = 0; first < page.items.length; first += AT_ONCE) {
      const batch = page.items.slice(first, first + AT_ONCE);
      for (const done of await Promise.all(batch.map((item) => step.upgrade(item, signal)))) {
        seen += 1;
        changed += done.changed;
        for (const note of done.notes) notes.add(note);
      }
    }
    cursor = page.next;
    complete ||= last && cursor === null;
    await states.put({ step: step.name, complete, isLast: last, cursor }, signal);
    onProgress({ step: step.name, seen, changed });
  } while (cursor !== null);
  return { seen, changed, resumed, complete, notes: [...notes] };
}

async function scan(
  { documents, options }: DynamoTable,
  { from, limit }: { from: Key | null; limit: number },
  signal: AbortSignal,
): Promise<{ items: readonly StoredItem[]; next: Key | null }> {
  const input = {
    TableName: options.table,
    ConsistentRead: true,
    Limit: limit,
    ReturnConsumedCapacity: "TOTAL" as const,
    ...(from === null ? {} : { ExclusiveStartKey: from }),
  };
  const reading = { what: "table: reading a page", deadlineMs: options.deadlineMs, signal };
  const { Items, LastEvaluatedKey } = await sendRequest(reading, async (sent) =>
    (await documents()).scan(input, sent),
  );
  const next = LastEvaluatedKey === undefined ? null : { pk: LastEvaluatedKey.pk, sk: LastEvaluatedKey.sk };
  return { items: Items ?? [], next };
}
