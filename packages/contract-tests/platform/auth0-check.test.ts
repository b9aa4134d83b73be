import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import {
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  FRONTEND_CLIENT_ID,
  type IdentityProvider,
  type Management,
  managementEnvironment,
  type Outcome,
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
    startIdentityProvider({ ...LOOPBACK, dataFolder: folder, connections: [CONNECTION], organizations }),
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

const GONE: Outcome = { status: 404, body: { statusCode: 404, error: "Not Found", message: "gone" } };
const asked = (change: (body: unknown) => unknown) => (management: Management, call: string) =>
  management.alter(call, ({ status, body }) => ({ status, body: change(body) }));
const instead = (outcome: Outcome) => (management: Management, call: string) =>
  management.instead(call, outcome);
const nothing = asked(() => []);

// Each fault is proven beside its rule, in apps/platform-api/src/commands/auth0. A row a call shows that it is read.
it.each<[call: string, plant: typeof nothing, check: string, saw: RegExp]>([
  ["GET /custom-domains", nothing, "custom domains", /not a ready domain/],
  ["GET /resource-servers/:id", instead(GONE), "API", /no API has the identifier/],
  ["GET /actions/actions", asked(() => ({ actions: [] })), "Action", /no Action for post-login/],
  ["GET /actions/triggers/:trigger/bindings", asked(() => ({ bindings: [] })), "Action", /not in the flow/],
  ["GET /clients/:id", instead(GONE), "application platform-frontend", /no application/],
  ["GET /self-service-profiles/:id", instead(GONE), "self-service profile", /no such profile/],
  ["GET /organizations/:id", instead(GONE), "organization acme", /no organization org_1/],
  ["GET /connections", nothing, "connection acme-okta", /no connection of this name/],
  ["GET /connections/:id/clients", asked(() => ({ clients: [] })), "connection acme-okta", /not enabled for/],
  [
    "GET /organizations/:id/enabled_connections/:connectionId",
    instead(GONE),
    "connection acme-okta",
    /org_1 does not use it/,
  ],
])(
  "auth0 check reads %s, and exits 1 with the fault once, and how to fix it",
  async (call, plant, about, saw) => {
    plant(identityProvider.management, call);
    const { status, output } = await check({}, "--json");
    const { findings } = JSON.parse(output.split("\n")[0] ?? "");
    const wrong = findings.filter(
      ({ result, check }: Record<string, string>) => result === "differs" && check === about,
    );
    expect({ status, wrong }).toEqual({
      status: 1,
      wrong: [
        {
          check: about,
          result: "differs",
          saw: expect.stringMatching(saw),
          expected: expect.any(String),
          fix: expect.any(String),
        },
      ],
    });
  },
);

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

it("auth0 check says the fault and its fix in words", async () => {
  identityProvider.management.instead("GET /connections/:id/clients", { status: 200, body: { clients: [] } });
  const { output } = await check();
  expect(output).toMatch(/✗ connection acme-okta +not enabled for platform-frontend/);
  expect(output).toContain("to fix:   Authentication > Enterprise > acme-okta > Applications\n");
  expect(output).toContain("error: the set-up in Auth0 is wrong in one point\n");
});

it("auth0 check takes a token that is empty for a mistake", async () => {
  expect(await check({}, "--token", "-")).toMatchObject({ status: 2, output: "error: --token: no token\n" });
});
