import { readConfig } from "./config.ts";
import { serveAgenticBackend } from "./serve.ts";

try {
  const { stop } = await serveAgenticBackend(readConfig());
  // Not `once`: a second signal must not end a process that is shutting down.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
