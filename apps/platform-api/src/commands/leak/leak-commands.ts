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

async function printRole({ schema }: ScanOptions, { out }: Terminal): Promise<void> {
  const { readingRole } = await import("@platform-api/leak");
  out(`${readingRole(schema ?? ["public"])}\n`);
}

function scan(options: ScanOptions, terminal: Terminal): Promise<void> {
  return withLeak(terminal, async (run) => {
    const { resolve, unresolved, close } = openResolve(terminal);
    const source = await openSource(options, run);
    const stateFile = options.state ?? `leak-scan-${source.catalog.fingerprint.slice(0, 8)}.json`;
    try {
      const report = await run.leak.scan({
        source,
        rule: run.rule,
        resolve,
        stateFile,
        onProgress: run.progress.report,
        onResumed: (rows) => {
          terminal.err(
            `goes on after ${rows.toLocaleString("en-US")} rows, where ${stateFile} says it stopped\n`,
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
