import type { Command } from "commander";
import { type ApplyOptions, applyFile } from "./apply-command.ts";
import { withStores } from "./store-command.ts";
import { formatTable, type Terminal } from "./terminal.ts";

export function addOrganizationCommands(program: Command, terminal: Terminal): void {
  const organization = program.command("org").description("organizations: domains, connections, invitations");
  organization
    .command("apply")
    .argument(
      "<file>",
      "JSON: { organizations: [{ id, name, jit, defaultRole, domains, connections, members?, trusts? }] }",
    )
    .description("apply an organizations file and print the changes; asks before it takes something away")
    .option("--plan", "print the changes without making them")
    .option("--yes", "do it without asking")
    .option("--json", "print JSON")
    .action((file: string, options: ApplyOptions) => applyFile(file, options, terminal));
  organization
    .command("list")
    .description("every organization with its domains and connections")
    .option("--json", "print JSON")
    .action(({ json }: { json?: true }) => list(json === true, terminal));
}

async function list(json: boolean, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  const states = await withStores(terminal, ({ organizationRegistry }, signal) =>
    organizationRegistry.list(signal),
  );
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
  const trusting = organizations.some(({ trusts }) => trusts.length > 0);
  const rows = organizations.map((organization) => [
    organization.id,
    organization.name,
    organization.jit ? `on, as ${organization.defaultRole}` : "off",
    organization.enforceSso ? "enforced" : "optional",
    organization.domains.join(", ") || "–",
    organization.connections.map(({ name, strategy }) => `${name} (${strategy})`).join(", ") || "–",
    ...(trusting ? [organization.trusts.join(", ") || "–"] : []),
  ]);
  const headings = ["ID", "NAME", "JIT", "SSO", "DOMAINS", "CONNECTIONS", ...(trusting ? ["TRUSTS"] : [])];
  out(formatTable(headings, rows));
}
