import type { LeakTarget, PlanRules, UndoRow } from "../changes.ts";
import { LeakProblem } from "../model.ts";
import type { SubjectRule } from "../subjects.ts";
import { backward, change, forward, keyAfter, type Step } from "./apply.ts";
import { describe } from "./catalog.ts";
import { judge } from "./judge.ts";
import { createSend, type DynamodbAddress } from "./requests.ts";
import { findUserIds, walk } from "./walk.ts";

interface DynamodbOptions extends DynamodbAddress {
  /** The table of platform-api, where subjects belong; null where it is not known. */
  readonly ownTable: string | null;
  readonly matching: SubjectRule;
}

/** A DynamoDB table, whose items are looked at and can be changed. */
export interface DynamodbTarget extends LeakTarget {
  readonly rules: PlanRules;
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
    rules: {
      ties: [],
      judge: (_table, rows, aliases, limit) => judge(rows, aliases, store, limit),
      parents: async (_tie, rows) => rows.map(() => null),
      byHand: ({ name }) => `Change it with \`aws dynamodb update-item --table-name ${name}\`.`,
      notes: () => [],
    },
    walk: (_table, position, limit) => walk(store, position, options.matching, limit),
    findUserIds: (_table, column, userIds, limit) => findUserIds(store, column, userIds, limit),
    apply: (rows, before, limit) =>
      change(rows.map(forward), store, (steps) => before(steps.map(undoOf)), limit),
    undo: (rows, limit) => change(rows.map(backward), store, async () => {}, limit),
    close: async () => close(),
  };
}
