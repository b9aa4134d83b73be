import { cpSync, existsSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configDefaults, type TestProjectConfiguration } from "vitest/config";

// Workers and the programs that tests start load the same modules again and again.
process.env.NODE_COMPILE_CACHE ??= inCache("compile");
// npx writes its pnpm again when it likes, also while tests run it: theirs is a copy.
const { npm_execpath: runner = "" } = process.env;
if (runner.includes("/_npx/")) process.env.npm_execpath = copyOf(runner);

function inCache(path: string): string {
  return fileURLToPath(new URL(`node_modules/.cache/${path}`, import.meta.url));
}

function copyOf(program: string): string {
  const { ino, size } = statSync(program);
  const copy = inCache(`pnpm-${ino}-${size}/pnpm`);
  if (!existsSync(copy)) {
    cpSync(program, `${copy}.${process.pid}`);
    renameSync(`${copy}.${process.pid}`, copy);
  }
  return copy;
}

/**
 * What operators rely on, and each page of the console in a browser: only `test:all` has them, and what the packages around
 * the product do. `test` has who somebody is, where they belong and how they sign in, with the stories of users in a browser.
 */
const OPERATIONS = [
  "{built,cloudformation,compatibility,cost,deploy,deploy-frontend,growth,images,kubernetes}/**/*.test.ts",
  "{metrics,monitor,openapi,readme,release,runbook,sdk-package,spreadsheet,upgrade,user-directory}/**/*.test.ts",
  "browser/{console,design,kept-out}.test.ts",
  "{endure/endure,http-differential/differential,matrix/more,sdk/browser,sdk/mocks}.test.ts",
  "faults/{credentials,log,memory,shutdown}.test.ts",
  "forward-auth/{forward-auth,proxies-page}.test.ts",
  "leak/{dynamodb,postgres-walk,refused,repair,resolve,scan}.test.ts",
  "organizations/{growth,refusal-flood,self-service-faults}.test.ts",
  "platform/{command-line,domain-commands,events-follow,identity-commands,member-import}.test.ts",
  "platform/{organization-commands,request-trace,table-verify,token-explain,token-explain-limits}.test.ts",
];
/** Every fault of every verb, and every pair: minutes, by `test:verbs`. `test` has a sample. */
const EVERY_VERB = ["verbs/every-*.test.ts"];
/** Minutes, by `test:repair`. */
const KILLED_REPAIRS = ["leak/killed*.test.ts"];

/** The examples of `docs/sdk.md`. */
const SDK_PAGE = "src/docs.test.ts";

/** What every project has. The times are for a busy machine: they end a test that hangs, and prove nothing. */
const COMMON = {
  // Files of a project share a worker's modules, because loading them per file took as long as the tests.
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 20_000 } },
};
const CONTRACT_TESTS = {
  ...COMMON,
  root: "packages/contract-tests",
  globalSetup: "./postgres/one-server.ts",
  setupFiles: "./faults/patient-requests.ts",
};

/** The test projects of `vitest.config.ts`. `test` runs those whose name begins with neither `operations` nor `on demand`. */
const projects: TestProjectConfiguration[] = [
  // One project, because each starts workers of its own, which load the same modules.
  {
    test: {
      ...COMMON,
      name: "units",
      include: ["{packages/{server,client,clj-client,leak},apps/{platform-api,frontend}}/**/*.test.{ts,tsx}"],
      exclude: [...configDefaults.exclude, `packages/client/${SDK_PAGE}`],
    },
  },
  {
    test: {
      ...CONTRACT_TESTS,
      name: "contract-tests",
      exclude: [...configDefaults.exclude, ...OPERATIONS, ...EVERY_VERB, ...KILLED_REPAIRS],
      // The browser tests wait a lot, but more pages at once than this slow each other down.
      maxConcurrency: 2,
    },
  },
  { test: { ...CONTRACT_TESTS, name: "on demand: every verb", include: EVERY_VERB } },
  { test: { ...CONTRACT_TESTS, name: "on demand: killed repairs", include: KILLED_REPAIRS } },
  // The races of the domain once more, on the adapter of DynamoDB.
  {
    test: {
      ...COMMON,
      name: "on demand: races on a table",
      root: "packages/server/src",
      include: ["domain/**/{owners,grant-membership,*-races}.test.ts"],
      setupFiles: "./adapters/dynamodb/testing/races-on-a-table.ts",
    },
  },
  { test: { ...COMMON, name: "operations: the release tool", root: "deploy/release" } },
  { test: { ...COMMON, name: "operations: the embedded store", root: "packages/embedded-dynamodb" } },
  {
    test: {
      ...COMMON,
      name: "operations: client on React 18",
      root: "packages/client",
      include: ["src/react/*.test.tsx"],
      env: { REACT: "18" },
      setupFiles: "./src/test-servers/use-react-18.ts",
    },
  },
  {
    test: { ...COMMON, name: "operations: docs/sdk.md", root: "packages/client", include: [SDK_PAGE] },
  },
  // The stand-ins of development prove nothing of the product. One starts the whole stack, several times.
  { test: { ...COMMON, name: "operations: the development stack", root: "apps/dev", maxConcurrency: 2 } },
  // An example of a service. That runs end with their user is proven in `runs`, on its worker.
  { test: { ...COMMON, name: "operations: agentic-backend", root: "apps/agentic-backend" } },
  { test: { ...CONTRACT_TESTS, name: "operations", include: OPERATIONS, maxConcurrency: 2 } },
];

export default projects;
