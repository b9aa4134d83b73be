import {
  type ApplyProgress,
  ApplyStopped,
  applyOrganizations,
  applyPlan,
  type Change,
  countLinkedPeople,
  DeclarationRefused,
  isClosed,
  type Organization,
  planOrganizations,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import type { Administration } from "../../compose/administration.ts";
import type { StoreConfig } from "../../config/config.ts";
import { FileError, readJsonFile } from "../../files/json-file.ts";
import { parseOrganizationsFile } from "../../files/organizations-file.ts";
import { confirmation, type Options } from "../../terminal/arguments.ts";
import { formatTable, print, type Terminal } from "../../terminal/terminal.ts";
import { NO_DEADLINE, withStores } from "../store-command.ts";
import {
  describeChange,
  describeConcurrentChange,
  describeProblem,
  describeProgress,
  nameOf,
  printReport,
  printWarnings,
} from "./apply-report.ts";
import { addSettingsCommands } from "./settings.ts";

const PROGRESS_EVERY_MS = 1_000;

export function addOrganizationCommands(program: Command, terminal: Terminal): void {
  const organization = program.command("org").description("organizations: settings, domains, connections");
  addSettingsCommands(organization, terminal);
  organization
    .command("apply")
    .argument(
      "<file>",
      "JSON: { organizations: [{ id, name?, auth0OrgId?, jit?, defaultRole?, enforceSso?, closing?, lock?, domains?, connections?, members?, trusts? }] }",
    )
    .description("apply an organizations file and print the changes; asks before it takes something away")
    .option("--plan", "print the changes without making them")
    .option("--yes", "do not ask for confirmation")
    .option("--full", "compare also what has not changed since it was applied; for a table that was restored")
    .option("--json", "print JSON")
    .action((file: string, options: ApplyOptions) => applyFile(file, options, terminal));
  organization
    .command("list")
    .description("every organization with its domains and connections")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const organizations = await withStores(terminal, async ({ organizationRegistry, now }, signal) => {
        const stored = await organizationRegistry.list(signal);
        return stored.map((each) => summaryOf(each, { now }));
      });
      print({ organizations }, format(organizations), json, terminal);
    });
}

type ApplyOptions = Options & { readonly plan?: true; readonly full?: true };

/** Plans, asks when something is taken away, and then plans again: the answer may have taken an hour. */
async function applyFile(file: string, options: ApplyOptions, terminal: Terminal): Promise<void> {
  const { json, plan: plansOnly, full: comparesAll = false } = options;
  const value = readJsonFile(file, "organizations");
  const apply = async (stores: Administration, signal: AbortSignal, config: StoreConfig) => {
    const declared = parseOrganizationsFile(value, { otherStrategies: config.AUTH0_OTHER_STRATEGIES });
    const ports = { ...stores, comparesAll, onProgress: progressReport(terminal) };
    const plan = await planOrganizations(declared, ports, signal).catch(failInWords);
    const linked = await countLinkedPeople(plan.changes, stores.organizationRegistry, signal);
    if (plansOnly) return printReport({ plan, linked }, { planned: true, json }, terminal);
    const takenAway = plan.changes.filter(({ takesAway }) => takesAway);
    if (takenAway.length === 0 || options.yes) {
      await applyPlan(plan, ports, signal).catch(failInWords);
      return printReport({ plan, linked }, { planned: false, json }, terminal);
    }
    const lines = takenAway.map((change) => `  ${describeChange(change, { plan, linked })}\n`);
    printWarnings(plan, terminal);
    terminal.err(`This file takes away:\n${lines.join("")}`);
    await confirmation(undefined, terminal)("Apply it?");
    const confirmed = new Set(takenAway.map(nameOf));
    const agreed = (change: Change) => confirmed.has(nameOf(change));
    const applied = await applyOrganizations({ declared, agreed }, ports, signal).catch(failInWords);
    printReport({ plan: applied, linked }, { planned: false, json, isWarned: true }, terminal);
  };
  await withStores(terminal, apply, NO_DEADLINE);
}

/** At most one line a second. */
function progressReport({ err }: Terminal): (progress: ApplyProgress) => void {
  let reportedAt = Date.now();
  return (progress) => {
    if (Date.now() - reportedAt < PROGRESS_EVERY_MS) return;
    reportedAt = Date.now();
    err(`${describeProgress(progress)}\n`);
  };
}

function failInWords(error: unknown): never {
  if (error instanceof DeclarationRefused)
    throw new FileError("organizations", error.problems.map(describeProblem));
  if (!(error instanceof ApplyStopped)) throw error;
  throw new FileError("organizations", describeConcurrentChange(error));
}

/** What the organization's own item has, so that a list of thousands takes no request for each. */
function summaryOf(
  { domains, connections, ...organization }: Organization,
  timed: { readonly now: () => Date },
) {
  const { id, name, auth0OrgId, jit, defaultRole, enforceSso, trusts, closing, locked, rev } = organization;
  const state: Organization["state"] = isClosed(organization, timed) ? "closed" : "open";
  const closesAt = closing?.at ?? null;
  const settings = {
    id,
    name,
    auth0OrgId,
    jit,
    defaultRole,
    enforceSso,
    trusts,
    state,
    closesAt,
    locked,
    rev,
  };
  return {
    ...settings,
    domains: [...domains].sort(),
    connections: [...connections].sort().map((name) => ({ name })),
  };
}

function format(organizations: readonly ReturnType<typeof summaryOf>[]): string {
  if (organizations.length === 0) {
    return "No organizations yet: create one with `platform-api org create`, or declare them in a file and run `platform-api org apply <file>`.\n";
  }
  const trusting = organizations.some(({ trusts }) => trusts.length > 0);
  const closing = organizations.some((each) => each.state === "closed" || each.closesAt !== null);
  const headings = ["ID", "NAME", "JIT", "SSO", "DOMAINS", "CONNECTIONS"];
  if (trusting) headings.push("TRUSTS");
  if (closing) headings.push("STATE");
  const rows = organizations.map((organization) => [
    organization.id,
    organization.name,
    organization.jit ? `on, as ${organization.defaultRole}` : "off",
    organization.enforceSso ? "enforced" : "optional",
    organization.domains.join(", ") || "–",
    organization.connections.map(({ name }) => name).join(", ") || "–",
    ...(trusting ? [organization.trusts.join(", ") || "–"] : []),
    ...(closing ? [stateOf(organization)] : []),
  ]);
  return formatTable(headings, rows);
}

function stateOf({ state, closesAt }: ReturnType<typeof summaryOf>): string {
  return state === "open" && closesAt !== null ? `closes ${closesAt}` : state;
}
