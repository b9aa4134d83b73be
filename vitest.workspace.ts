import { fileURLToPath } from "node:url";
import type { TestProjectConfiguration } from "vitest/config";

// Workers and the programs that tests start load the same modules again and again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url));

/** Files of a project share a worker's modules, because loading them per file took as long as the tests. */
const isolate = false;

/** These watch alerts and replace running processes, so each runs alone after all other tests. */
const ALONE = ["monitor/live.test.ts", "upgrade/upgrade.test.ts"];
const TOGETHER = [
  "!(endure|matrix|monitor|upgrade)/**/*.test.ts",
  ...["endure/!(endure).test.ts", "monitor/!(live).test.ts", "upgrade/!(upgrade).test.ts"],
];

const contractTests = {
  root: "packages/contract-tests",
  isolate,
  globalSetup: "./postgres/one-server.ts",
  // A busy machine may need ten seconds to start a database. Tests of deadlines set their own.
  testTimeout: 40_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
};

/** The test projects of `vitest.config.ts`. */
const projects: TestProjectConfiguration[] = [
  { test: { name: "server", root: "packages/server", isolate } },
  { test: { name: "client", root: "packages/client", isolate } },
  {
    test: {
      ...{ name: "client on React 18", root: "packages/client", include: ["src/*.test.tsx"], isolate },
      ...{ env: { REACT: "18" }, setupFiles: "./src/test-servers/use-react-18.ts" },
    },
  },
  { test: { name: "clj-client", root: "packages/clj-client", isolate } },
  { test: { name: "platform-api", root: "apps/platform-api", isolate } },
  // Its tests wait for an embedded store.
  { test: { name: "agentic-backend", root: "apps/agentic-backend", isolate, testTimeout: 20_000 } },
  { test: { name: "release", root: "deploy/release", isolate } },
  // Pages are slow on a busy machine.
  {
    test: {
      ...{ name: "frontend", root: "apps/frontend", isolate },
      ...{ testTimeout: 30_000, expect: { poll: { timeout: 10_000 } } },
    },
  },
  // A whole stack keeps a core busy.
  {
    test: {
      name: "dev",
      root: "apps/dev",
      isolate,
      maxConcurrency: 2,
      testTimeout: 20_000,
      hookTimeout: 60_000,
    },
  },
  // The browser tests wait a lot, but more pages at once than this slow each other down.
  { test: { ...contractTests, name: "contract-tests", include: TOGETHER, maxConcurrency: 3 } },
  { test: { ...contractTests, name: "matrix", include: ["matrix/**/*.test.ts"] } },
  {
    test: {
      ...{ ...contractTests, name: "deadlines", include: ALONE },
      ...{ maxWorkers: 3, maxConcurrency: 3, sequence: { groupOrder: 1 } },
    },
  },
  // Keeps both cores busy for 20 s.
  {
    test: {
      ...{ ...contractTests, name: "endure", include: ["endure/endure.test.ts"] },
      sequence: { groupOrder: 2 },
    },
  },
];

export default projects;
