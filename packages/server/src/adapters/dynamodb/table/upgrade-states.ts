import { UPGRADE, type UpgradeState } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { keys } from "./keys.ts";
import type { DynamoTable } from "./table.ts";

/** Stores who may speak for each person, and gives password and social logins the seat of their strategy. */
export const SPEAKERS_STEP = "2026-11-speakers";
/** Gives what an old version stored of organizations what their lists read: index keys. */
export const ORGANIZATIONS_STEP = "2026-11-organizations";
/** Every step so far. A new table needs none of them. */
export const UPGRADE_STEPS = [SPEAKERS_STEP, ORGANIZATIONS_STEP] as const;
export type UpgradeStepName = (typeof UPGRADE_STEPS)[number];

/** The stored progress of one step of `table upgrade`. */
export function upgradeStates(table: DynamoTable, step: string) {
  const states = itemsOf(table, UPGRADE);
  let complete = false;

  async function find(signal: AbortSignal): Promise<UpgradeState> {
    const stored = await states.get(keys.upgrade(step), signal);
    return stored ?? { step, complete: false, isLast: false, cursor: null };
  }

  return {
    find,
    put: (state: UpgradeState, signal: AbortSignal) => states.put(state, null, signal),
    /** Whether every old item is upgraded and no process writes new ones in the old form. Remembered once true. */
    async isComplete(signal: AbortSignal): Promise<boolean> {
      complete ||= (await find(signal)).complete;
      return complete;
    },
  };
}

/** Marks a new table as complete: no old version has written to it. */
export async function markUpgraded(table: DynamoTable, signal: AbortSignal): Promise<void> {
  for (const step of UPGRADE_STEPS) {
    await upgradeStates(table, step).put({ step, complete: true, isLast: true, cursor: null }, signal);
  }
}
