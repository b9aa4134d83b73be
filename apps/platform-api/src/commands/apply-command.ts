import {
  ApplyStopped,
  applyOrganizations,
  type Change,
  countLinkedPeople,
  DeclarationRefused,
  planOrganizations,
} from "@platform-api/server/domain";
import { readJsonFile } from "../files/json-file.ts";
import { OrganizationsFileError, parseOrganizationsFile } from "../files/organizations-file.ts";
import {
  describeChange,
  describeConcurrentChange,
  describeProblem,
  nameOf,
  printReport,
} from "./apply-report.ts";
import { confirmation } from "./arguments.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { withStores } from "./store-command.ts";
import { printable, type Terminal } from "./terminal.ts";

export interface ApplyOptions {
  readonly plan?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Each change is two writes, one after the other, and a first file may have thousands. */
const APPLY_DEADLINE_MS = 600_000;

/** Plans, asks when something is taken away, and then plans again: the answer may have taken an hour. */
export async function applyFile(file: string, options: ApplyOptions, terminal: Terminal): Promise<void> {
  const value = readJsonFile(file, OrganizationsFileError);
  const { declared, ...report } = await withStores(terminal, async (stores, signal, config) => {
    const declared = parseOrganizationsFile(value, { otherStrategies: config.AUTH0_OTHER_STRATEGIES });
    const plan = await planOrganizations(declared, stores, signal).catch(failInWords);
    const linked = await countLinkedPeople(plan.changes, stores.organizationRegistry, signal);
    return { declared, plan, linked, cacheMs: config.IDENTITY_CACHE_MS };
  });
  const json = options.json === true;
  if (options.plan) {
    printReport(report, { planned: true, json }, terminal);
    return;
  }
  const takenAway = report.plan.changes.filter(({ takesAway }) => takesAway);
  if (takenAway.length > 0 && !options.yes) {
    const lines = takenAway.map((change) => `  ${describeChange(change, report)}\n`);
    terminal.err(`This file takes away:\n${lines.join("")}`);
    await confirmation(false, terminal)("Apply it?");
  }
  const confirmed = new Set(takenAway.map(nameOf));
  const agreed = (change: Change) => options.yes === true || confirmed.has(nameOf(change));
  const applied = await withStores(
    terminal,
    (stores, signal) => applyOrganizations({ declared, agreed }, stores, signal).catch(failInWords),
    APPLY_DEADLINE_MS,
  );
  printReport({ ...report, plan: applied }, { planned: false, json }, terminal);
}

function failInWords(error: unknown): never {
  if (error instanceof DeclarationRefused)
    throw new OrganizationsFileError(error.problems.map(describeProblem));
  if (!(error instanceof ApplyStopped)) throw error;
  if (error.cause === undefined) throw new OrganizationsFileError(describeConcurrentChange(error));
  const summary = `Stopped after this change; apply the file again for the rest: ${printable(nameOf(error.change))}.`;
  return reportMissingEntries(summary)(error.cause);
}
