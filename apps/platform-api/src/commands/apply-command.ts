import {
  ApplyStopped,
  applyOrganizations,
  type Change,
  countLinkedPeople,
  DeclarationRefused,
  planOrganizations,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { readJsonFile } from "../files/json-file.ts";
import { OrganizationsFileError, parseOrganizationsFile } from "../files/organizations-file.ts";
import {
  describeChange,
  describeConcurrentChange,
  describeProblem,
  nameOf,
  printReport,
} from "./apply-report.ts";
import { confirmation, type Options } from "./arguments.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { withStores } from "./store-command.ts";
import { printable, type Terminal } from "./terminal.ts";

/** Each change is two writes, one after the other, and a first file may have thousands. */
const APPLY_DEADLINE_MS = 600_000;

export function addApplyCommand(organization: Command, terminal: Terminal): void {
  organization
    .command("apply")
    .argument(
      "<file>",
      "JSON: { organizations: [{ id, name, jit, defaultRole, domains, connections, members?, trusts? }] }",
    )
    .description("apply an organizations file and print the changes; asks before it takes something away")
    .option("--plan", "print the changes without making them")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action((file: string, options: ApplyOptions) => applyFile(file, options, terminal));
}

type ApplyOptions = Options & { readonly plan?: true };

/** Plans, asks when something is taken away, and then plans again: the answer may have taken an hour. */
async function applyFile(file: string, options: ApplyOptions, terminal: Terminal): Promise<void> {
  const value = readJsonFile(file, OrganizationsFileError);
  const { declared, ...report } = await withStores(terminal, async (stores, signal, config) => {
    const declared = parseOrganizationsFile(value, { otherStrategies: config.AUTH0_OTHER_STRATEGIES });
    const plan = await planOrganizations(declared, stores, signal).catch(failInWords);
    const linked = await countLinkedPeople(plan.changes, stores.organizationRegistry, signal);
    return { declared, plan, linked, cacheMs: config.IDENTITY_CACHE_MS };
  });
  if (options.plan) return printReport(report, { planned: true, json: options.json }, terminal);
  const takenAway = report.plan.changes.filter(({ takesAway }) => takesAway);
  if (takenAway.length > 0 && !options.yes) {
    const lines = takenAway.map((change) => `  ${describeChange(change, report)}\n`);
    terminal.err(`This file takes away:\n${lines.join("")}`);
    await confirmation(undefined, terminal)("Apply it?");
  }
  const confirmed = new Set(takenAway.map(nameOf));
  const agreed = (change: Change) => options.yes === true || confirmed.has(nameOf(change));
  const plan = await withStores(
    terminal,
    (stores, signal) => applyOrganizations({ declared, agreed }, stores, signal).catch(failInWords),
    APPLY_DEADLINE_MS,
  );
  printReport({ ...report, plan }, { planned: false, json: options.json }, terminal);
}

function failInWords(error: unknown): never {
  if (error instanceof DeclarationRefused)
    throw new OrganizationsFileError(error.problems.map(describeProblem));
  if (!(error instanceof ApplyStopped)) throw error;
  if (error.cause === undefined) throw new OrganizationsFileError(describeConcurrentChange(error));
  const summary = `Stopped after this change; apply the file again for the rest: ${printable(nameOf(error.change))}.`;
  return reportMissingEntries(summary)(error.cause);
}
