import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "@platform-api/platform-api";
import { MAIN } from "../simulator/served-process.ts";

/** How a command ended: its exit status, or the signal that killed it, and what it wrote. */
export interface Ended {
  readonly status: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
}

export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `platform-api leak …` as a process of its own. */
export function startLeak(environment: Environment, folder: string, args: readonly string[]): Command {
  const child = spawn(process.execPath, [MAIN, "leak", ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (written.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (written.err += text));
  const ended = once(child, "close").then(([code, signal]) => ({ status: code ?? signal, ...written }));
  return { child, ended };
}

export interface Moment {
  /** After how many steps, and how many milliseconds later. */
  readonly steps: number;
  readonly laterMs: number;
  /** What happens to it halfway, such as a connection that is lost. */
  readonly halfway?: () => Promise<unknown>;
  readonly signal: NodeJS.Signals;
}

/**
 * Sends a command a signal at a moment.
 * @param place changes with each of its steps
 * @returns how it ended, perhaps before the moment
 */
export async function stoppedAt(
  command: Command,
  place: () => string | Promise<string>,
  { steps, laterMs, halfway, signal }: Moment,
): Promise<Ended> {
  let hasEnded = false;
  const ended = command.ended.finally(() => {
    hasEnded = true;
  });
  let last = await place();
  for (let made = 0; made < steps && !hasEnded; ) {
    await sleep(1);
    const next = await place();
    if (next !== last) {
      made += 1;
      if (made === Math.ceil(steps / 2)) await halfway?.();
    }
    last = next;
  }
  await Promise.race([ended, sleep(laterMs)]);
  command.child.kill(signal);
  return ended;
}

/** Changes when a file does. */
export function stateOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
