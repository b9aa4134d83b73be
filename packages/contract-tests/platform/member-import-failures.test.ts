import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CljClient, createCljClient } from "@platform-api/clj-client";
import { runCli } from "@platform-api/platform-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Exchange, startFaultProxy } from "../faults/fault-proxy.ts";
import { pass } from "../faults/faults.ts";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type CommandResult, type Stack, startStack } from "./stack.ts";

/** Generous deadlines, because these tests are not about deadlines. */
const PATIENT = { STORE_ATTEMPT_MS: "5000", STORE_DEADLINE_MS: "10000", DIRECTORY_ATTEMPT_MS: "2400" };

let stack: Stack;
let directory: CljClient;
let folder: string;

beforeAll(async () => {
  stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
  const { CLJ_PG_WRAPPER_URL: url = "", CLJ_PG_WRAPPER_TOKEN: token = "" } = stack.environment;
  directory = createCljClient({ url, token });
  folder = mkdtempSync(join(tmpdir(), "members-"));
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
});

/** An import line for a user who is in the directory but has never signed in here. */
async function knownMember(role = "member") {
  const { id: userId, email } = await directory.ensure({ email: `${fresh("old")}@acme.example` });
  return { organization: "acme", userId, email, role };
}

const stored = async () => JSON.stringify(await stack.items());

/** Imports members on this stack with another environment. */
async function runWith(env: Record<string, string>, lines: unknown): Promise<CommandResult> {
  const file = join(folder, "members.json");
  writeFileSync(file, JSON.stringify(lines));
  let output = "";
  const print = (text: string) => {
    output += text;
  };
  const status = await runCli(["member", "import", file, "--apply"], {
    env: { ...stack.environment, ...PATIENT, ...env },
    out: print,
    err: print,
    readInput: async () => "",
    ask: null,
    operator: "tests",
    onStop: () => {},
  });
  return { status, output };
}

it.each([
  [
    { CLJ_PG_WRAPPER_URL: "http://127.0.0.1:9", DIRECTORY_DEADLINE_MS: "200" },
    /the user directory does not answer \(.+\), so nothing was changed: check CLJ_PG_WRAPPER_URL/,
  ],
  [{ CLJ_PG_WRAPPER_TOKEN: "wrong" }, /the user directory does not answer \(.*401.*\)/],
  [{ CLJ_PG_WRAPPER_URL: "" }, /CLJ_PG_WRAPPER_URL is missing/],
])("%j is named, and nothing is written", async (env, problem) => {
  const untouched = await stored();
  const lines = [await knownMember()];
  expect(await runWith(env, lines)).toMatchObject({ status: 1, output: expect.stringMatching(problem) });
  expect(await stored()).toBe(untouched);
});

function putsMembershipOf(userId: string, { request, body }: Exchange): boolean {
  return String(request.headers["x-amz-target"]).endsWith("PutItem") && body.includes(`USER#${userId}`);
}

it("the same file finishes an interrupted import, and every membership is audited", async () => {
  const lines = await Promise.all(Array.from({ length: 20 }, () => knownMember()));
  let failing = true;
  const last = lines.at(-1)?.userId ?? "";
  const proxy = await startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", async (exchange) => {
    if (failing && putsMembershipOf(last, exchange)) exchange.response.destroy();
    else await pass(exchange);
  });
  const stopped = await runWith({ DYNAMODB_ENDPOINT: proxy.url }, lines);
  expect(stopped).toMatchObject({
    status: 1,
    output: expect.stringMatching(
      /^error: stopped half-way \(.+\), 19 lines are imported: run the same command again\n$/,
    ),
  });
  failing = false;
  expect((await runWith({ DYNAMODB_ENDPOINT: proxy.url }, lines)).output).toContain(
    "1 imported, 19 there already, 0 removed.",
  );
  await proxy.close();
  const { output } = await stack.cli("audit", "list", "--json");
  for (const { userId } of lines) expect(output.split(userId)).toHaveLength(2);
});

it("keeps a membership created by a concurrent login and reports it", async () => {
  const line = await knownMember("admin");
  let first = true;
  const proxy = await startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", async (exchange) => {
    if (first && putsMembershipOf(line.userId, exchange)) {
      first = false;
      await stack.client(await logins(stack.issuer).entra(line.email)).org.me.query();
    }
    await pass(exchange);
  });
  const { output } = await runWith({ DYNAMODB_ENDPOINT: proxy.url }, [line]);
  expect(first).toBe(false);
  expect(output).toContain(
    "is member already, and stays so: admin in the file changes nothing\n1 there already",
  );
  await proxy.close();
});

it("the directory's answer counts only for the requested address", async () => {
  const line = await knownMember();
  const proxy = await startFaultProxy(stack.environment.CLJ_PG_WRAPPER_URL ?? "", async (exchange) => {
    const { status, headers, body } = await exchange.forward();
    const { "content-length": _, ...others } = headers;
    exchange.response
      .writeHead(status, others)
      .end(body.toString().replace("@acme.example", "@other.example"));
  });
  const untouched = await stored();
  expect(await runWith({ CLJ_PG_WRAPPER_URL: proxy.url }, [line])).toMatchObject({
    status: 1,
    output: expect.stringContaining("the user directory has no user with this address"),
  });
  expect(await stored()).toBe(untouched);
  await proxy.close();
});
