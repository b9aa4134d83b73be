import { UPGRADE, type UpgradeState } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { keys } from "./keys.ts";
import type { DynamoTable } from "./table.ts";

/** Who may speak for each person, and the seats of logins that are no SSO. */
export const SPEAKERS_STEP = "2026-11-speakers";
/** Every step there has been: a new table needs none of them. */
export const UPGRADE_STEPS = [SPEAKERS_STEP];

/** The second run comes after the last process of the old version: what it wrote during the first is found then. */
const RUNS = 2;

/** How far one step of `table upgrade` has come. */
export interface UpgradeStates {
  /** Whether nothing is written in the old way any more, and everything that was is brought up. Remembered once true. */
  isComplete(signal: AbortSignal): Promise<boolean>;
  find(signal: AbortSignal): Promise<UpgradeState>;
  put(state: UpgradeState, signal: AbortSignal): Promise<void>;
}

export function upgradeStates(table: DynamoTable, step: string): UpgradeStates {
  const states = itemsOf(table, UPGRADE);
  let complete = false;

  async function find(signal: AbortSignal): Promise<UpgradeState> {
    const stored = await states.get(keys.upgrade(step), signal);
    return stored ?? { step, completedRuns: 0, cursor: null };
  }

  return {
    async isComplete(signal) {
      complete ||= isCompleted(await find(signal));
      return complete;
    },
    find,
    async put(state, signal) {
      await states.put(state, null, signal);
    },
  };
}

export function isCompleted({ completedRuns }: UpgradeState): boolean {
  return completedRuns >= RUNS;
}

/** Marks a table that no old version has ever written to. */
export async function markUpgraded(table: DynamoTable, signal: AbortSignal): Promise<void> {
  for (const step of UPGRADE_STEPS) {
    await upgradeStates(table, step).put({ step, completedRuns: RUNS, cursor: null }, signal);
  }
}
