import { closeSync, openSync, writeSync } from "node:fs";
import { createRunsTable, readConfig, serveAgenticBackend } from "@platform-api/agentic-backend";
import type { StartConfig } from "./config.ts";
import { agenticBackendEnvironment } from "./environment.ts";

/** Starts agentic-backend and its table inside this process. @returns a function that stops it */
export async function startAgenticBackend(
  config: StartConfig,
  logFile: string,
): Promise<() => Promise<void>> {
  const own = readConfig(agenticBackendEnvironment(config));
  await createRunsTable(own);
  const log = openSync(logFile, "w");
  const { stop } = await serveAgenticBackend(own, { write: (line) => writeSync(log, line) });
  return async () => {
    await stop();
    closeSync(log);
  };
}
