import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type Page, shownPattern } from "./page.ts";

/** Where the lines of a page run. */
export interface World {
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The page's lines as they run here, such as with other ports. */
  readonly here?: (lines: string) => string;
  /** Makes equal what differs from run to run, in what the page shows and in what is printed. */
  readonly alike?: (text: string) => string;
}

/** One bash, which ends at the first command that fails. */
export interface Shell {
  /** @returns what the lines print, on both outputs @throws with it when a command fails */
  run(lines: string): Promise<string>;
  /** Runs the lines of a part of a page, and expects what it shows below them. @returns all that is printed */
  follow(part: Page): Promise<string>;
  /** Ends the shell with everything that it has started in the background. */
  close(): Promise<void>;
}

/** No command of a page takes as long, even on a busy machine. */
const LONGEST_MS = 400_000;

export function openShell({ folder, env = process.env, here = same, alike = same }: World): Shell {
  const scripts = mkdtempSync(join(tmpdir(), "lines-"));
  const done = `done-${Math.random()}`;
  // A group of its own: a process in the background is in it as well.
  const bash = spawn("bash", ["-euo", "pipefail"], { cwd: folder, env, detached: true, timeout: LONGEST_MS });
  const closed = once(bash, "close");
  let output = "";
  let arrived = Promise.withResolvers<void>();
  for (const stream of [bash.stdout, bash.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
      arrived.resolve();
    });
  bash.stdin.on("error", () => {}); // it has ended, which `run` reports
  bash.stdin.write("exec 2>&1\n");

  async function run(lines: string): Promise<string> {
    output = "";
    const script = join(scripts, "lines.sh");
    writeFileSync(script, here(lines));
    bash.stdin.write(`. '${script}' </dev/null; echo '${done}'\n`);
    while (!output.endsWith(`${done}\n`)) {
      arrived = Promise.withResolvers();
      const status = await Promise.race([arrived.promise, closed]);
      if (status !== undefined) throw new Error(`${lines}\nended with ${status}:\n${output.slice(-6_000)}`);
    }
    return output.slice(0, -done.length - 1);
  }

  async function follow({ blocks }: Page): Promise<string> {
    let all = "";
    let printed = "";
    for (const { language, text } of blocks) {
      if (language === "sh") printed += await run(text);
      if (language !== "json") continue;
      const answers = printed.split("\n").filter((line) => /^[{[]/.test(line));
      expectShown(answers.join("\n"), text, alike);
      all += printed;
      printed = "";
    }
    return all + printed;
  }

  async function close(): Promise<void> {
    if (bash.pid !== undefined && bash.exitCode === null) process.kill(-bash.pid, "SIGTERM");
    await closed;
    rmSync(scripts, { recursive: true });
  }
  return { run, follow, close };
}

function same(text: string): string {
  return text;
}

/** Expects the lines that a page shows. */
export function expectShown(printed: string, shown: string, alike: World["alike"] = same): void {
  const linesOf = (text: string) => alike(text.replace(/\n$/, "")).split("\n");
  const patterns = linesOf(shown).map((line) => expect.stringMatching(shownPattern(line)));
  expect(linesOf(printed), `what the page shows: ${shown}`).toEqual(patterns);
}

/** Runs lines in a shell of their own. @throws with what they have printed when a command fails */
export async function runLines(lines: string, world: World): Promise<string> {
  const shell = openShell(world);
  return shell.run(lines).finally(shell.close);
}
