import { readFileSync } from "node:fs";

const CHECK_MS = 500;

/**
 * Calls `stop` once a process has ended that pnpm or npx has started this one with. They run shells, which pass no signal
 * on: SIGTERM to npx or to pnpm's shell ends these processes alone, and this one would go on. Only where there is a `/proc`,
 * this one notices what becomes of npx.
 */
export function onceOrphaned(stop: () => void, env: NodeJS.ProcessEnv): void {
  const launchers = launchersIn(env);
  const began = ancestors(launchers).join();
  const check = setInterval(() => {
    if (ancestors(launchers).join() === began) return;
    clearInterval(check);
    stop();
  }, CHECK_MS);
  check.unref();
}

/** How many processes above this one belong to it: pnpm's shell; and where npx runs pnpm, pnpm and npm's shell. */
function launchersIn({ npm_lifecycle_event: script, npm_execpath: pnpm = "" }: NodeJS.ProcessEnv): number {
  if (script !== "start" && script !== "stand-ins") return 0;
  return pnpm.includes("/_npx/") ? 3 : 1;
}

function ancestors(count: number): readonly number[] {
  const found: number[] = [];
  for (let pid = process.ppid; found.length < count; pid = parentOf(pid)) found.push(pid);
  return found;
}

/** 0 where it is not known. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(parent);
  } catch {
    return 0;
  }
}
