import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { SummaryReporter } from "./summary-reporter.ts";
import projects from "./vitest.workspace.ts";

/** Files that take longest. They start first, so that no worker waits alone at the end. */
const LONGEST = [
  "browser/browser",
  "browser/console",
  "organizations/self-service-faults",
  "deploy/deploy-page",
  "release/undo",
  "release/short-releases",
  "release/release",
  "readme/readme",
  "images/images",
  "upgrade/restore",
  "staleness/staleness",
  "matrix/matrix",
  "start/start",
  "faults/directory",
  "faults/store",
  "faults/keys",
  "faults/memory",
  "faults/properties",
];

/** Vitest ends a worker when the next file is of another project or environment, and the new one loads all modules. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index === -1 ? LONGEST.length : index;
    };
    const needsDocument = ({ moduleId }: TestSpecification) =>
      Number(readFileSync(moduleId, "utf8").startsWith("// @vitest-environment"));
    const sorted = await super.sort(files);
    const projects = sorted.map(({ project }) => project);
    return sorted.sort(
      (a, b) =>
        rank(a) - rank(b) ||
        projects.indexOf(a.project) - projects.indexOf(b.project) ||
        needsDocument(a) - needsDocument(b),
    );
  }
}

export default defineConfig({
  // Tests mostly wait for processes, deadlines and databases.
  test: {
    maxWorkers: 4,
    projects,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", new SummaryReporter()],
  },
});
