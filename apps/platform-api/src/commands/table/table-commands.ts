import type { PlacedPage, TableCreation, TableFinding, VerifiedPage } from "@platform-api/server/adapters";
import type { Command } from "commander";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { WHOLE_TABLE_MS, withStores } from "../store-command.ts";

const PROGRESS_EVERY_MS = 2_000;
/** The first ones; a table with more of them was not restored, but damaged. */
const MAX_FINDINGS = 1_000;

export function addTableCommands(program: Command, terminal: Terminal): void {
  const table = program.command("table").description("the DynamoDB table");
  table
    .command("create")
    .description("create the table if it does not exist, and protect it from deletion and data loss")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const { name, creation } = await withStores(terminal, async ({ table }, signal) => {
        return { name: table.name, creation: await table.create(signal) };
      });
      print({ table: name, ...creation }, describeCreation(name, creation), json, terminal);
    });
  table
    .command("verify")
    .description(
      "read the whole table, and compare organizations with their owners, domains, connections and Auth0 ids, links with seats, and invitations with memberships, audit entries and counts; changes nothing",
    )
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const { name, verification } = await withStores(
        terminal,
        async ({ table }, signal) => ({
          name: table.name,
          verification: await verified(table.verify(signal), terminal),
        }),
        WHOLE_TABLE_MS,
      );
      print({ table: name, ...verification }, describeVerification(name, verification), json, terminal);
      if (verification.problems > 0)
        throw new CommandFailure("the table contradicts itself: see docs/back-up-and-upgrade.md");
    });
  addPlaceCommand(table, terminal);
}

/** The fix of what `table verify` finds of members in lists and searches, beside `serve`. */
function addPlaceCommand(table: Command, terminal: Terminal): void {
  table
    .command("place-members")
    .description(
      "fix what `table verify` finds of members in lists and searches: writes what is missing, and removes what follows from no membership",
    )
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const { name, ...done } = await withStores(
        terminal,
        async ({ table }, signal) => ({
          name: table.name,
          ...(await placed(table.placeMembers(signal), terminal)),
        }),
        WHOLE_TABLE_MS,
      );
      const words = `Table ${name}: ${done.items} items read, ${done.placed} members placed, ${done.removed} places of nobody removed.\n`;
      print({ table: name, ...done }, words, json, terminal);
    });
}

async function placed(pages: AsyncIterable<PlacedPage>, { err }: Terminal): Promise<PlacedPage> {
  const done = { items: 0, placed: 0, removed: 0 };
  let reportedAt = Date.now();
  for await (const page of pages) {
    for (const field of ["items", "placed", "removed"] as const) done[field] += page[field];
    if (Date.now() - reportedAt < PROGRESS_EVERY_MS) continue;
    reportedAt = Date.now();
    err(`${done.items} items read, ${done.placed} members placed\n`);
  }
  return done;
}

/** What the whole table came to. */
interface Verification {
  readonly items: number;
  /** How many there are, of which the findings are the first. */
  readonly problems: number;
  readonly findings: readonly TableFinding[];
}

/** Reports the progress now and then. */
async function verified(pages: AsyncIterable<VerifiedPage>, { err }: Terminal): Promise<Verification> {
  const findings: TableFinding[] = [];
  let items = 0;
  let problems = 0;
  let reportedAt = Date.now();
  for await (const page of pages) {
    items += page.items;
    problems += page.findings.length;
    findings.push(...page.findings.slice(0, MAX_FINDINGS - findings.length));
    if (Date.now() - reportedAt < PROGRESS_EVERY_MS) continue;
    reportedAt = Date.now();
    err(`${items} items verified, ${problems} ${problems === 1 ? "problem" : "problems"} found\n`);
  }
  return { items, problems, findings };
}

/** One line for each finding, and a sum. */
export function describeVerification(name: string, { items, problems, findings }: Verification): string {
  const lines = findings.map(({ pk, sk, problem }) => `${pk} ${sk}: ${problem}`);
  if (problems > findings.length) lines.push(`… and ${problems - findings.length} more`);
  const found = problems === 1 ? "1 problem" : `${problems} problems`;
  return `${[...lines, `Table ${name}: ${items} items verified, ${found} found.`].join("\n")}\n`;
}

/** The outcome in words, one line for each kind of change. */
export function describeCreation(name: string, { created, switchedOn, unsupported }: TableCreation): string {
  const lines = [created ? `Created table ${name}.` : `Table ${name} exists already.`];
  if (!created && switchedOn.length > 0) lines.push(`Switched on: ${switchedOn.join(", ")}.`);
  if (unsupported.length > 0) {
    lines.push(`This store has ${unsupported.map((setting) => `no ${setting}`).join(" and ")}.`);
  }
  return `${lines.join("\n")}\n`;
}
