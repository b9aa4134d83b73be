import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import {
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  type IdentityProvider,
  type Management,
  managementEnvironment,
  type Outcome,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { runCommand } from "./stack.ts";

const CONNECTION = { name: "acme-okta", strategy: "okta", displayName: "Okta" };
const FRONTEND = "http://127.0.0.1:4002";
const LOOPBACK = { host: "127.0.0.1", port: 0 };

let folder: string;
let identityProvider: IdentityProvider;
let dynamodb: Awaited<ReturnType<typeof startEmbeddedDynamodb>>;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "auth0-check-"));
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
afterAll(async () => {
  await Promise.all([identityProvider.close(), dynamodb.close()]);
  rmSync(folder, { recursive: true });
});

async function check(settings: Record<string, string> = {}, ...args: string[]) {
  const result = await runCommand({ ...env, ...settings }, ["auth0", "check", ...args]);
  expect(result.output).not.toContain(env.AUTH0_MANAGEMENT_CLIENT_SECRET);
  return result;
}

it("finds nothing wrong in a right tenant, and only reads", async () => {
  const { status, output } = await check();
  const lines = output.split("\n").filter((line) => !/^(✓|$)/.test(line));
  expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(["– token", "– claim namespace"]);
  const { calls } = identityProvider.management;
  expect({ status, others: calls.filter((call) => !call.startsWith("GET ")) }).toEqual({
    status: 0,
    others: [],
  });
});

/** Changes fields of what a call answers; of the first item where it answers a list. */
const withFields = (part: object) => (body: unknown) =>
  Array.isArray(body) ? [{ ...body[0], ...part }] : { ...(typeof body === "object" ? body : {}), ...part };
const actionWith = (part: object) => () => ({
  actions: [
    { id: "post-login-action", name: "platform-api claims", code: "exports.onExecutePostLogin", ...part },
  ],
});
const GONE: Outcome = { status: 404, body: { statusCode: 404, error: "Not Found", message: "gone" } };

/** One fault of the tenant each: the call that shows it, and what it answers. */
const FAULTS: readonly (readonly [
  fault: string,
  call: string,
  change: ((body: unknown) => unknown) | Outcome,
  check: string,
  saw: RegExp,
])[] = [
  ["no custom domain", "GET /custom-domains", () => [], "custom domains", /not a ready domain/],
  ["no API", "GET /resource-servers/:id", GONE, "API", /no API has the identifier/],
  ["HS256", "GET /resource-servers/:id", withFields({ signing_alg: "HS256" }), "API", /signed with HS256/],
  [
    "long-lived tokens",
    "GET /resource-servers/:id",
    withFields({ token_lifetime: 2_592_000 }),
    "API",
    /2592000/,
  ],
  ["no Action", "GET /actions/actions", () => ({ actions: [] }), "Action", /no Action for post-login/],
  [
    "another Action",
    "GET /actions/actions",
    actionWith({ code: "capitol_user_id", deployed_version: { code: "capitol_user_id" } }),
    "Action",
    /of another version|sets the claims/,
  ],
  [
    "an Action without the flow",
    "GET /actions/triggers/:trigger/bindings",
    () => ({ bindings: [] }),
    "Action",
    /not in the flow/,
  ],
  ["an Action that is not deployed", "GET /actions/actions", undeployed, "Action", /not deployed/],
  ["no application", "GET /clients/:id", GONE, "application platform-frontend", /no application/],
  [
    "no authorization code",
    "GET /clients/:id",
    withFields({ grant_types: ["refresh_token"] }),
    "application platform-frontend",
    /authorization_code is off/,
  ],
  [
    "no callback URL",
    "GET /clients/:id",
    withFields({ callbacks: [] }),
    "application platform-frontend",
    /no callback URL/,
  ],
  ["no profile", "GET /self-service-profiles/:id", GONE, "self-service profile", /no such profile/],
  ["no organization", "GET /organizations/:id", GONE, "organization acme", /no organization org_1/],
  ["no connection", "GET /connections", () => [], "connection acme-okta", /no connection of this name/],
  [
    "another strategy",
    "GET /connections",
    withFields({ strategy: "samlp" }),
    "connection acme-okta",
    /its strategy is samlp/,
  ],
  [
    "the common endpoint",
    "GET /connections",
    withFields({ options: { useCommonEndpoint: true } }),
    "connection acme-okta",
    /common endpoint/,
  ],
  [
    "an address as user id",
    "GET /connections",
    withFields({ options: { user_id_attribute: "email" } }),
    "connection acme-okta",
    /made from email/,
  ],
  [
    "no clients",
    "GET /connections/:id/clients",
    () => ({ clients: [] }),
    "connection acme-okta",
    /not enabled for/,
  ],
  [
    "no use",
    "GET /organizations/:id/enabled_connections/:connectionId",
    GONE,
    "connection acme-okta",
    /org_1 does not use it/,
  ],
  [
    "no membership",
    "GET /organizations/:id/enabled_connections/:connectionId",
    withFields({ assign_membership_on_login: false }),
    "connection acme-okta",
    /without Membership/,
  ],
];

function undeployed(body: unknown) {
  return {
    actions: actionsOf(body).map((action) => ({
      ...action,
      deployed_version: null,
      all_changes_deployed: false,
    })),
  };
}

function withoutSecret(body: unknown) {
  return { actions: actionsOf(body).map((action) => ({ ...action, secrets: [] })) };
}

function actionsOf(body: unknown): readonly object[] {
  if (typeof body !== "object" || body === null || !("actions" in body) || !Array.isArray(body.actions))
    return [];
  return body.actions;
}

function plant(management: Management, call: string, change: (typeof FAULTS)[number][2]): void {
  if (typeof change === "function") {
    management.alter(call, ({ status, body }) => ({ status, body: change(body) }));
  } else {
    management.instead(call, change);
  }
}

it.each(FAULTS)("finds %s once, and how to fix it", async (_, call, change, about, saw) => {
  plant(identityProvider.management, call, change);
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
});

it.each([
  [
    "an issuer that the tenant does not have",
    { AUTH0_ISSUER: "http://127.0.0.1:1/" },
    /issuer http:\/\/127\.0\.0\.1:1\//,
  ],
  ["tokens that live longer than we accept", { MAX_TOKEN_LIFETIME_SECONDS: "3600" }, /API +.*86400 s/],
  ["an Action with other strategies", { AUTH0_OTHER_STRATEGIES: "auth0,email" }, /other strategies/],
  ["a wrong secret", { AUTH0_MANAGEMENT_CLIENT_SECRET: "another-secret" }, /Management API +no token/],
])("finds %s", async (_, settings, line) => {
  const { status, output } = await check(settings);
  expect(status).toBe(1);
  expect(
    output
      .split("\n")
      .filter((each) => each.startsWith("✗"))
      .join("\n"),
  ).toMatch(line);
});

it("finds an Action without its secret, where we expect another namespace than its own", async () => {
  plant(identityProvider.management, "GET /actions/actions", withoutSecret);
  const { status, output } = await check({ AUTH0_CLAIM_NAMESPACE: "https://other.example/" });
  expect({ status, output }).toEqual({
    status: 1,
    output: expect.stringMatching(/✗ claim namespace +.*so it uses https/),
  });
});

it("exits 1 with the fault and its fix in words", async () => {
  identityProvider.management.instead("GET /connections/:id/clients", { status: 200, body: { clients: [] } });
  const { output } = await check();
  expect(output).toMatch(/✗ connection acme-okta +not enabled for platform-frontend/);
  expect(output).toContain("to fix:   Authentication > Enterprise > acme-okta > Applications\n");
  expect(output).toContain("error: the set-up in Auth0 is wrong in one point\n");
});

it("takes a token that is empty for a mistake", async () => {
  expect(await check({}, "--token", "-")).toMatchObject({ status: 2, output: "error: --token: no token\n" });
});
