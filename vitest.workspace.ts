import type { TestProjectConfiguration } from "vitest/config";

/** Files of a project share a worker's modules: loading them anew for each took as long as the tests themselves. */
const isolate = false;

/** The test projects; `vitest.config.ts` hands them to Vitest. */
const projects: TestProjectConfiguration[] = [
  { test: { name: "server", root: "packages/server", isolate } },
  { test: { name: "client", root: "packages/client", isolate } },
  { test: { name: "clj-client", root: "packages/clj-client", isolate } },
  { test: { name: "platform-api", root: "apps/platform-api", isolate } },
  { test: { name: "agentic-backend", root: "apps/agentic-backend", isolate } },
  { test: { name: "frontend", root: "apps/frontend", isolate } },
  // Each file of the identity provider starts tenants of its own at import. A whole stack keeps a core busy.
  { test: { name: "dev", root: "apps/dev", maxConcurrency: 2, hookTimeout: 60_000 } },
  {
    test: {
      name: "contract-tests",
      root: "packages/contract-tests",
      isolate,
      globalSetup: "./postgres/one-server.ts",
      // A busy machine starts a database in ten seconds; what has a deadline states it in its test.
      testTimeout: 40_000,
      hookTimeout: 60_000,
    },
  },
];

export default projects;
