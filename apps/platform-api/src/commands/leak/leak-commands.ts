import { createHash } from "node:crypto";
import type { LeakSource } from "@platform-api/leak";
import type { Command } from "commander";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { addStoreOptions, openResolve, openSource, type StoreOptions, withLeak } from "./leak-store.ts";
import { addRepairCommands } from "./repair-commands.ts";
import { scanWords } from "./scan-report.ts";

export function addLeakCommands(program: Command, terminal: Terminal): void {
  const leak = program
    .command("leak")
    .description(
      "subjects that another system's database stored as user ids: find them, and put UUIDs in their place",
    );
  addScanCommand(leak, terminal);
  addRepairCommands(leak, terminal);
}

interface ScanOptions extends StoreOptions {
  readonly state?: string;
  readonly role?: true;
  readonly json?: true;
}

function addScanCommand(leak: Command, terminal: Terminal): void {
  const command = leak
    .command("scan")
    .description(
      "read a whole store, and count the subjects in it by column, and whose they are; changes nothing",
    );
  addStoreOptions(command, true)
    .option("--state <file>", "where it goes on after a stop (default: leak-scan-<store>.json, here)")
    .option("--role", "print the SQL of a role that may do this on PostgreSQL, and nothing else")
    .option("--json", "print JSON")
    .action((options: ScanOptions) => {
      return options.role ? printRole(options, terminal) : scan(options, terminal);
    });
}

/** Which schemas a scan looks at without --schema is known by the database alone. */
function printRole({ schema, postgres }: ScanOptions, terminal: Terminal): Promise<void> {
  return withLeak(terminal, async ({ leak }) => {
    const schemas = schema ?? (postgres === undefined ? null : await leak.schemasOf(postgres));
    if (schemas === null)
      terminal.out("-- of the schema public alone: --postgres or --schema says which ones are scanned\n");
    terminal.out(`${leak.readingRole(schemas ?? ["public"])}\n`);
  });
}

function scan(options: ScanOptions, terminal: Terminal): Promise<void> {
  return withLeak(terminal, async (run) => {
    const { resolve, unresolved, close } = openResolve(terminal);
    const source = await openSource(options, run);
    const stateFile = options.state ?? stateName(source.catalog);
    try {
      const report = await run.leak.scan({
        source,
        rule: run.rule,
        resolve,
        stateFile,
        onProgress: run.progress.report,
        onResumed: (rows, begunAt) => {
          const age = run.leak.ageWords(begunAt);
          terminal.err(
            `goes on after ${rows.toLocaleString("en-US")} rows, where ${stateFile} says it stopped; it was begun ${age} ago\n`,
          );
        },
        signal: run.signal,
      });
      run.progress.end();
      if (report === null) {
        throw new CommandFailure(`stopped. Run the same command again: it goes on from ${stateFile}`);
      }
      print({ ...report, unresolved }, scanWords(report, unresolved), options.json, terminal);
      if (report.subjects === 0) return;
      throw new CommandFailure(
        "subjects stand where UUIDs belong: `platform-api leak plan` says which of them can be replaced",
      );
    } finally {
      close();
      await source.close();
    }
  });
}

/** A copy of a database has another file, whatever else is the same. */
function stateName({ fingerprint, place }: LeakSource["catalog"]): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([fingerprint, place]))
    .digest("hex");
  return `leak-scan-${hash.slice(0, 8)}.json`;
}
