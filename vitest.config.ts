import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./summary-reporter.ts";
import projects from "./vitest.workspace.ts";

export default defineConfig({
  // Tests mostly wait for processes, deadlines and databases.
  test: { maxWorkers: 3, projects, reporters: ["default", new SummaryReporter()] },
});
