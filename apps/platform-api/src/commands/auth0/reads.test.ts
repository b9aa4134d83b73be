import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ManagementError, type TenantReader } from "@platform-api/server/adapters";
import { expect, it, onTestFinished } from "vitest";
import { discover } from "./discovery.ts";
import { readTenant } from "./read-tenant.ts";
import { ACTION, API, APP, FOUND, TENANT, WORKER } from "./right-set-up.fixture.ts";
import { tokenFactsOf } from "./token-facts.ts";

const READER: TenantReader = {
  scopes: async () => ["read:connections"],
  api: async () => API,
  actions: async () => [ACTION],
  boundActionIds: async () => ["act_1"],
  client: async (id) => (id === "worker" ? WORKER : APP),
  connection: async () => FOUND,
  connectionClientIds: async () => ["app"],
  organization: async () => ({ id: "org_1" }),
  organizationConnection: async () => ({ assign_membership_on_login: true }),
  profile: async () => ({ allowed_strategies: ["waad", "okta"] }),
  customDomains: async () => [{ domain: "login.platform.example", status: "ready" }],
};
const QUESTIONS = {
  audience: "https://api.platform.example",
  appClientIds: ["app"],
  admins: new Set(["app", "platform", "test"]),
  services: new Map([["worker", new Set<never>()]]),
  profileId: "ssp_1",
  registered: {
    value: {
      organizations: [
        { id: "acme", auth0OrgId: "org_1" },
        { id: "globex", auth0OrgId: null },
      ],
      connections: [{ name: "acme-entra", strategy: "waad", organizationId: "acme" }],
    },
  },
};
const forbidden = async () => {
  throw new ManagementError("status", "Auth0 answers 403", { status: 403 });
};

it("reads everything of a tenant", async () => {
  const facts = await readTenant(READER, QUESTIONS);
  expect(facts).toEqual({ value: { ...TENANT, actions: { value: { all: [ACTION], boundIds: ["act_1"] } } } });
});

it("goes on after a read that is refused, and ends without a token", async () => {
  const reader = { ...READER, client: forbidden, connectionClientIds: forbidden, actions: forbidden };
  const why = { why: "Auth0 answers 403" };
  expect(await readTenant(reader, QUESTIONS)).toMatchObject({
    value: {
      clients: [{ found: why }],
      actions: why,
      api: { value: API },
      connections: { value: [{ clientIds: why }] },
    },
  });
  expect(await readTenant({ ...READER, scopes: forbidden }, QUESTIONS)).toEqual(why);
});

it("asks Auth0 about no connection while the store does not answer", async () => {
  const registered = { why: "the store does not answer" };
  expect(await readTenant(READER, { ...QUESTIONS, registered })).toMatchObject({
    value: { organizations: registered, connections: registered },
  });
});

async function issuer(status: number, body: string, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it.each([
  ["a document", 200, '{"issuer":"https://a.example/"}', { value: "https://a.example/" }],
  ["a page", 200, "<h1>", { why: "it answers with something else" }],
  ["no issuer", 200, "{}", { why: "it answers with something else" }],
  ["a huge one", 200, `{"issuer":"${"x".repeat(70_000)}"}`, { why: "it answers with more than 64 KiB" }],
  ["an error", 503, "", { why: "it answers 503" }],
  ["a redirect", 302, "", { why: "it answers 302" }],
])("reads of an issuer: %s", async (_case, status, body, discovered) => {
  const answer = await discover(await issuer(status, body, { location: "http://127.0.0.1:1/" }));
  expect(answer.discovered).toEqual(discovered);
});

it("reads how far an issuer's clock is ahead", async () => {
  const date = new Date(Date.now() + 100_000).toUTCString();
  const { skewSeconds } = await discover(await issuer(200, "{}", { date }));
  expect("value" in skewSeconds && Math.round(skewSeconds.value / 10)).toBe(10);
});

it("says that an issuer is unreachable", async () => {
  const { discovered, skewSeconds } = await discover("http://127.0.0.1:1/");
  expect([discovered, skewSeconds]).toEqual([
    { why: "it is unreachable" },
    { why: "the issuer did not answer" },
  ]);
});

const jwt = (header: unknown, claims: unknown) =>
  [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .concat("x")
    .join(".");
const RS256 = { alg: "RS256" };
const OF_A = { audiences: ["a"], isMachine: false };

it.each([
  ["a text", "opaque", "opaque"],
  ["an encrypted token", `${jwt(RS256, {})}.x.x`, "opaque"],
  ["no object", jwt(RS256, null), "opaque"],
  ["no times", jwt(RS256, { aud: "a", exp: "1" }), { ...OF_A, lifetimeSeconds: null }],
  [
    "a user",
    jwt(RS256, { iss: "i", aud: ["a", "b"], iat: 1, exp: 61 }),
    { issuer: "i", audiences: ["a", "b"], lifetimeSeconds: 60 },
  ],
  ["a machine", jwt(RS256, { sub: "x@clients" }), { isMachine: true }],
  ["a machine in the dialect of RFC 9068", jwt(RS256, { sub: "app", client_id: "app" }), { isMachine: true }],
  ["an agent", jwt(RS256, { sub: "agt_1", azp: "app" }), { isMachine: true }],
  [
    "a machine by its grant",
    jwt(RS256, { gty: "client-credentials" }),
    { isMachine: true, claimNames: expect.arrayContaining(["gty"]) },
  ],
])("reads of a token without verifying it: %s", (_case, token, expected) => {
  const facts = tokenFactsOf(token);
  if (typeof expected === "string") expect(facts).toBe(expected);
  else expect(facts).toMatchObject(expected);
});
