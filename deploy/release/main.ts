/**
 * Makes a release: npx -y pnpm@12 run release <version> [--plan] [--without-images]. Commits and tags, and never pushes
 * or publishes. docs/release.md says how to use it.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { commandsIn } from "./command.ts";
import { planRelease } from "./plan.ts";
import { stepsOn } from "./progress.ts";
import { makeRelease } from "./release.ts";
import { describePlan, describeRest } from "./report.ts";
import { readRepositoryState } from "./repository-state.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const USAGE = "Usage: npx -y pnpm@12 run release <version> [--plan] [--without-images]";

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
  const state = await readRepositoryState(ROOT, commandsIn(ROOT));
  const plan = planRelease(state, { version, date: new Date().toISOString().slice(0, 10), withImages });
  if ("problems" in plan) {
    const problems = plan.problems.map((problem) => `- ${problem}`);
    throw new Error(["There is no release, and nothing was changed:", ...problems].join("\n"));
  }
  if (onlyPlan) {
    process.stdout.write(describePlan(plan));
    return;
  }
  await makeRelease(ROOT, plan, stepsOn(process.stdout)).catch((error: Error) => {
    throw new Error(`${error.message}\nThe files, the branch and the tags are as before.`, { cause: error });
  });
  process.stdout.write(`\n${describeRest(plan)}`);
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
