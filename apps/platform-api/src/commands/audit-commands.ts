import type { AuditEntry } from "@platform-api/server/domain";
import type { Command } from "commander";
import { parseInstant } from "./arguments.ts";
import { withStores } from "./store-command.ts";
import { formatTable, type Terminal } from "./terminal.ts";

const DEFAULT_PERIOD_MS = 30 * 24 * 3_600_000;

export function addAuditCommands(program: Command, terminal: Terminal): void {
  program
    .command("audit")
    .description("changes of identities, memberships and organizations, and identity conflicts")
    .command("list")
    .description("list the entries, oldest first")
    .option("--since <time>", "ISO time or date (default: 30 days ago)")
    .option("--json", "print JSON")
    .action(({ since, json }: { since?: string; json?: true }) => list(since, json === true, terminal));
}

async function list(from: string | undefined, json: boolean, terminal: Terminal): Promise<void> {
  const { out } = terminal;
  const until = new Date();
  const since =
    from === undefined ? new Date(until.getTime() - DEFAULT_PERIOD_MS) : parseInstant("--since", from);
  const entries = await withStores(terminal, ({ audit }, signal) => audit.list({ since, until }, signal));
  if (json) out(`${JSON.stringify({ entries })}\n`);
  else if (entries.length === 0) out(`Nothing since ${since.toISOString()}.\n`);
  else out(formatTable(HEADINGS, entries.map(toRow)));
}

const HEADINGS = [
  "AT",
  "BY",
  "ACTION",
  "RULE",
  "USER ID",
  "ORGANIZATION",
  "CONNECTION",
  "SUBJECT",
  "SEAT HELD BY",
];

function toRow(entry: AuditEntry): string[] {
  const { at, actor, action, rule, userId, organizationId, connection, subject, holder, domain } = entry;
  const what = domain === null ? action : `${action} ${domain}`;
  return [at, actor, what, rule, userId, organizationId, connection, subject, holder].map(
    (value) => value ?? "–",
  );
}
