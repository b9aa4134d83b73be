import type { Reporter, TestCase, TestModule } from "vitest/node";
import { TITLES } from "./titles.ts";

declare module "vitest" {
  interface TaskMeta {
    /** A test's own summary, such as the number of vectors or the seed. */
    summary?: string;
  }
}

const UPSTREAMS: Readonly<Record<string, string>> = {
  directory: "directory",
  keys: "key set",
  store: "store",
};

/**
 * Prints each threat with its cases, each upstream fault with its answer, and the tests' own summaries. A threat
 * without a passing test fails the run.
 */
export class ThreatReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = Object.entries(TITLES).map(([id, title]) => {
      const cases = tests.filter(({ fullName }) => new RegExp(`\\b${id}\\b`).test(fullName));
      const failed = cases.filter((test) => test.result().state !== "passed").length;
      const outcome = cases.length === 0 ? "NO TEST" : failed > 0 ? `${failed} NOT PASSED` : "held";
      return [id, title, String(cases.length), outcome];
    });
    const lines = [
      ...table(["THREAT", "WHAT", "CASES", "OUTCOME"], rows),
      "",
      ...table(["UPSTREAM", "FAULT", "ANSWER", "OUTCOME"], tests.flatMap(faultRow)),
      "",
      ...tests.flatMap((test) => test.meta().summary ?? []),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
    if (rows.some(([, , , outcome]) => outcome !== "held")) process.exitCode = 1;
  }
}

/** Fault tests are named "… is 503 …: <fault>". */
function faultRow(test: TestCase): string[][] {
  const file = /faults\/(\w+)\.test\.ts$/.exec(test.module.moduleId)?.[1] ?? "";
  const upstream = UPSTREAMS[file];
  const [, answer, fault] = /\b(50[23])\b.*: ([^:]+)$/.exec(test.name) ?? [];
  if (upstream === undefined || answer === undefined || fault === undefined) return [];
  return [[upstream, fault, answer, test.result().state === "passed" ? "as it must" : "NOT PASSED"]];
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

// Vitest loads a reporter given on the command line by its default export.
// biome-ignore lint/style/noDefaultExport: see above
export default ThreatReporter;
