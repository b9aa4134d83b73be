import type { AuditEntry } from "@platform-api/server/domain";
import type { Command } from "commander";
import { parseInstant } from "./arguments.ts";
import { withStores } from "./store-command.ts";
import { formatTable, print, type Terminal } from "./terminal.ts";

const DEFAULT_PERIOD_MS = 30 * 24 * 3_600_000;

export function addAuditCommands(program: Command, terminal: Terminal): void {
  program
    .command("audit")
    .description("changes of identities, memberships and organizations, and identity conflicts")
    .command("list")
    .description("list the entries, oldest first")
    .option("--since <time>", "ISO time or date (default: 30 days ago)")
    .option("--json", "print JSON")
    .action(async ({ since: from, json }: { since?: string; json?: true }) => {
      const until = new Date();
      const since =
        from === undefined ? new Date(until.getTime() - DEFAULT_PERIOD_MS) : parseInstant("--since", from);
      const entries = await withStores(terminal, ({ audit }, signal) => audit.list({ since, until }, signal));
      const nothing = `Nothing since ${since.toISOString()}.\n`;
      const words = entries.length === 0 ? nothing : formatTable(HEADINGS, entries.map(toRow));
      print({ entries }, words, json, terminal);
    });
}

const HEADINGS = "AT  BY  ACTION  RULE  USER ID  ORGANIZATION  CONNECTION  SUBJECT  SEAT HELD BY".split("  ");

function toRow(entry: AuditEntry) {
  const { at, actor, action, rule, userId, organizationId, connection, subject, holder, domain } = entry;
  const what = domain === null ? action : `${action} ${domain}`;
  return [at, actor, what, rule, userId, organizationId, connection, subject, holder];
}
