import {
  type DynamoTable,
  dynamoMembershipRegistry,
  dynamoOrganizationRegistry,
  dynamoOrganizations,
} from "@platform-api/server/adapters";
import { applyOrganizations, type Plan, planOrganizations } from "../apply-organizations.ts";
import { type DeclaredOrganization, parseOrganizationsFile } from "../files/organizations-file.ts";
import { readText } from "../files/read-text.ts";
import { countLinkedPeople, describeLinkedPeople, type LinkedPeople } from "../linked-people.ts";
import type { Change } from "../organization-differences.ts";
import { confirmation } from "./confirmation.ts";
import { type Deed, recordDeeds } from "./operator-audit.ts";
import { withTable } from "./store-command.ts";
import { printable, type Terminal } from "./terminal.ts";

export interface ApplyOptions {
  readonly plan?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Each change is two writes, one after the other, and a first file may have thousands. */
const APPLY_DEADLINE_MS = 600_000;

/** Plans, asks where something is taken away, and then plans again: the question may have taken an hour. */
export async function applyFile(file: string, options: ApplyOptions, terminal: Terminal): Promise<void> {
  const text = readText(file);
  const { declared, plan, linked } = await withTable(terminal.env, async (table, signal, config) => {
    const declared = parseOrganizationsFile(text, { otherStrategies: config.AUTH0_OTHER_STRATEGIES });
    const plan = await planOrganizations(declared, portsOf(table), signal);
    const { registry } = portsOf(table);
    const linked = await countLinkedPeople(
      changesOf(plan),
      { registry, cacheMs: config.IDENTITY_CACHE_MS },
      signal,
    );
    return { declared, plan, linked };
  });
  if (options.plan) {
    report(plan, linked, { planned: true, json: options.json === true }, terminal);
    return;
  }
  const takenAway = changesOf(plan).filter(({ takesAway }) => takesAway);
  if (takenAway.length > 0 && !options.yes) {
    const lines = takenAway.map((change) => `  ${describe(change, linked)}\n`);
    terminal.err(`This file takes away:\n${lines.join("")}`);
    await confirmation(false, terminal)("Apply it?");
  }
  const confirmed = new Set(takenAway.map(inWords));
  const agreed = (change: Change) => options.yes === true || confirmed.has(inWords(change));
  const applied = await applyDeclared(declared, agreed, terminal);
  report(applied, linked, { planned: false, json: options.json === true }, terminal);
}

function applyDeclared(
  declared: readonly DeclaredOrganization[],
  agreed: (change: Change) => boolean,
  terminal: Terminal,
): Promise<Plan> {
  const run = (table: DynamoTable, signal: AbortSignal) => {
    const record = (deeds: readonly Deed[], done: string) => {
      const told = `Stopped after this change; apply the file again for the rest: ${printable(done)}.`;
      return recordDeeds(deeds, { table, terminal, told }, signal);
    };
    return applyOrganizations(declared, { ...portsOf(table), now: () => new Date(), agreed, record }, signal);
  };
  return withTable(terminal.env, run, APPLY_DEADLINE_MS);
}

function portsOf(table: DynamoTable) {
  return {
    registry: dynamoOrganizationRegistry(table),
    organizations: dynamoOrganizations(table),
    listMembers: dynamoMembershipRegistry(table).listByOrganization,
  };
}

function changesOf({ withdrawals, grants }: Plan): readonly Change[] {
  return [...withdrawals, ...grants];
}

function report(
  plan: Plan,
  linked: LinkedPeople,
  { planned, json }: { readonly planned: boolean; readonly json: boolean },
  { out, err }: Terminal,
): void {
  const { warnings } = plan;
  const changes = changesOf(plan);
  if (json) {
    const machineReadable = changes.map((change) => describeToMachines(change, linked));
    out(`${JSON.stringify({ planned, changes: machineReadable, warnings })}\n`);
    return;
  }
  for (const warning of warnings) err(`warning: ${printable(warning)}\n`);
  if (changes.length === 0) {
    out("Nothing to change.\n");
    return;
  }
  const lines = changes.map((change) => `${describe(change, linked)}\n`).join("");
  const count = `${changes.length} ${changes.length === 1 ? "change" : "changes"}`;
  if (!planned) {
    out(`${lines}${count}.\n`);
    return;
  }
  const needsYes = changes.some(({ takesAway }) => takesAway)
    ? " Something is taken away: without a terminal, applying the file needs --yes."
    : "";
  out(`Would change:\n${lines}${count} planned, none made.${needsYes}\n`);
}

function inWords({ organizationId, change }: Change): string {
  return `${organizationId}: ${change}`;
}

function describe(change: Change, linked: LinkedPeople): string {
  return printable(`${inWords(change)}${describeLinkedPeople(change, linked)}`);
}

function describeToMachines({ cutOff, organizationId, change, takesAway }: Change, linked: LinkedPeople) {
  const described = { organizationId, change, takesAway };
  if (cutOff === null) return described;
  const count = linked.byConnection.get(cutOff) ?? 0;
  return { ...described, linkedPeople: { count, complete: linked.stopped === null } };
}
