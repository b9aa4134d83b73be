import type { TestProjectConfiguration } from "vitest/config";

/** Files of a project share a worker's modules: loading them anew for each took as long as the tests themselves. */
const isolate = false;

/** What measures deadlines, or has fifty people come at once: these run when nothing else does, one after another. */
const ALONE = ["faults/**/*.test.ts", "platform/first-login.test.ts"];
const TOGETHER = ["!(faults|matrix)/**/!(first-login).test.ts"];

const contractTests = {
  root: "packages/contract-tests",
  isolate,
  globalSetup: "./postgres/one-server.ts",
  // A busy machine starts a database in ten seconds; what has a deadline states it in its test.
  testTimeout: 40_000,
  hookTimeout: 60_000,
};

/** The test projects; `vitest.config.ts` hands them to Vitest. */
const projects: TestProjectConfiguration[] = [
  { test: { name: "server", root: "packages/server", isolate } },
  { test: { name: "client", root: "packages/client", isolate } },
  { test: { name: "clj-client", root: "packages/clj-client", isolate } },
  { test: { name: "platform-api", root: "apps/platform-api", isolate } },
  { test: { name: "agentic-backend", root: "apps/agentic-backend", isolate } },
  // A page may take its time on a busy machine: what is waited for comes, or the test fails.
  {
    test: {
      ...{ name: "frontend", root: "apps/frontend", isolate },
      ...{ testTimeout: 30_000, expect: { poll: { timeout: 10_000 } } },
    },
  },
  // Each file of the identity provider starts tenants of its own at import. A whole stack keeps a core busy.
  { test: { name: "dev", root: "apps/dev", maxConcurrency: 2, hookTimeout: 60_000 } },
  { test: { ...contractTests, name: "contract-tests", include: TOGETHER } },
  {
    test: { ...contractTests, name: "deadlines", include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
  },
  {
    // Races several processes of its own: whoever else needs the cores makes outages of it.
    test: { ...contractTests, name: "matrix", include: ["matrix/**/*.test.ts"], sequence: { groupOrder: 2 } },
  },
];

export default projects;
