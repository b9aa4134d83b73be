import type { Organization, OrganizationState } from "@platform-api/server/domain";
import type { Command } from "commander";
import { addApplyCommand } from "./apply-command.ts";
import { withStores } from "./store-command.ts";
import { formatTable, print, type Terminal } from "./terminal.ts";

export function addOrganizationCommands(program: Command, terminal: Terminal): void {
  const organization = program.command("org").description("organizations: domains, connections, invitations");
  addApplyCommand(organization, terminal);
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

type State = OrganizationState & { readonly organization: Organization };

function summaryOf({ organization, domains, connections, invitations }: State) {
  return {
    ...organization,
    domains: domains.map(({ domain }) => domain),
    connections: connections.map(({ name, strategy, displayName }) => ({ name, strategy, displayName })),
    invitations: invitations.map(({ email, role, consumedBy }) => ({ email, role, consumedBy })),
  };
}

function format(organizations: readonly ReturnType<typeof summaryOf>[]): string {
  if (organizations.length === 0) {
    return "No organizations yet: declare them in a file and run `platform-api org apply <file>`.\n";
  }
  const trusting = organizations.some(({ trusts }) => trusts.length > 0);
  const headings = ["ID", "NAME", "JIT", "SSO", "DOMAINS", "CONNECTIONS", ...(trusting ? ["TRUSTS"] : [])];
  const rows = organizations.map((organization) => [
    organization.id,
    organization.name,
    organization.jit ? `on, as ${organization.defaultRole}` : "off",
    organization.enforceSso ? "enforced" : "optional",
    organization.domains.join(", ") || "–",
    organization.connections.map(({ name, strategy }) => `${name} (${strategy})`).join(", ") || "–",
    ...(trusting ? [organization.trusts.join(", ") || "–"] : []),
  ]);
  return formatTable(headings, rows);
}
