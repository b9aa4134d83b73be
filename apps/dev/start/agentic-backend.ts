import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { createRunsTable, readConfig, serveAgenticBackend } from "@platform-api/agentic-backend";
import type { StartConfig } from "./config.ts";
import { agenticBackendEnvironment, trustEnvironment } from "./environment.ts";

/** Starts agentic-backend and its table inside this process. @returns a function that stops it */
export async function startAgenticBackend(
  config: StartConfig,
  logFile: string,
): Promise<() => Promise<void>> {
  const { NODE_EXTRA_CA_CERTS: certificate } = trustEnvironment(config);
  // For the token of its own. Node has read the variable when this process began.
  if (certificate !== undefined)
    setDefaultCACertificates([...getCACertificates(), readFileSync(certificate, "utf8")]);
  const own = readConfig(agenticBackendEnvironment(config));
  await createRunsTable(own);
  const log = openSync(logFile, "w");
  const { stop } = await serveAgenticBackend(own, { write: (line) => writeSync(log, line) });
  return async () => {
    await stop();
    closeSync(log);
  };
}
