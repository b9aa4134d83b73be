import type { TableCreation } from "@platform-api/server/adapters";
import type { Command } from "commander";
import { withStores } from "./store-command.ts";
import { print, type Terminal } from "./terminal.ts";

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
