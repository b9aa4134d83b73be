import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./summary-reporter.ts";
import projects from "./vitest.workspace.ts";

export default defineConfig({
  test: { projects, reporters: ["default", new SummaryReporter()] },
});
