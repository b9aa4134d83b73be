import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";

/** What a skipped suite needs, at the end of its name. */
const HOW_TO_GET = /\((apt-get install|run it as root|.*npx ).*\)$/;
/** How many files to name. */
const LONGEST_FILES = 5;

/**
 * Ends the output with a line for each of the longest files, each suite that needs something else, and each failure,
 * and with a one-line summary. What fails outside of a test, such as a hook, is counted as a failed test.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const lines = longest(modules);
    const addFailure = (where: string, message = "") =>
      lines.push(`failed: ${[where, message].map(firstLine).join(": ")}`);
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, errors: [error] = [] } = test.result();
        counts[state] += 1;
        if (state === "skipped" && HOW_TO_GET.test(test.fullName)) lines.push(`skipped: ${test.fullName}`);
        if (state === "failed") addFailure(nameOf(test), error?.message);
      }
      for (const suite of [module, ...module.children.allSuites()])
        for (const { message } of suite.errors()) {
          counts.failed += 1;
          addFailure(
            suite.type === "module" ? fileOf(module) : `${fileOf(module)}: ${suite.fullName}`,
            message,
          );
        }
    }
    for (const { message } of errors) {
      counts.failed += 1;
      addFailure("outside of every file", message);
    }
    for (const line of lines) process.stdout.write(`${line}\n`);
    const { passed, failed, skipped } = counts;
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}

function fileOf({ moduleId }: TestModule): string {
  return relative(process.cwd(), moduleId);
}

function nameOf(test: TestCase): string {
  const seconds = Math.round((test.diagnostic()?.duration ?? 0) / 1_000);
  return `${fileOf(test.module)}: ${test.fullName} (${seconds} s)`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function longest(modules: readonly TestModule[]): string[] {
  return modules
    .map((module) => ({ module, seconds: Math.round(module.diagnostic().duration / 1_000) }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, LONGEST_FILES)
    .map(({ module, seconds }) => `${seconds} s: ${fileOf(module)}`);
}
