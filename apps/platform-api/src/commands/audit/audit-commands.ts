import type { AuditEntry } from "@platform-api/server/domain";
import type { Command } from "commander";
import { parseInstant, toOrganizationId } from "../../terminal/arguments.ts";
import { formatTable, print, type Terminal } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import { describeAction } from "./action.ts";
import { addPageOptions, listPage, type PageOptions, refusePageOptions } from "./page.ts";

const DEFAULT_PERIOD_MS = 30 * 24 * 3_600_000;

export function addAuditCommands(program: Command, terminal: Terminal): void {
  const list = program
    .command("audit")
    .description("changes of identities, memberships and organizations, and identity conflicts")
    .command("list")
    .description("list the entries, oldest first; or a page of an organization's, as its admins see them")
    .option("--since <time>", "ISO time or date (default: 30 days ago; of an organization: everything)")
    .option("--json", "print JSON")
    .option("--organization <id>", "a page of its entries", toOrganizationId);
  addPageOptions(list).action((options: PageOptions) => {
    if (options.organization !== undefined) return listPage(options.organization, options, terminal);
    refusePageOptions(options);
    return listAll(options, terminal);
  });
}

async function listAll({ since: from, json }: PageOptions, terminal: Terminal): Promise<void> {
  const until = new Date();
  const since =
    from === undefined ? new Date(until.getTime() - DEFAULT_PERIOD_MS) : parseInstant("--since", from);
  const entries = await withStores(terminal, ({ audit }, signal) => audit.list({ since, until }, signal));
  const nothing = `Nothing since ${since.toISOString()}.\n`;
  const words = entries.length === 0 ? nothing : formatTable(HEADINGS, entries.map(toRow));
  print({ entries }, words, json, terminal);
}

const HEADINGS = "AT  BY  VIA  ACTION  RULE  USER ID  ORGANIZATION  CONNECTION  SUBJECT  SEAT HELD BY".split(
  "  ",
);

function toRow(entry: AuditEntry) {
  const { at, actor, via, rule, userId, organizationId, connection, subject, holder } = entry;
  return [at, actor, via, describeAction(entry), rule, userId, organizationId, connection, subject, holder];
}
