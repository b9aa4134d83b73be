import {
  type Catalog,
  LeakProblem,
  type LeakTarget,
  type PlannedConflict,
  type PlannedRow,
  type UndoRow,
} from "../model.ts";
import { backward, change, forward, keyAfter, type Step } from "./apply.ts";
import { describe } from "./catalog.ts";
import { conflictsOf } from "./conflicts.ts";
import { createSend, type DynamodbAddress } from "./requests.ts";
import { findUserIds, type Matching, walk } from "./walk.ts";

export interface DynamodbOptions extends DynamodbAddress {
  /** The table of platform-api, where subjects belong; null where it is not known. */
  readonly ownTable: string | null;
  readonly matching: Matching;
}

/** A DynamoDB table, whose items are looked at and can be changed. */
export interface DynamodbTarget extends LeakTarget {
  readonly catalog: Catalog;
  /** Of planned rows those that the store would refuse, and why. */
  conflictsOf(rows: readonly PlannedRow[], signal: AbortSignal): Promise<readonly PlannedConflict[]>;
}

/** @throws {LeakProblem} */
export async function openDynamodb(options: DynamodbOptions, signal: AbortSignal): Promise<DynamodbTarget> {
  if (options.table === options.ownTable)
    throw new LeakProblem(
      `${options.table} is the table of platform-api (DYNAMODB_TABLE), where subjects belong: nothing of it is to be repaired`,
    );
  const { send, close } = createSend(options);
  const { catalog, table, keys } = await describe(options, send, signal).catch((error: unknown) => {
    close();
    throw error;
  });
  const store = { table, keys, send };
  const undoOf = (step: Step): UndoRow => ({
    kind: "undo",
    table: table.name,
    keyBefore: step.key,
    keyAfter: keyAfter(step, store),
    changes: step.row.changes.map((each) => ({ ...each, written: null })),
    unit: step.row.unit,
  });
  return {
    catalog,
    walk: (_table, position, limit) => walk(store, position, options.matching, limit),
    findUserIds: (_table, column, userIds, limit) => findUserIds(store, column, userIds, limit),
    conflictsOf: (rows, limit) => conflictsOf(rows, store, limit),
    apply: (rows, before, limit) =>
      change(rows.map(forward), store, (steps) => before(steps.map(undoOf)), limit),
    undo: (rows, limit) => change(rows.map(backward), store, async () => {}, limit),
    close: async () => close(),
  };
}
