import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";

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

export function commandsIn(cwd: string, signal?: AbortSignal): Commands {
  const run = async (file: string, ...args: readonly string[]) => {
    signal?.throwIfAborted();
    try {
      const options = { cwd, maxBuffer: 64 * 1024 * 1024, ...(signal === undefined ? {} : { signal }) };
      return (await promisify(execFile)(file, args, options)).stdout;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Error && "stdout" in error && "stderr" in error)) throw error;
      const lines = `${error.stdout}${error.stderr}`.trimEnd().split("\n").slice(-SHOWN_LINES);
      throw new Error(`${[basename(file), ...args].join(" ")} failed:\n${lines.join("\n")}`, {
        cause: error,
      });
    }
  };
  return { run, pnpm: (...args) => run(...PNPM, ...args) };
}
