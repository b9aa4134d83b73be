/**
 * Makes a release: npx -y pnpm@12 run release <version> [--plan] [--without-images]. Commits and tags, and never pushes
 * or publishes. docs/release.md says how to use it.
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { commandsIn } from "./command.ts";
import { planRelease } from "./plan.ts";
import { stepsOn } from "./progress.ts";
import { makeRelease, outputOf } from "./release.ts";
import { describePlan, describeRest } from "./report.ts";
import { readRepositoryState } from "./repository-state.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const USAGE = "Usage: npx -y pnpm@12 run release <version> [--plan] [--without-images]";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => interruption.abort(new Error(`Interrupted by ${signal}.`)));
// Otherwise a closed terminal or pipe would end the process before it restores the files.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", () => interruption.abort(new Error("Interrupted because the output was closed.")));

interface Arguments {
  readonly version: string;
  readonly onlyPlan: boolean;
  readonly withImages: boolean;
}

function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { plan: { type: "boolean" }, "without-images": { type: "boolean" } },
  });
  const [version] = positionals;
  if (version === undefined || positionals.length > 1) throw new Error("Name one version.");
  return { version, onlyPlan: values.plan === true, withImages: values["without-images"] !== true };
}

async function main({ version, onlyPlan, withImages }: Arguments): Promise<void> {
  const commands = commandsIn(ROOT, interruption.signal);
  const state = await readRepositoryState(ROOT, commands);
  const plan = planRelease(state, { version, date: new Date().toISOString().slice(0, 10), withImages });
  if ("problems" in plan) {
    const problems = plan.problems.map((problem) => `- ${problem}`);
    throw new Error(["There is no release, and nothing was changed:", ...problems].join("\n"));
  }
  if (onlyPlan) {
    process.stdout.write(describePlan(plan, outputOf(plan)));
    return;
  }
  const tarballs = await makeRelease({ root: ROOT, plan, commands, step: stepsOn(process.stdout) });
  const files = tarballs.map(({ file }) => relative(ROOT, file));
  const summaries = tarballs.map(({ summary }) => `${summary}\n`);
  process.stdout.write(`${summaries.join("")}\n${describeRest(plan, files)}`);
}

function fail(exitCode: number, error: unknown, hint = ""): void {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${hint}`);
  process.exitCode = exitCode;
}

let given: Arguments | null = null;
try {
  given = readArguments();
} catch (error) {
  fail(2, error, `${USAGE}\n`);
}
if (given !== null) await main(given).catch((error: unknown) => fail(1, error));
