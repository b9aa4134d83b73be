import { readEnvironment } from "./environment.ts";
import { serveFrontend } from "./serve.ts";

/** How long an answer that is being sent may take after SIGTERM. */
const GRACE_MS = 8_000;

/** The same format as the log of the services. */
const log = (level: string, fields: Record<string, string>) =>
  process.stdout.write(
    `${JSON.stringify({ level, service: "frontend", time: new Date().toISOString(), ...fields })}\n`,
  );

// It serves on when its log cannot be written, for example to a full disk.
process.stdout.on("error", () => {});

// Before anything else: the first process of a container ignores a signal that it does not handle.
const stopped = new Promise<void>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve());
});
try {
  const { url, close } = await serveFrontend(readEnvironment(process.env));
  log("info", { url, msg: "listening" });
  await stopped;
  await close(GRACE_MS);
  log("info", { msg: "stopped" });
} catch (error) {
  log("fatal", { msg: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
