import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../platform-api/src/main.ts", import.meta.url));
const READY_WITHIN_MS = 15_000;

/** platform-api as the process that it is in production, configured by its environment alone. */
export interface PlatformProcess {
  /** Settles when the process has ended. */
  readonly ended: Promise<unknown>;
  /** Lets it drain, and waits for its end. */
  stop(): Promise<void>;
}

/** @throws when it is not ready in time, or ends; `logFile` then says why */
export async function startPlatformApi(
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<PlatformProcess> {
  const log = openSync(logFile, "w");
  // Detached: Ctrl-C is for this process, which ends its parts in order.
  const child = spawn(process.execPath, [MAIN, "serve"], {
    env: environment,
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  const ended = once(child, "exit");
  await untilReady(child, `http://${environment.HOST}:${environment.PORT}/readyz`, logFile);
  return {
    ended,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`platform-api ended: ${logFile} says why`);
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`platform-api was not ready within ${READY_WITHIN_MS / 1_000} s: ${logFile} says why`);
}
