import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import {
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  FRONTEND_CLIENT_ID,
  type IdentityProvider,
  managementEnvironment,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { runCommand } from "../simulator/stack.ts";

const CONNECTION = { name: "acme-okta", strategy: "okta", displayName: "Okta" };
const FRONTEND = "http://127.0.0.1:4002";
const LOOPBACK = { host: "127.0.0.1", port: 0 };

const folder = folderOfTests("auth0-check");
let identityProvider: IdentityProvider;
let dynamodb: Awaited<ReturnType<typeof startEmbeddedDynamodb>>;
let env: Record<string, string>;

beforeAll(async () => {
  const organizations = [{ auth0OrgId: "org_1", name: "acme", connections: [CONNECTION.name] }];
  [identityProvider, dynamodb] = await Promise.all([
    startIdentityProvider({
      ...LOOPBACK,
      dataFolder: folder,
      connections: [CONNECTION],
      organizations,
      backchannelLogoutUrl: "http://127.0.0.1:1/backchannel-logout",
    }),
    startEmbeddedDynamodb(LOOPBACK),
  ]);
  env = {
    NODE_ENV: "test",
    AUTH0_ISSUER: `${identityProvider.issuer},${identityProvider.localhostIssuer}`,
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    CLJ_PG_WRAPPER_URL: "http://127.0.0.1:1",
    CLJ_PG_WRAPPER_TOKEN: "unused",
    DYNAMODB_TABLE: "platform-api",
    DYNAMODB_ENDPOINT: dynamodb.endpoint,
    AWS_REGION: "eu-central-1",
    STORE_ATTEMPT_MS: "2000",
    STORE_DEADLINE_MS: "5000",
    ...managementEnvironment(identityProvider.issuer),
    ADMIN_CLIENT_IDS: FRONTEND_CLIENT_ID,
    SERVICE_CLIENTS: "agentic-backend=standing",
    FRONTEND_URL: FRONTEND,
    SMTP_URL: "smtp://127.0.0.1:1",
    MAIL_FROM: "platform@app.example",
  };
  await runCommand(env, ["table", "create"]);
  const file = join(folder, "organizations.json");
  const acme = { id: "acme", name: "Acme", auth0OrgId: "org_1", domains: ["acme.example"] };
  writeFileSync(file, JSON.stringify({ organizations: [{ ...acme, connections: [CONNECTION] }] }));
  expect(await runCommand(env, ["org", "apply", file, "--yes"])).toMatchObject({ status: 0 });
});
afterEach(() => identityProvider.management.restore());
afterAll(() => Promise.all([identityProvider.close(), dynamodb.close()]));

async function check(settings: Record<string, string> = {}, ...args: string[]) {
  const result = await runCommand({ ...env, ...settings }, ["auth0", "check", ...args]);
  expect(result.output).not.toContain(env.AUTH0_MANAGEMENT_CLIENT_SECRET);
  return result;
}

it("auth0 check finds nothing wrong in a right tenant, and only reads", async () => {
  const { status, output } = await check();
  const lines = output.split("\n").filter((line) => !/^(✓|$)/.test(line));
  expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(["– token", "– claim namespace"]);
  const { calls } = identityProvider.management;
  expect({ status, others: calls.filter((call) => !call.startsWith("GET ")) }).toEqual({
    status: 0,
    others: [],
  });
});

// Each fault, and each read, is proven beside its rule, in apps/platform-api/src/commands/auth0.
it("auth0 check exits 1 with a fault once, and how to fix it, in words and as JSON", async () => {
  const { management } = identityProvider;
  management.instead("GET /connections/:id/clients", { status: 200, body: { clients: [] } });
  const { status, output } = await check({}, "--json");
  const { findings } = JSON.parse(output.split("\n")[0] ?? "");
  const wrong = findings.filter(({ result }: Record<string, string>) => result === "differs");
  const fix = expect.stringContaining("Authentication > Enterprise > acme-okta > Applications");
  expect({ status, wrong }).toMatchObject({
    status: 1,
    wrong: [{ check: "connection acme-okta", saw: expect.stringMatching(/not enabled for/), fix }],
  });
  const words = (await check()).output;
  expect(words).toMatch(/✗ connection acme-okta +not enabled for platform-frontend/);
  expect(words).toContain("to fix:   Authentication > Enterprise > acme-okta > Applications\n");
  expect(words).toContain("error: the set-up in Auth0 is wrong in one point\n");
});

it.each([
  [
    "an issuer that the tenant does not have",
    { AUTH0_ISSUER: "http://127.0.0.1:1/" },
    /issuer http:\/\/127\.0\.0\.1:1\//,
  ],
  ["tokens that live longer than we accept", { MAX_TOKEN_LIFETIME_SECONDS: "3600" }, /API +.*86400 s/],
  [
    "T82: an application that does not exist",
    { ADMIN_CLIENT_IDS: "platform-frontend,another" },
    /administration another +there is no application/,
  ],
  ["an Action with other strategies", { AUTH0_OTHER_STRATEGIES: "auth0,email" }, /other strategies/],
  ["a wrong secret", { AUTH0_MANAGEMENT_CLIENT_SECRET: "another-secret" }, /Management API +no token/],
])("auth0 check compares the configuration of serve: it finds %s", async (_, settings, line) => {
  const { status, output } = await check(settings);
  expect(status).toBe(1);
  const wrong = output.split("\n").filter((each) => each.startsWith("✗"));
  expect(wrong.join("\n")).toMatch(line);
});

it("auth0 check takes a token that is empty for a mistake", async () => {
  expect(await check({}, "--token", "-")).toMatchObject({ status: 2, output: "error: --token: no token\n" });
});
