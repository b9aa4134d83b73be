import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";

/** Runs programs in one folder. */
export interface Commands {
  /** @throws its last lines of output if it fails */
  run(file: string, ...args: readonly string[]): Promise<string>;
  pnpm(...args: readonly string[]): Promise<string>;
}

const SHOWN_LINES = 30;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** The pnpm that runs this script, or else the one that npx finds. */
const { npm_execpath: runner = "" } = process.env;
const PNPM: readonly [file: string, ...args: string[]] =
  basename(runner) === "pnpm" ? [runner] : ["npx", "-y", "pnpm@12"];

export function commandsIn(cwd: string): Commands {
  const run = async (file: string, ...args: readonly string[]) => {
    const running = promisify(execFile)(file, args, { cwd, maxBuffer: MAX_OUTPUT_BYTES });
    running.child.stdin?.end();
    const { stdout } = await running.catch(({ message, stdout, stderr }) => {
      const output = `${stdout}${stderr}`.trimEnd() || message;
      const lines = output.split("\n").slice(-SHOWN_LINES);
      throw new Error(`${[basename(file), ...args].join(" ")} failed:\n${lines.join("\n")}`);
    });
    return stdout;
  };
  return { run, pnpm: (...args) => run(...PNPM, ...args) };
}
