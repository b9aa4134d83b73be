import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CONFIG = fileURLToPath(new URL("store-suites.vitest.config.ts", import.meta.url));

const report = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Runs the tests of the server's stores on the table of the template, in a process of their own. */
export async function runStoreSuites(): Promise<{ passed: number; failed: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "store-suites-"));
  const outputFile = join(folder, "report.json");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = ["run", "--config", CONFIG, "--reporter=json", `--outputFile=${outputFile}`];
  try {
    // A failure is in the report. Without a report, reading it fails.
    await promisify(execFile)(process.execPath, [vitest, ...args], { cwd: ROOT }).catch(() => {});
    const { numPassedTests, testResults } = report.parse(JSON.parse(readFileSync(outputFile, "utf8")));
    const failed = testResults.flatMap(({ name, status, message, assertionResults }) => {
      const tests = assertionResults.filter((test) => test.status === "failed");
      return status === "passed" ? [] : [`${name}: ${message}`, ...tests.map(({ fullName }) => fullName)];
    });
    return { passed: numPassedTests, failed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
