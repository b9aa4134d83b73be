import { dynamoOrganizationRegistry, dynamoOrganizations } from "@platform-api/server/adapters";
import type { Command } from "commander";
import { type Applied, applyOrganizations } from "./apply-organizations.ts";
import { parseOrganizationsFile } from "./organizations-file.ts";
import { readText } from "./read-text.ts";
import { withTable } from "./store-command.ts";
import { formatTable, printable, type Terminal } from "./terminal.ts";

export function addOrganizationCommands(program: Command, terminal: Terminal): void {
  const organization = program.command("org").description("organizations: domains, connections, invitations");
  organization
    .command("apply")
    .argument(
      "<file>",
      "JSON: { organizations: [{ id, name, jit, defaultRole, domains, connections, members? }] }",
    )
    .description("make the store say what the file declares; prints what changed")
    .option("--json", "print JSON")
    .action((file: string, { json }: { json?: true }) => apply(file, json === true, terminal));
  organization
    .command("list")
    .description("every organization with its domains and connections")
    .option("--json", "print JSON")
    .action(({ json }: { json?: true }) => list(json === true, terminal));
}

async function apply(file: string, json: boolean, { env, out, err }: Terminal): Promise<void> {
  const text = readText(file);
  const applied = await withTable(env, (table, signal, { AUTH0_OTHER_STRATEGIES }) =>
    applyOrganizations(
      parseOrganizationsFile(text, { otherStrategies: AUTH0_OTHER_STRATEGIES }),
      {
        registry: dynamoOrganizationRegistry(table),
        organizations: dynamoOrganizations(table),
        now: () => new Date(),
      },
      signal,
    ),
  );
  if (json) {
    out(`${JSON.stringify(applied)}\n`);
    return;
  }
  for (const warning of applied.warnings) err(`warning: ${printable(warning)}\n`);
  out(describeChanges(applied));
}

function describeChanges({ changes }: Applied): string {
  if (changes.length === 0) return "Nothing to change.\n";
  const lines = changes.map(({ organizationId, change }) => `${organizationId}: ${printable(change)}\n`);
  return `${lines.join("")}${changes.length} ${changes.length === 1 ? "change" : "changes"}.\n`;
}

async function list(json: boolean, { env, out }: Terminal): Promise<void> {
  const states = await withTable(env, (table, signal) => dynamoOrganizationRegistry(table).list(signal));
  const organizations = states.map(({ organization, domains, connections, invitations }) => ({
    ...organization,
    domains: domains.map(({ domain }) => domain),
    connections: connections.map(({ name, strategy, displayName }) => ({ name, strategy, displayName })),
    invitations: invitations.map(({ email, role, consumedBy }) => ({ email, role, consumedBy })),
  }));
  if (json) {
    out(`${JSON.stringify({ organizations })}\n`);
    return;
  }
  if (organizations.length === 0) {
    out("No organizations yet: declare them in a file and run `platform-api org apply <file>`.\n");
    return;
  }
  const rows = organizations.map((organization) => [
    organization.id,
    organization.name,
    organization.jit ? `on, as ${organization.defaultRole}` : "off",
    organization.enforceSso ? "enforced" : "optional",
    organization.domains.join(", ") || "–",
    organization.connections.map(({ name, strategy }) => `${name} (${strategy})`).join(", ") || "–",
  ]);
  out(formatTable(["ID", "NAME", "JIT", "SSO", "DOMAINS", "CONNECTIONS"], rows));
}
