import { organizationsUpgrade } from "./organizations-upgrade.ts";
import { speakersUpgrade } from "./speakers-upgrade.ts";
import {
  ORGANIZATIONS_STEP,
  SPEAKERS_STEP,
  UPGRADE_STEPS,
  type UpgradeStepName,
} from "./table/upgrade-states.ts";
import type { UpgradeStep } from "./table/upgrade-table.ts";

const FACTORIES: Readonly<Record<UpgradeStepName, typeof speakersUpgrade>> = {
  [SPEAKERS_STEP]: speakersUpgrade,
  [ORGANIZATIONS_STEP]: organizationsUpgrade,
};

/** Every step of {@link UPGRADE_STEPS}, in its order. */
export function upgradeSteps(...of: Parameters<typeof speakersUpgrade>): readonly UpgradeStep[] {
  return UPGRADE_STEPS.map((name) => FACTORIES[name](...of));
}
