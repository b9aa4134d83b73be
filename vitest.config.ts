import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { SummaryReporter } from "./summary-reporter.ts";
import projects from "./vitest.workspace.ts";

/** Files that take longest. They start first, so that no worker waits alone at the end. */
const LONGEST = [
  "browser/browser",
  "browser/console",
  "browser/kept-out",
  "matrix/more",
  "matrix/matrix",
  "release/release",
  "upgrade/upgrade",
  "readme/readme",
  "release/short-releases",
  "monitor/live",
  "deploy/deploy-page",
  "faults/log",
  "sdk-package/package",
  "organizations/self-service-faults",
  "upgrade/restore",
  "openapi/docs-page",
  "endure/endure",
  "start/start",
  "images/images",
  "monitor/rules",
  "cost/spared-requests",
  "metrics/canaries",
  "staleness/staleness",
  "faults/directory",
  "faults/store",
  "faults/keys",
  "faults/memory",
  "faults/properties",
];

/** The order of the tests. */
class LongestFirst extends BaseSequencer {
  /**
   * The longest files first. Then the files of a project and an environment follow each other, because Vitest ends a worker
   * when the next file has another one, and a new worker loads all modules again.
   */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const names = [...new Set(sorted.map(({ project }) => project.name))];
    const position = (file: TestSpecification) =>
      (rankOf(file) * names.length + names.indexOf(file.project.name)) * 2 + needsDocument(file);
    return sorted
      .map((file) => ({ file, position: position(file) }))
      .sort((a, b) => a.position - b.position)
      .map(({ file }) => file);
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return index === -1 ? LONGEST.length : index;
}

function needsDocument({ moduleId }: TestSpecification): number {
  return Number(readFileSync(moduleId, "utf8").startsWith("// @vitest-environment"));
}

export default defineConfig({
  // Tests mostly wait for processes, deadlines and databases.
  test: {
    maxWorkers: 3,
    projects,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", new SummaryReporter()],
  },
});
