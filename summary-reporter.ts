import type { Reporter, TestModule } from "vitest/node";

/** What a skipped suite needs, at the end of its name. */
const HOW_TO_GET = /\((apt-get install|run it as root|.*npx ).*\)$/;

/** Ends the output with a line for each suite that needs something else, and a one-line summary. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state] += 1;
        if (state === "skipped" && HOW_TO_GET.test(test.fullName))
          process.stdout.write(`skipped: ${test.fullName}\n`);
      }
      if (module.state() === "failed" && module.errors().length > 0) counts.failed += 1;
    }
    const { passed, failed, skipped } = counts;
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
