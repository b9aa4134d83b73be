import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { pass } from "../simulator/faults.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { faultyStackOfTests, selfServiceOfTests } from "../simulator/of-tests.ts";
import { answered, ownOrganizations, provedDomain } from "../simulator/own-organizations.ts";
import { fresh, logins } from "../simulator/people.ts";
import { runCommand } from "../simulator/stack.ts";
import { PATIENT, recordCreation, requestOf, type StoreRequest } from "./recorded-creation.ts";
import { allowedBy } from "./template.ts";

const SOURCES = fileURLToPath(new URL("../../..", import.meta.url));
const GUEST = "guest@elsewhere.example";
const MILL = {
  id: "mill",
  name: "Mill",
  jit: true,
  defaultRole: "member",
  domains: ["mill.example"],
  connections: [{ name: "mill-entra", strategy: "waad", displayName: "Mill" }],
  members: [{ email: GUEST, role: "owner" }],
};
/** Declares the connection again, without its domain. */
const FILE = join(folderOfTests("permissions"), "organizations.json");
writeFileSync(FILE, JSON.stringify({ organizations: [{ ...MILL, domains: [] }] }));
const SERVE = allowedBy("table", "ServePolicy");
const OPERATOR = allowedBy("table", "OperatorPolicy");

const upstreams = selfServiceOfTests();
const faulty = faultyStackOfTests([MILL]);
/** `Query`, or `Query *` for an index. */
const sent = new Set<string>();
/** Stores what became of a mail, where there is a mail server. */
const OF_MAILS = ["UpdateItem"];

/** What IAM asks of a request. A transaction has no permission of its own, but each kind of operation in it has. */
function permissionsFor({ operation, input }: StoreRequest): string[] {
  if (Array.isArray(input.TransactItems))
    return input.TransactItems.flatMap((item: object) => Object.keys(item)).map((kind) => `${kind}Item`);
  return [input.IndexName === undefined ? operation : `${operation} *`];
}

/** What is sent meanwhile, sorted. */
async function operationsOf(work: () => Promise<unknown>): Promise<string[]> {
  sent.clear();
  await work();
  return [...sent].sort();
}

beforeAll(async () => {
  faulty.store.fault = (exchange) => {
    for (const permission of permissionsFor(requestOf(exchange))) sent.add(permission);
    return pass(exchange);
  };
});

/** Runs a command whose requests to the store are recorded. */
async function run(...args: string[]): Promise<void> {
  const { environment } = faulty.stack;
  const recorded = { ...environment, ...upstreams.settings, ...PATIENT, DYNAMODB_ENDPOINT: faulty.store.url };
  const { status, output } = await runCommand(recorded, args);
  expect(status, output).toBe(0);
}

describe("the policy of `serve`", () => {
  it("allows what a running server sends, and nothing else", async () => {
    const { stack } = faulty;
    const login = logins(stack);
    const [own] = await ownOrganizations(stack, 1);
    const operations = await operationsOf(async () => {
      const server = await faulty.server({ ...upstreams.settings, ...PATIENT });
      const newcomer = await login.entra(`${fresh("miller")}@mill.example`, { connection: "mill-entra" });
      await server.client(newcomer).auth.validate.query();
      const guest = server.client(await login.password(GUEST));
      await guest.org.me.query();
      await guest.org.members.list.query({ organizationId: MILL.id });
      if (own === undefined) throw new Error("there is no organization");
      const domain = await provedDomain(own, upstreams.dns, server.url);
      await answered(own.ask("domains.release", { domain }, server.url));
    });
    expect([...operations, ...OF_MAILS].sort()).toEqual(SERVE);
  });

  it("allows what the daily `domain recheck` sends", async () => {
    const [own] = await ownOrganizations(faulty.stack, 1);
    const another = await faulty.server({ ...upstreams.settings, ...PATIENT });
    if (own === undefined) throw new Error("there is no organization");
    const domain = await provedDomain(own, upstreams.dns, another.url);
    upstreams.dns.records.remove(`_platform-api.${domain}`);
    const operations = await operationsOf(() => run("domain", "recheck"));
    expect(operations).toContain("PutItem");
    expect(SERVE).toEqual(expect.arrayContaining(operations));
  });
});

describe("the policy of operators", () => {
  it.each([
    ["org list", ["org", "list"]],
    ["org show", ["org", "show", MILL.id]],
    ["org set", ["org", "set", MILL.id, "--name", "The Mill"]],
    ["member list", ["member", "list", MILL.id]],
    ["invitation create", ["invitation", "create", MILL.id, "new@elsewhere.example", "--role", "member"]],
    ["invitation revoke", ["invitation", "revoke", MILL.id, "new@elsewhere.example"]],
    ["identity find", ["identity", "find", GUEST]],
    ["connection remove", ["connection", "remove", MILL.id, "mill-entra", "--yes"]],
    ["org apply", ["org", "apply", FILE, "--yes"]],
    ["audit list", ["audit", "list"]],
  ])("allows what `%s` sends", async (_, args) => {
    const operations = await operationsOf(() => run(...args));
    expect(operations).not.toEqual([]);
    expect(OPERATOR).toEqual(expect.arrayContaining(operations));
  });

  it("allows what that of `serve` allows, and a scan", () => {
    expect(OPERATOR).toEqual([...SERVE, "Scan"].sort());
  });

  it("allows every operation in the sources, but those that only `table create` sends", async () => {
    const sources = sentIn("packages/server/src/adapters/dynamodb/**/*.ts", "apps/platform-api/src/**/*.ts");
    const creation = (await recordCreation("platform-api")).map(({ operation }) => operation);
    const ofItems = OPERATOR.filter((each) => !each.includes(" "));
    const ofTables = new Set(creation.filter((each) => !ofItems.includes(each)));
    expect(sources).toEqual([...ofItems, ...ofTables].sort());
  });
});

it("the policy of agentic-backend allows every operation in its sources but the creation of its table", () => {
  const sources = sentIn("apps/agentic-backend/src/!(runs-table).ts");
  expect(sources).toEqual(allowedBy("runs-table", "ServePolicy"));
});

const OF_METHOD: Readonly<Record<string, string>> = {
  getItem: "GetItem",
  batchGetItem: "BatchGetItem",
  query: "Query",
  scan: "Scan",
  putItem: "PutItem",
  put: "PutItem",
  delete: "DeleteItem",
  updateItem: "UpdateItem",
  createTable: "CreateTable",
  describeTable: "DescribeTable",
  updateTable: "UpdateTable",
  describeContinuousBackups: "DescribeContinuousBackups",
  updateContinuousBackups: "UpdateContinuousBackups",
  describeTimeToLive: "DescribeTimeToLive",
  updateTimeToLive: "UpdateTimeToLive",
};

const NOT_OPERATIONS = ["send", "from", "destroy", "transactWrite", "transactWriteItems"];

/** The permissions for the kinds of operations in transactions. */
const kindsIn = (text: string) =>
  [...text.matchAll(/\b(Put|Update|Delete|ConditionCheck):/g)].map(([, kind]) => `${kind}Item`);

/** The operations that the files send, by their calls of the AWS SDK. */
function sentIn(...patterns: string[]): string[] {
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: SOURCES }));
  const texts = files
    .filter((file) => !/\/testing\/|\.test\.ts$|\.d\.ts$/.test(file))
    .map((file) => readFileSync(`${SOURCES}/${file}`, "utf8"))
    .filter((text) => text.includes("@aws-sdk/"));
  const calls = texts.flatMap((text) => [
    ...[...text.matchAll(/(?:client|documents)(?:\(\)\))?\.(\w+)\(/g)].flatMap(([, method = ""]) =>
      NOT_OPERATIONS.includes(method) ? [] : (OF_METHOD[method] ?? `unknown ${method}`),
    ),
    ...(text.includes(".transactWriteItems(") ? kindsIn(text) : []),
    ...[...text.matchAll(/new (\w+)Command\(/g)].map(([, command = ""]) => command),
  ]);
  return [...new Set(calls)].sort();
}
