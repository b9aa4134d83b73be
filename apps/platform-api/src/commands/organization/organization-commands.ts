import {
  ApplyStopped,
  applyOrganizations,
  type Change,
  countLinkedPeople,
  DeclarationRefused,
  type OrganizationRegistry,
  planOrganizations,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { FileError, readJsonFile } from "../../files/json-file.ts";
import { parseOrganizationsFile } from "../../files/organizations-file.ts";
import { confirmation, type Options } from "../../terminal/arguments.ts";
import { formatTable, print, type Terminal } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import {
  describeChange,
  describeConcurrentChange,
  describeProblem,
  nameOf,
  printReport,
} from "./apply-report.ts";
import { addSettingsCommands } from "./settings.ts";

/** Each change is a transaction, one after the other, and a first file may have thousands. */
const APPLY_DEADLINE_MS = 600_000;

export function addOrganizationCommands(program: Command, terminal: Terminal): void {
  const organization = program.command("org").description("organizations: settings, domains, connections");
  addSettingsCommands(organization, terminal);
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
  organization
    .command("list")
    .description("every organization with its domains and connections")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const states = await withStores(terminal, ({ organizationRegistry }, signal) =>
        organizationRegistry.list(signal),
      );
      const organizations = states.map(summaryOf);
      print({ organizations }, format(organizations), json, terminal);
    });
}

type ApplyOptions = Options & { readonly plan?: true };

/** Plans, asks when something is taken away, and then plans again: the answer may have taken an hour. */
async function applyFile(file: string, options: ApplyOptions, terminal: Terminal): Promise<void> {
  const value = readJsonFile(file, "organizations");
  const { declared, ...report } = await withStores(terminal, async (stores, signal, config) => {
    const declared = parseOrganizationsFile(value, { otherStrategies: config.AUTH0_OTHER_STRATEGIES });
    const plan = await planOrganizations(declared, stores, signal).catch(failInWords);
    const linked = await countLinkedPeople(plan.changes, stores.organizationRegistry, signal);
    return { declared, plan, linked };
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
    throw new FileError("organizations", error.problems.map(describeProblem));
  if (!(error instanceof ApplyStopped)) throw error;
  throw new FileError("organizations", describeConcurrentChange(error));
}

type State = Awaited<ReturnType<OrganizationRegistry["list"]>>[number];

function summaryOf({ organization, domains, connections, invitations }: State) {
  const { id, name, auth0OrgId, jit, defaultRole, enforceSso, trusts, state, locked, rev } = organization;
  const settings = { id, name, auth0OrgId, jit, defaultRole, enforceSso, trusts, state, locked, rev };
  return {
    ...settings,
    domains: domains.map(({ domain }) => domain),
    connections: connections.map(({ name, strategy, displayName }) => ({ name, strategy, displayName })),
    invitations: invitations.map(({ email, role, consumedBy }) => ({ email, role, consumedBy })),
  };
}

function format(organizations: readonly ReturnType<typeof summaryOf>[]): string {
  if (organizations.length === 0) {
    return "No organizations yet: create one with `platform-api org create`, or declare them in a file and run `platform-api org apply <file>`.\n";
  }
  const trusting = organizations.some(({ trusts }) => trusts.length > 0);
  const closed = organizations.some(({ state }) => state === "closed");
  const headings = ["ID", "NAME", "JIT", "SSO", "DOMAINS", "CONNECTIONS"];
  if (trusting) headings.push("TRUSTS");
  if (closed) headings.push("STATE");
  const rows = organizations.map((organization) => [
    organization.id,
    organization.name,
    organization.jit ? `on, as ${organization.defaultRole}` : "off",
    organization.enforceSso ? "enforced" : "optional",
    organization.domains.join(", ") || "–",
    organization.connections.map(({ name, strategy }) => `${name} (${strategy})`).join(", ") || "–",
    ...(trusting ? [organization.trusts.join(", ") || "–"] : []),
    ...(closed ? [organization.state] : []),
  ]);
  return formatTable(headings, rows);
}
