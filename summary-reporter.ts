import type { Reporter, TestCase, TestModule } from "vitest/node";

/** What a skipped suite needs, at the end of its name. */
const HOW_TO_GET = /\((apt-get install|run it as root|.*npx ).*\)$/;
const LONGEST = 5;

/**
 * Ends the output with a line for each of the longest files, each suite that needs something else, and each failure,
 * and with a one-line summary.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const tests: string[] = [];
    const failures = errors.map(({ message }) => failure("outside of a test", message));
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        counts[state] += 1;
        if (state === "skipped" && HOW_TO_GET.test(test.fullName)) tests.push(`skipped: ${test.fullName}`);
        if (state === "failed") tests.push(failure(named(test), errors[0]?.message));
      }
      if (module.state() !== "failed") continue;
      failures.push(...module.errors().map(({ message }) => failure(module.relativeModuleId, message)));
    }
    counts.failed += failures.length;
    for (const line of [...longest(modules), ...tests, ...failures]) process.stdout.write(`${line}\n`);
    const { passed, failed, skipped } = counts;
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}

function named(test: TestCase): string {
  const seconds = Math.round((test.diagnostic()?.duration ?? 0) / 1_000);
  return `${test.module.relativeModuleId}: ${test.fullName} (${seconds} s)`;
}

function failure(where: string, message = ""): string {
  return `failed: ${where}: ${message.split("\n", 1)[0]}`;
}

function longest(modules: readonly TestModule[]): string[] {
  return modules
    .map((module) => ({ module, seconds: Math.round(module.diagnostic().duration / 1_000) }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, LONGEST)
    .map(({ module, seconds }) => `${seconds} s: ${module.relativeModuleId}`);
}
