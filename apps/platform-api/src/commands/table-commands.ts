import type { TableCreation, UpgradeOutcome, UpgradeProgress } from "@platform-api/server/adapters";
import type { Command } from "commander";
import { withStores } from "./store-command.ts";
import { print, type Terminal } from "./terminal.ts";

/** A table may hold millions of items. */
const UPGRADE_DEADLINE_MS = 24 * 3_600_000;
const PROGRESS_EVERY_MS = 2_000;

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
    .command("upgrade")
    .description(
      "bring items that an older version stored up to date; safe to run at any time, and resumes where it stopped",
    )
    .option("--last", "complete the upgrade: the last process of the older version has ended")
    .option("--json", "print JSON")
    .action(async ({ last = false, json }: { last?: boolean; json?: true }) => {
      const outcome = await withStores(
        terminal,
        ({ table }, signal) => table.upgrade({ last, onProgress: progressReport(terminal) }, signal),
        UPGRADE_DEADLINE_MS,
      );
      print(outcome, describe(outcome), json, terminal);
    });
}

function progressReport({ err }: Terminal): (progress: UpgradeProgress) => void {
  let reportedAt = Date.now();
  return ({ seen, changed }) => {
    if (Date.now() - reportedAt < PROGRESS_EVERY_MS) return;
    reportedAt = Date.now();
    err(`${seen} items seen, ${changed} changed\n`);
  };
}

function describe({ seen, changed, resumed, complete, notes }: UpgradeOutcome): string {
  return [
    `${seen} ${seen === 1 ? "item" : "items"} seen${resumed ? ", from where the last run had stopped" : ""}; ${changed} changed.\n`,
    ...notes.map((note) => `${note}: see \`identity show\`\n`),
    complete
      ? "The table is up to date.\n"
      : "When the last process of the old version has ended, run it again with --last.\n",
  ].join("");
}

/** The outcome in words, one line for each kind of change. */
export function describeCreation(name: string, { created, switchedOn, unsupported }: TableCreation): string {
  const lines = [created ? `Created table ${name}.` : `Table ${name} exists already.`];
  if (!created && switchedOn.length > 0) lines.push(`Switched on: ${switchedOn.join(", ")}.`);
  if (unsupported.length > 0) {
    lines.push(`This store has ${unsupported.map((protection) => `no ${protection}`).join(" and ")}.`);
  }
  return `${lines.join("\n")}\n`;
}
