import {
  createTable,
  speakersUpgrade,
  type TableCreation,
  type UpgradeOutcome,
  type UpgradeProgress,
  upgradeTable,
} from "@platform-api/server/adapters";
import type { Command } from "commander";
import { withTable } from "./store-command.ts";
import type { Terminal } from "./terminal.ts";

/** A table may hold millions of items. */
const UPGRADE_DEADLINE_MS = 24 * 3_600_000;
const PROGRESS_EVERY_MS = 2_000;

export function addTableCommands(program: Command, terminal: Terminal): void {
  const { env, out } = terminal;
  const table = program.command("table").description("the DynamoDB table");
  table
    .command("create")
    .description("create the table unless it exists, and protect it from deletion and loss")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const [creation, name] = await withTable(env, async (table, signal) => {
        return [await createTable(table, signal), table.options.table];
      });
      out(json ? `${JSON.stringify({ table: name, ...creation })}\n` : describeCreation(name, creation));
    });
  table
    .command("upgrade")
    .description(
      "bring what an old version stored up to date; may be run at any time, and goes on where it stopped",
    )
    .option("--last", "the last process of the old version has ended: this run completes the upgrade")
    .option("--json", "print JSON")
    .action(({ last, json }: { last?: true; json?: true }) =>
      upgrade({ last: last === true, json: json === true }, terminal),
    );
}

async function upgrade(
  { last, json }: { last: boolean; json: boolean },
  { env, out, err }: Terminal,
): Promise<void> {
  let toldAt = Date.now();
  const outcome = await withTable(
    env,
    (table, signal, { AUTH0_OTHER_STRATEGIES }) => {
      const onProgress = ({ seen, changed }: UpgradeProgress) => {
        if (Date.now() - toldAt < PROGRESS_EVERY_MS) return;
        toldAt = Date.now();
        err(`${seen} items seen, ${changed} changed\n`);
      };
      const steps = [speakersUpgrade(table, AUTH0_OTHER_STRATEGIES)];
      return upgradeTable(table, steps, { last, onProgress }, signal);
    },
    UPGRADE_DEADLINE_MS,
  );
  out(json ? `${JSON.stringify(outcome)}\n` : describe(outcome));
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

/** The outcome in words, a line for each kind of thing. */
export function describeCreation(name: string, { created, switchedOn, unsupported }: TableCreation): string {
  const lines = [created ? `Created table ${name}.` : `Table ${name} exists already.`];
  if (!created && switchedOn.length > 0) lines.push(`Switched on: ${switchedOn.join(", ")}.`);
  if (unsupported.length > 0) {
    lines.push(`This store has ${unsupported.map((protection) => `no ${protection}`).join(" and ")}.`);
  }
  return `${lines.join("\n")}\n`;
}
