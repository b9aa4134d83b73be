import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { SummaryReporter } from "./summary-reporter.ts";
import projects from "./vitest.workspace.ts";

/** Files that take longest. They start first, so that no worker waits alone at the end. */
const LONGEST = [
  "browser/browser",
  "browser/console",
  "deploy/deploy-page",
  "release/release",
  "images/images",
  "matrix/matrix",
  "start/start",
  "faults/memory",
  "readme/readme",
  "faults/properties",
  "upgrade/upgrade",
  "organizations/self-service-faults",
  "monitor/live",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index === -1 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
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
