import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";

/** Runs programs in one folder. */
export interface Commands {
  /** @throws its last lines of output if it fails or the release is interrupted */
  run(file: string, ...args: readonly string[]): Promise<string>;
  pnpm(...args: readonly string[]): Promise<string>;
}

const SHOWN_LINES = 30;

/** The pnpm that runs this script, or else the one that npx finds. */
const { npm_execpath: runner = "" } = process.env;
const PNPM: readonly [file: string, ...args: string[]] =
  basename(runner) === "pnpm" ? [runner] : ["npx", "-y", "pnpm@12"];

/** Without a signal nothing interrupts the programs: Ctrl+C in a terminal does not reach their process groups. */
export function commandsIn(cwd: string, signal?: AbortSignal): Commands {
  const run = async (file: string, ...args: readonly string[]) => {
    signal?.throwIfAborted();
    const child = spawn(file, args, {
      cwd,
      detached: signal === undefined,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text) => {
        output[name] += text;
      });
    const interrupt = () => {
      child.kill();
      // What the program has started may outlive it, and keep these open.
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    };
    signal?.addEventListener("abort", interrupt);
    const [exitCode] = await once(child, "close").finally(() =>
      signal?.removeEventListener("abort", interrupt),
    );
    signal?.throwIfAborted();
    if (exitCode === 0) return output.stdout;
    const lines = `${output.stdout}${output.stderr}`.trimEnd().split("\n").slice(-SHOWN_LINES);
    throw new Error(`${[basename(file), ...args].join(" ")} failed:\n${lines.join("\n")}`);
  };
  return { run, pnpm: (...args) => run(...PNPM, ...args) };
}
