import type { TestProjectConfiguration } from "vitest/config";

/** The test projects; `vitest.config.ts` hands them to Vitest. */
const projects: TestProjectConfiguration[] = [
  { test: { name: "server", root: "packages/server" } },
  { test: { name: "client", root: "packages/client" } },
  { test: { name: "clj-client", root: "packages/clj-client" } },
  { test: { name: "platform-api", root: "apps/platform-api" } },
  { test: { name: "agentic-backend", root: "apps/agentic-backend" } },
  { test: { name: "frontend", root: "apps/frontend" } },
  { test: { name: "dev", root: "apps/dev" } },
  {
    test: {
      name: "contract-tests",
      root: "packages/contract-tests",
      globalSetup: "./postgres/one-server.ts",
      testTimeout: 20_000,
    },
  },
];

export default projects;
