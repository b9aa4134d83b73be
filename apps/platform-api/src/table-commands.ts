import { createTable } from "@platform-api/server/adapters";
import type { Command } from "commander";
import { withTable } from "./store-command.ts";
import type { Terminal } from "./terminal.ts";

export function addTableCommands(program: Command, { env, out }: Terminal): void {
  program
    .command("table")
    .description("the DynamoDB table")
    .command("create")
    .description("create the table, unless it exists")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const [created, name] = await withTable(env, async (table, signal) => {
        return [await createTable(table, signal), table.options.table];
      });
      if (json) out(`${JSON.stringify({ table: name, created })}\n`);
      else out(created ? `Created table ${name}.\n` : `Table ${name} exists already.\n`);
    });
}
