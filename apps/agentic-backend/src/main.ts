import { readConfig } from "./config.ts";
import { createRunsTable } from "./runs-table.ts";
import { serveAgenticBackend } from "./serve.ts";

/** Serves, or with `table create` creates the table. */
try {
  const config = readConfig();
  const command = process.argv.slice(2).join(" ");
  if (command === "table create") await createRunsTable(config);
  else if (command !== "") throw new Error("usage: agentic-backend [table create]");
  else {
    const { stop } = await serveAgenticBackend(config);
    // Not `once`: a second signal must not end a process that is shutting down.
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
