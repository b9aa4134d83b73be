import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const SERVE = fileURLToPath(new URL("serve.ts", import.meta.url));
const READY_WITHIN_MS = 15_000;

interface PlatformProcessOptions {
  /** The file for its log. */
  readonly logFile: string;
  /** Aborts the start and kills the process. */
  readonly signal: AbortSignal;
}

/**
 * Starts platform-api in its own process, configured by its environment alone, as in production.
 * @throws when it exits or is not ready in time (see `logFile`), or the signal's reason when that is aborted
 */
export async function startPlatformApi(
  environment: Readonly<Record<string, string>>,
  { logFile, signal }: PlatformProcessOptions,
) {
  const log = openSync(logFile, "w");
  // Detached, so that Ctrl-C reaches only this process, which stops its services in order.
  const child = spawn(process.execPath, [SERVE], {
    env: environment,
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
  });
  closeSync(log);
  const ended = once(child, "exit");
  try {
    await untilReady(child, `http://${environment.HOST}:${environment.PORT}/readyz`, { logFile, signal });
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    throw error;
  }
  return {
    /** Settles when the process has exited. */
    ended,
    /** Drains the process and waits until it has exited. */
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

async function untilReady(child: ChildProcess, url: string, options: PlatformProcessOptions): Promise<void> {
  const { logFile, signal } = options;
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`platform-api exited: ${problemsIn(logFile)}see ${logFile}`);
    }
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
  throw new Error(`platform-api was not ready within ${READY_WITHIN_MS / 1_000} s: see ${logFile}`);
}

const cannotServe = z.object({ problems: z.array(z.string()) });

/** What a process that cannot serve has logged of its environment, to stand before another part of a sentence. */
function problemsIn(logFile: string): string {
  const lines = readFileSync(logFile, "utf8").split("\n");
  const fatal = lines.filter((line) => line.startsWith('{"level":"fatal"'));
  const problems = fatal.flatMap((line) => cannotServe.safeParse(JSON.parse(line)).data?.problems ?? []);
  return problems.map((problem) => `${problem}; `).join("");
}
