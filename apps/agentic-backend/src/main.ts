import { readConfig } from "./config.ts";
import { createRunsTable } from "./runs-table.ts";
import { serveAgenticBackend } from "./serve.ts";

// Before anything else: the first process of a container ignores a signal that it does not handle. A second one must not
// end a process that is shutting down.
const asked = new Promise<"asked">((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve("asked"));
});

/** Serves, or with `table create` creates the table. */
try {
  const config = readConfig();
  const command = process.argv.slice(2).join(" ");
  if (command === "table create") {
    if ((await Promise.race([createRunsTable(config), asked])) === "asked") process.exit(1);
  } else if (command !== "") throw new Error("usage: agentic-backend [table create]");
  else {
    const { stop } = await serveAgenticBackend(config);
    await asked;
    await stop();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

// What the reader of the log has not read must not keep the process alive.
setTimeout(() => process.exit(), 500).unref();
