import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./summary-reporter.ts";
import projects from "./vitest.workspace.ts";

export default defineConfig({
  // Much of the time is waiting: for processes, deadlines, databases.
  test: { maxWorkers: 2, projects, reporters: ["default", new SummaryReporter()] },
});
