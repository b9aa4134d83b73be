import { once } from "node:events";
import { createServer, request } from "node:http";
import { json as jsonOf } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../simulator/free-ports.ts";
import { AUDIENCE, accessTokenClaims, actionClaims, signWithSecret } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import type { Server } from "../simulator/stack.ts";

const LEGACY_ISSUER = "https://legacy.platform.example";
const LEGACY_SECRET = "a-legacy-secret-for-the-contract-tests-9f3b";
const TEST_ISSUER = "urn:platform-api:test";
const TEST_SECRET = "a-test-mode-secret-for-the-contract-tests-4c1d";
const UUID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

const stack = stackOfTests({
  settings: {
    PLATFORM_JWT_ISSUER: LEGACY_ISSUER,
    PLATFORM_JWT_AUDIENCE: AUDIENCE,
    PLATFORM_JWT_SECRET: LEGACY_SECRET,
    AUTH0_TEST_MODE: "1",
    AUTH0_TEST_SECRET: TEST_SECRET,
  },
});
const login = logins(stack);
let report: Server;
/** A server that a token names as the source of its keys. It must get no request. */
const bait = createServer((_request, response) => response.end("{}"));
let baitUrl = "";
let baited = 0;

beforeAll(async () => {
  bait.on("connection", () => {
    baited += 1;
  });
  baitUrl = `http://127.0.0.1:${await listen(bait)}/jwks.json`;
  report = await stack.another({ TRUST_MODE: "report" });
});
afterAll(() => bait.close());

const HEADER = { alg: "RS256", typ: "JWT", kid: "k1" };
const OWN = actionClaims({ connection: "acme-entra", email: "jane@acme.example" });
const json = JSON.stringify;
const now = () => Math.floor(Date.now() / 1_000);

const claims = (changes: object = {}) =>
  accessTokenClaims(stack.issuer.url, "waad|threats", { ...OWN, ...changes });
/** Signs a token correctly, with these changes. */
const sealed = (header: object = {}, changes: object = {}) =>
  stack.issuer.seal(json({ ...HEADER, ...header }), json(claims(changes)));
const altered = (token: string) => token.slice(0, -4);
const validate = async (token: string | Promise<string>, server: Server = stack) =>
  server.client(await token).auth.validate.query();
const refusedFor = (reason: string) => ({ data: { reason, httpStatus: 403 } });

/** The status and the reason of the answer to a token. */
async function ask(token: string): Promise<string> {
  const response = await fetch(`${stack.url}/validate`, { headers: { authorization: `Bearer ${token}` } });
  const reason = /"reason":"([A-Z_]+)"/.exec(await response.text())?.[1];
  if (response.status === 401)
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer .*invalid_token/);
  return `${response.status}${reason === undefined ? "" : ` ${reason}`}`;
}

// Each rule is proven beside it, in packages/server/src/adapters/tokens. A row a rule shows that the server asks it.
it.each<[string, () => string | Promise<string>]>([
  ["T09: a member twice", () => stack.issuer.seal(json(HEADER), `{"sub":"x",${json(claims()).slice(1)}`)],
  ["T22: another issuer", () => sealed({}, { iss: stack.issuer.url.slice(0, -1) })],
  ["T01: alg none", () => sealed({ alg: "none" })],
  ["T02: an HMAC in place of the tenant's signature", () => signWithSecret("x", stack.issuer.url, "waad|x")],
  ["T04: the test issuer with the legacy secret", () => signWithSecret(LEGACY_SECRET, TEST_ISSUER, UUID)],
  ["T06: an address of keys in the header", () => sealed({ jku: baitUrl })],
  ["T07: an address as the key id", () => sealed({ kid: baitUrl })],
  ["T13: a signature cut short", () => altered(sealed())],
  ["T23: another audience", () => sealed({}, { aud: `${AUDIENCE}/x` })],
  ["T25: no subject", () => sealed({}, { sub: undefined })],
  ["T20: a lifetime over a day", () => sealed({}, { exp: now() + 90_000 })],
  ["a signed user id that is a subject", () => sealed({}, actionClaims({ userId: "waad|threats" }))],
  [
    "a legacy token whose subject is not a UUID",
    () => signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, "auth0|abc"),
  ],
])("a hostile token gets 401 TOKEN_INVALID over HTTP: %s", async (_, token) => {
  expect(await ask(await token())).toBe("401 TOKEN_INVALID");
  expect(baited).toBe(0);
});

it.each<[string, string, () => string | Promise<string>]>([
  ["200", "a token of the tenant", () => sealed()],
  ["200", "a legacy token", () => signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, UUID)],
  // Ten seconds and more are left of the tolerance.
  ["200", "T21: of a clock 20 s ahead", () => sealed({}, { iat: now() + 20, nbf: now() + 20 })],
  ["401 TOKEN_EXPIRED", "T20: that has expired", () => sealed({}, { exp: now() - 40, iat: now() - 600 })],
  ["403 USER_TOKEN_REQUIRED", "T25: of a machine", () => sealed({}, { sub: "robot@clients" })],
])("the answer is %s to a token %s", async (answer, _, token) => {
  expect(await ask(await token())).toBe(answer);
});

it("T27: a test token with the same subject and mailbox is a user of another tenant", async () => {
  const real = await validate(sealed());
  const test = await validate(signWithSecret(TEST_SECRET, TEST_ISSUER, "waad|threats", OWN));
  expect([real.source, test.source]).toEqual(["auth0", "test"]);
  const links = (await stack.items()).filter(
    ({ type, subject }) => type === "link" && subject === "waad|threats",
  );
  expect(links.map(({ tenant }) => tenant).sort()).toEqual(["default", "test"]);
});

it("a legacy token identifies the user of its UUID and grants no membership by its address", async () => {
  const token = await signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, UUID.toUpperCase(), {
    email: "Boss@Acme.example",
    email_verified: true,
  });
  expect(await stack.client(token).org.me.query()).toMatchObject({
    user: { userId: UUID, email: "boss@acme.example" },
    organizations: [],
    invitations: [],
  });
  expect(await stack.usersAt("boss@acme.example")).toBe(0);
});

describe("an address that is not trusted", () => {
  it.each([
    ["T40", "EMAIL_UNVERIFIED", "of a password login", "auth0", actionClaims({ emailVerified: "true" })],
    [
      "T41",
      "DOMAIN_NOT_ALLOWED",
      "of another organization",
      "waad",
      actionClaims({ connection: "acme-entra" }),
    ],
  ])("%s: is refused for %s, and nothing is stored: %s", async (_, reason, __, strategy, others) => {
    const email = `${fresh("victim")}@globex.example`;
    const subject = fresh(`${strategy}|evil`);
    const client = stack.client(await stack.issuer.sign(subject, { ...actionClaims({ email }), ...others }));
    for (const call of [
      () => client.auth.validate.query(),
      () => client.org.me.query(),
      () => client.auth.check.query({ organizationId: "acme" }),
    ]) {
      await expect(call()).rejects.toMatchObject(refusedFor(reason));
    }
    expect(await stack.usersAt(email)).toBe(0);
    expect(json(await stack.items())).not.toContain(json(subject).slice(1, -1));
  });

  it("T41: is not shown where it comes through an already linked subject", async () => {
    const subject = fresh("waad|mole");
    const { userId } = await validate(login.entra(`${fresh("mole")}@acme.example`, { subject }));
    const token = await login.entra("boss@globex.example", { subject });
    const after = await stack.client(token).org.me.query();
    expect(after).toMatchObject({ user: { userId, email: null }, joinable: [] });
    expect(after.organizations.map(({ id }) => id)).toEqual(["acme"]);
  });
});

it("T43: the organization comes only from a signed org_id", async () => {
  const spoofs = {
    organizationId: "globex",
    app_metadata: { org_id: "org_globex" },
    "https://platform.example/claims/org_id": "org_globex",
  };
  const email = `${fresh("org")}@acme.example`;
  expect(await validate(login.entra(email, { subject: fresh("waad|s"), ...spoofs }))).toMatchObject({
    organizationId: "acme",
  });
  const token = await login.entra(`${fresh("org")}@acme.example`, { org_id: "org_globex" });
  const headers = { authorization: `Bearer ${token}`, "x-organization-id": "globex" };
  const rest = await fetch(`${stack.url}/validate?organizationId=globex`, { headers });
  expect(await rest.json()).toMatchObject({ organizationId: null });
  const check = await stack.client(token).auth.check.query({ organizationId: "globex" });
  expect(check).toEqual({ allowed: false, role: null, actor: null });
});

it("T46: a second token behind a thousand other headers is seen, and the same one twice is accepted", async () => {
  const token = await login.entra(`${fresh("many")}@acme.example`);
  const others = Array.from({ length: 1_100 }, () => ["a", ""]).flat();
  for (const [second, status, answer] of [
    [token, 200, { organizationId: "acme" }],
    ["other", 400, { error: { reason: "CREDENTIALS_CONFLICT" } }],
  ] as const) {
    const headers = ["host", "x", "authorization", `Bearer ${token}`, ...others, "x-user-token", second];
    const [response] = await once(request(`${stack.url}/validate`, { headers }).end(), "response");
    expect(response.statusCode).toBe(status);
    expect(await jsonOf(response)).toMatchObject(answer);
  }
});

it("T48: a removed member is never restored, by any call in any order", async () => {
  const token = await login.entra(`${fresh("leaver")}@acme.example`);
  const { userId } = await validate(token);
  expect(await stack.cli("member", "remove", "acme", userId)).toMatchObject({ status: 0 });
  const client = stack.client(token);
  const calls = [
    () => client.auth.validate.query(),
    () => client.org.me.query(),
    () => client.auth.check.query({ organizationId: "globex" }),
    () => client.org.join.mutate({ organizationId: "acme" }),
  ];
  for (const call of [...calls, ...calls.reverse()]) {
    await expect(call()).rejects.toMatchObject(refusedFor("MEMBERSHIP_REMOVED"));
  }
  await stack.cli("member", "restore", "acme", userId);
  expect(await validate(token)).toMatchObject({ userId, organizationId: "acme" });
});

it("report mode lets an unverified domain in, logs it, and still enforces every verified domain", async () => {
  const email = `${fresh("early")}@notyet.example`;
  const early = login.entra(email, { connection: "entra-common", subject: fresh("waad|early") });
  const { userId } = await validate(early, report);
  const unverified = login.password(email, { verified: false });
  expect(await validate(unverified, report)).toMatchObject({ userId, email });
  const reported = stack.log.map((line) => JSON.parse(line)).filter(({ event }) => event === "would_refuse");
  expect(reported).toMatchObject([
    { reason: "DOMAIN_NOT_ALLOWED", connection: "entra-common", domain: "notyet.example" },
    { reason: "EMAIL_UNVERIFIED", connection: "Username-Password-Authentication", domain: "notyet.example" },
  ]);
  for (const line of reported) expect(line).toHaveProperty("request_id");
  await expect(validate(login.password("x@initech.example"), report)).rejects.toMatchObject(
    refusedFor("SSO_REQUIRED"),
  );
});
