import type { AuditEntry, OrganizationId } from "@platform-api/server/domain";
import type { Command } from "commander";
import { parseInstant, toOrganizationId } from "../../terminal/arguments.ts";
import { jsonText, type Terminal, tableInParts, UsageError } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import { describeAction } from "./action.ts";
import { addPageOptions, listPage, type PageOptions, refusePageOptions } from "./page.ts";

const DEFAULT_PERIOD_MS = 30 * 24 * 3_600_000;
/** So many entries are in memory beside what is read, and their columns are as wide as the widest of them. */
const PRINTED_AT_ONCE = 1_000;

export function addAuditCommands(program: Command, terminal: Terminal): void {
  const list = program
    .command("audit")
    .description("changes of identities, memberships and organizations, and identity conflicts")
    .command("list")
    .argument("[organization]", "a page of its entries, as its admins see them", toOrganizationId)
    .description("list the entries, oldest first; or a page of an organization's, newest first")
    .option("--since <time>", "ISO time or date (default: 30 days ago; of an organization: everything)")
    .option("--json", "print JSON")
    .option("--organization <id>", "the same as the argument", toOrganizationId);
  addPageOptions(list).action((argument: OrganizationId | undefined, options: PageOptions) => {
    const { organization = argument } = options;
    if (argument !== undefined && organization !== argument)
      throw new UsageError(`${argument} and --organization ${organization} contradict each other`);
    if (organization !== undefined) return listPage(organization, options, terminal);
    refusePageOptions(options);
    return listAll(options, terminal);
  });
}

async function listAll({ since: from, json }: PageOptions, terminal: Terminal): Promise<void> {
  const until = new Date();
  const since =
    from === undefined ? new Date(until.getTime() - DEFAULT_PERIOD_MS) : parseInstant("--since", from);
  // However long it takes altogether: the table's own deadline bounds each request.
  const { signal } = new AbortController();
  await withStores(terminal, ({ audit }) => {
    const entries = audit.list({ since, until }, signal);
    return json ? printJson(entries, terminal) : printTable(entries, since, terminal);
  });
}

/** `{ "entries": [ … ] }`, as it is read. After a failure it does not parse, so that nobody takes a part for the whole. */
export async function printJson(entries: AsyncIterable<AuditEntry>, { out }: Pick<Terminal, "out">) {
  let before = '{"entries":[';
  for await (const some of inParts(entries)) {
    out(`${before}${some.map(jsonText).join(",")}`);
    before = ",";
  }
  out(before === "," ? "]}\n" : `${before}]}\n`);
}

export async function printTable(
  entries: AsyncIterable<AuditEntry>,
  since: Date,
  { out }: Pick<Terminal, "out">,
) {
  const format = tableInParts(HEADINGS);
  let isEmpty = true;
  for await (const some of inParts(entries)) {
    out(format(some.map(toRow)));
    isEmpty = false;
  }
  if (isEmpty) out(`Nothing since ${since.toISOString()}.\n`);
}

async function* inParts(entries: AsyncIterable<AuditEntry>): AsyncGenerator<readonly AuditEntry[]> {
  let part: AuditEntry[] = [];
  for await (const entry of entries) {
    part.push(entry);
    if (part.length < PRINTED_AT_ONCE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

const HEADINGS =
  "AT  BY  VIA  ACTION  RULE  USER ID  ORGANIZATION  CONNECTION  SUBJECT  SEAT HELD BY  BATCH".split("  ");

function toRow(entry: AuditEntry) {
  const { at, actor, via, userId, organizationId, connection, subject, holder, batchId } = entry;
  const rule = entry.rule ?? entry.source;
  const by = [at, actor, via, describeAction(entry), rule, userId];
  return [...by, organizationId, connection, subject, holder, batchId];
}
