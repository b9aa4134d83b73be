import { speakersUpgrade } from "./speakers-upgrade.ts";
import type { DynamoTable } from "./table/table.ts";
import { SPEAKERS_STEP, UPGRADE_STEPS, type UpgradeStepName } from "./table/upgrade-states.ts";
import type { UpgradeStep } from "./table/upgrade-table.ts";

type StepFactory = (table: DynamoTable, otherStrategies: ReadonlySet<string>) => UpgradeStep;

const FACTORIES: Readonly<Record<UpgradeStepName, StepFactory>> = { [SPEAKERS_STEP]: speakersUpgrade };

/**
 * Every step of {@link UPGRADE_STEPS}, in its order.
 * @param otherStrategies strategies of subjects that are not SSO
 */
export function upgradeSteps(
  table: DynamoTable,
  otherStrategies: ReadonlySet<string>,
): readonly UpgradeStep[] {
  return UPGRADE_STEPS.map((name) => FACTORIES[name](table, otherStrategies));
}
