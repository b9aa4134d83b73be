import { spawn } from "node:child_process";

export type Environment = Record<string, string>;

export interface Outcome {
  readonly works: boolean;
  /** What the command wrote to stdout and stderr. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Environment;
  /** Default: two minutes. */
  readonly timeoutMs?: number;
}

/** Runs a command, and ends it with all processes it started when it takes too long. */
export async function run(command: readonly string[], options: RunOptions): Promise<Outcome> {
  const { cwd, env, timeoutMs = 120_000 } = options;
  const [file = "", ...args] = command;
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const endAll = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // They have ended by themselves.
    }
  };
  const timer = setTimeout(() => {
    output += `\nended after ${timeoutMs / 1_000} s\n`;
    endAll();
  }, timeoutMs);
  process.once("exit", endAll);
  const works = await new Promise<boolean>((resolve) => {
    child.once("error", (error) => {
      output += `${error.message}\n`;
      resolve(false);
    });
    child.once("close", (status) => resolve(status === 0));
  });
  clearTimeout(timer);
  process.off("exit", endAll);
  endAll();
  return { works, output };
}
