import { UPGRADE, type UpgradeState } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { keys } from "./keys.ts";
import type { DynamoTable } from "./table.ts";

/** Who may speak for each person, and the seats of logins that are no SSO. */
export const SPEAKERS_STEP = "2026-11-speakers";
/** Every step there has been: a new table needs none of them. */
export const UPGRADE_STEPS = [SPEAKERS_STEP];

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
    return stored ?? { step, complete: false, isLast: false, cursor: null };
  }

  return {
    async isComplete(signal) {
      complete ||= (await find(signal)).complete;
      return complete;
    },
    find,
    async put(state, signal) {
      await states.put(state, null, signal);
    },
  };
}

/** Marks a table that no old version has ever written to. */
export async function markUpgraded(table: DynamoTable, signal: AbortSignal): Promise<void> {
  for (const step of UPGRADE_STEPS) {
    await upgradeStates(table, step).put({ step, complete: true, isLast: true, cursor: null }, signal);
  }
}
