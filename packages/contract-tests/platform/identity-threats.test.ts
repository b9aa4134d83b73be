import { once } from "node:events";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionClaims, signWithSecret } from "./issuer.ts";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

const LEGACY_SECRET = "a-legacy-secret-for-the-contract-tests-9f3b";
const LEGACY_ISSUER = "https://legacy.platform.example";

let stack: Stack;
let login: ReturnType<typeof logins>;

beforeAll(async () => {
  stack = await startStack({
    PLATFORM_JWT_ISSUER: LEGACY_ISSUER,
    PLATFORM_JWT_AUDIENCE: "https://api.platform.example",
    PLATFORM_JWT_SECRET: LEGACY_SECRET,
  });
  await stack.applyOrganizations(ORGANIZATIONS);
  login = logins(stack.issuer);
});
afterAll(() => stack.close());

const validate = async (token: string | Promise<string>) => stack.client(await token).auth.validate.query();
const me = async (token: string | Promise<string>) => stack.client(await token).org.me.query();
const refusedFor = (reason: string) => ({ data: { reason, httpStatus: 403 } });

/** Expects a refusal that stored nothing, neither in the directory nor in the table. */
async function expectNothingWritten(email: string, subject: string): Promise<void> {
  expect(await stack.usersAt(email)).toBe(0);
  expect(JSON.stringify(await stack.items())).not.toContain(JSON.stringify(subject).slice(1, -1));
}

describe("T40 an address that Auth0 has not verified", () => {
  it.each([false, null, "true", 1, undefined])(
    "refuses a password login with email_verified %j",
    async (flag) => {
      const email = `${fresh("unverified")}@gmail.example`;
      const subject = fresh("auth0|unverified");
      const claims = actionClaims({ email, emailVerified: flag });
      const token = await stack.issuer.sign(subject, claims);
      const client = stack.client(token);
      const firstCalls = [
        () => client.auth.validate.query(),
        () => client.org.me.query(),
        () => client.auth.check.query({ organizationId: "acme" }),
      ];
      for (const call of firstCalls) {
        await expect(call()).rejects.toMatchObject(refusedFor("EMAIL_UNVERIFIED"));
      }
      await expectNothingWritten(email, subject);
    },
  );

  it("is accepted if an SSO connection vouches for its own domain", async () => {
    await expect(validate(login.entra(`${fresh("e")}@acme.example`))).resolves.toMatchObject({
      organizationId: "acme",
    });
  });

  it.each([
    ["the connection's own domain", "acme-entra", "acme.example", null],
    ["another domain", "acme-entra", "globex.example", "DOMAIN_NOT_ALLOWED"],
    // The Action passes on no flag of a linked SSO account, because it would look like a database account's.
    ["a domain and an unregistered connection", "rogue-saml", "acme.example", "EMAIL_UNVERIFIED"],
  ])("of a linked password profile that comes in through SSO: %s", async (_, connection, domain, reason) => {
    const claims = actionClaims({ connection, email: `${fresh("linked")}@${domain}` });
    const answer = validate(stack.issuer.sign(fresh("auth0|linked"), claims));
    if (reason === null) await expect(answer).resolves.toMatchObject({ organizationId: "acme" });
    else await expect(answer).rejects.toMatchObject(refusedFor(reason));
  });
});

describe("T41 an organization that speaks for another", () => {
  it.each(["victim@globex.example", "victim@nobody.example", "victim@sub.acme.example", "victim@example"])(
    "may not assert %s",
    async (email) => {
      const subject = fresh("waad|evil");
      await expect(validate(login.entra(email, { subject }))).rejects.toMatchObject({
        data: { reason: email.includes(".") ? "DOMAIN_NOT_ALLOWED" : "EMAIL_INVALID" },
      });
      await expectNothingWritten(email, subject);
    },
  );

  it("may not reach an existing user of the other organization", async () => {
    const email = `${fresh("boss")}@globex.example`;
    await validate(login.saml(email));
    await expect(validate(login.entra(email))).rejects.toMatchObject(refusedFor("DOMAIN_NOT_ALLOWED"));
  });

  it("gains nothing of the other organization through an already linked subject", async () => {
    const subject = fresh("waad|mole");
    const { userId } = await validate(login.entra(`${fresh("mole")}@acme.example`, { subject }));
    const after = await me(login.entra("boss@globex.example", { subject }));
    expect(after).toMatchObject({ user: { userId, email: null }, joinable: [] });
    expect(after.organizations.map(({ id }) => id)).toEqual(["acme"]);
  });
});

it("T42 refuses a new subject of the same connection for a recycled mailbox", async () => {
  const email = `${fresh("recycled")}@acme.example`;
  await validate(login.entra(email));
  await expect(validate(login.entra(email))).rejects.toMatchObject(refusedFor("IDENTITY_CONFLICT"));
  const password = `${fresh("recycled")}@gmail.example`;
  await validate(login.password(password));
  await expect(validate(login.password(password))).rejects.toMatchObject(refusedFor("IDENTITY_CONFLICT"));
});

it("T43 takes the organization only from a signed org_id", async () => {
  const email = `${fresh("org")}@acme.example`;
  const spoofs = {
    organizationId: "globex",
    app_metadata: { org_id: "org_globex" },
    "https://platform.example/claims/org_id": "org_globex",
  };
  expect(await validate(login.entra(email, { subject: fresh("waad|s"), ...spoofs }))).toMatchObject({
    organizationId: "acme",
  });
  const token = await login.entra(`${fresh("org")}@acme.example`, { org_id: "org_globex" } as object);
  expect(await validate(token)).toMatchObject({ organizationId: null });
  expect(await stack.client(token).auth.check.query({ organizationId: "globex" })).toEqual({
    allowed: false,
    role: null,
  });
  const headers = { authorization: `Bearer ${token}`, "x-organization-id": "globex" };
  const rest = await fetch(`${stack.url}/validate?organizationId=globex`, { headers });
  expect(await rest.json()).toMatchObject({ organizationId: null });
});

describe("T44 T45 one canonical form", () => {
  it.each([
    ["JANE.Kelvin@ACME.example", "jane.kelvin@acme.example"],
    ["jane+tag@acme.example", "jane+tag@acme.example"],
    ["jane@ACME。example", "jane@acme.example"],
  ])("%s is %s", async (spelling, canonical) => {
    expect((await validate(login.entra(spelling))).email).toBe(canonical);
  });

  it.each([
    "ja\u0131ne@acme.example",
    "\u212Aate@acme.example",
    "a@b@acme.example",
    "jane\uFF20acme.example",
    '"jane"@acme.example',
    "jane(x)@acme.example",
    "=?utf-8?q?x?=@acme.example",
    "jane@acme.example.",
    "jane\r\nbcc:x@acme.example",
    "jane@[127.0.0.1]",
    42,
  ])("refuses %j", async (email) => {
    const token = stack.issuer.sign(fresh("waad|odd"), actionClaims({ connection: "acme-entra", email }));
    await expect(validate(token)).rejects.toMatchObject(refusedFor("EMAIL_INVALID"));
  });
});

it("T46 refuses two different tokens and accepts the same one twice", async () => {
  const [a, b] = await Promise.all([
    login.entra(`${fresh("a")}@acme.example`),
    login.entra(`${fresh("b")}@acme.example`),
  ]);
  const ask = async (userToken: string) => {
    const response = await fetch(`${stack.url}/validate`, {
      headers: { authorization: `Bearer ${a}`, "x-user-token": userToken },
    });
    return { status: response.status, body: await response.json() };
  };
  expect(await ask(a)).toMatchObject({ status: 200 });
  expect(await ask(b)).toMatchObject({ status: 400, body: { error: { reason: "CREDENTIALS_CONFLICT" } } });
});

it("T46 sees a second token behind a thousand other headers", async () => {
  const token = await login.entra(`${fresh("many")}@acme.example`);
  const others = Array.from({ length: 1_100 }, () => ["a", ""]).flat();
  const headers = ["host", "x", "authorization", `Bearer ${token}`, ...others, "x-user-token", "other"];
  const [response] = await once(request(`${stack.url}/validate`, { headers }).end(), "response");
  expect(response.statusCode).toBe(400);
  expect(await json(response)).toMatchObject({ error: { reason: "CREDENTIALS_CONFLICT" } });
});

it("T48 never restores a removed member, by any call in any order", async () => {
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
  expect((await stack.cli("member", "list", "acme")).output).toMatch(new RegExp(`${userId} .* removed`));
  await stack.cli("member", "restore", "acme", userId);
  expect(await validate(token)).toMatchObject({ userId, organizationId: "acme" });
});

it.each(["gmail.com", "co.uk", "github.io", "mail.ru", "localhost"])(
  "T49 refuses %s as a customer's domain",
  async (domain) => {
    const [acme] = ORGANIZATIONS;
    await expect(stack.applyOrganizations([{ ...acme, domains: [domain] }])).rejects.toThrow(
      /organizations\[0\]\.domains\[0\]/,
    );
    expect(await stack.client().discover.byEmail.mutate({ email: "someone@gmail.com" })).toEqual({
      method: "password",
    });
  },
);

it("T4B a linked user gains nothing by editing their address", async () => {
  const subject = fresh("auth0|editor");
  const { userId } = await validate(login.password(`${fresh("editor")}@gmail.example`, { subject }));
  const edited = await me(login.password("boss@acme.example", { subject, verified: false }));
  expect(edited).toEqual({
    user: { userId, email: null },
    organizations: [],
    activeOrganizationId: null,
    joinable: [],
    removed: [],
    invitations: [],
  });
  await expect(
    stack
      .client(await login.password("x@hooli.example", { subject, verified: false }))
      .org.join.mutate({ organizationId: "hooli" }),
  ).rejects.toMatchObject(refusedFor("NOT_JOINABLE"));
});

describe("T4C the connection of a token", () => {
  it.each([
    ["a NameID with pipes", "samlp|globex-saml|ho|mer", { email: "homer.pipes@globex.example" }, "globex"],
    [
      "a two-part subject read as three",
      "samlp|globex-saml",
      { email: "two@globex.example" },
      "DOMAIN_NOT_ALLOWED",
    ],
    [
      "a registered name with another strategy",
      "waad|globex-saml|x",
      { email: "x@globex.example" },
      "DOMAIN_NOT_ALLOWED",
    ],
    [
      "a claim that decides against the subject",
      "samlp|globex-saml|y",
      { connection: "acme-entra", email: "y@globex.example" },
      "DOMAIN_NOT_ALLOWED",
    ],
    [
      "a claim that decides for another SSO",
      "samlp|globex-saml|z",
      { connection: "acme-entra", email: "z@acme.example" },
      "acme",
    ],
    [
      "T4D an Entra subject without a registered connection",
      "waad|common",
      { email: "jane@acme.example" },
      "DOMAIN_NOT_ALLOWED",
    ],
    [
      "T4D an unregistered connection",
      "waad|common2",
      { connection: "entra-common", email: "jane@acme.example" },
      "DOMAIN_NOT_ALLOWED",
    ],
  ])("%s", async (_, subject, claims, outcome) => {
    const answer = validate(stack.issuer.sign(subject, actionClaims({ ...claims, emailVerified: true })));
    if (outcome === outcome.toUpperCase()) await expect(answer).rejects.toMatchObject(refusedFor(outcome));
    else await expect(answer).resolves.toMatchObject({ organizationId: outcome });
  });
});

it("T4E a linked password login does not count for an organization with enforced SSO", async () => {
  const email = `${fresh("peter")}@initech.example`;
  const { userId } = await validate(login.adfs(email));
  await expect(validate(login.password(email))).rejects.toMatchObject(refusedFor("SSO_REQUIRED"));

  const subject = fresh("auth0|peter");
  const linked = await validate(login.password(`${fresh("p")}@gmail.example`, { subject, userId } as object));
  expect(linked.userId).not.toBe(userId);
  const claims = actionClaims({ connection: "Username-Password-Authentication", userId });
  const token = await stack.issuer.sign(fresh("auth0|claimed"), claims);
  const client = stack.client(token);
  expect(await client.auth.validate.query()).toMatchObject({ userId, organizationId: null });
  expect(await client.auth.check.query({ organizationId: "initech" })).toEqual({
    allowed: false,
    role: null,
  });
  expect((await client.org.me.query()).organizations).toMatchObject([{ id: "initech", ssoRequired: true }]);
});

describe("a legacy platform token", () => {
  const userId = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

  it("identifies the user of its UUID, shows its address and grants no membership by it", async () => {
    const token = await signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, userId.toUpperCase(), {
      email: "Boss@Acme.example",
      email_verified: true,
    });
    expect(await me(token)).toEqual({
      user: { userId, email: "boss@acme.example" },
      organizations: [],
      activeOrganizationId: null,
      joinable: [],
      removed: [],
      invitations: [],
    });
    expect(await stack.usersAt("boss@acme.example")).toBe(0);
  });

  it.each(["auth0|abc", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"])(
    "is refused with the subject %s",
    async (subject) => {
      await expect(validate(signWithSecret(LEGACY_SECRET, LEGACY_ISSUER, subject))).rejects.toMatchObject({
        data: { reason: "TOKEN_INVALID", httpStatus: 401 },
      });
    },
  );
});

describe("a signed capitol_user_id", () => {
  const userId = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

  it("replaces only the directory call", async () => {
    const email = `${fresh("claimed")}@acme.example`;
    const claims = { connection: "acme-entra", userId };
    expect(
      await validate(stack.issuer.sign("waad|claimed", actionClaims({ ...claims, email }))),
    ).toMatchObject({ userId, email });
    expect(await stack.usersAt(email)).toBe(0);
    const foreign = actionClaims({ ...claims, email: "x@globex.example" });
    await expect(validate(stack.issuer.sign("waad|foreign", foreign))).rejects.toMatchObject(
      refusedFor("DOMAIN_NOT_ALLOWED"),
    );
  });

  it("is a conflict if it contradicts the stored link or another subject's seat", async () => {
    const other = actionClaims({ connection: "acme-entra", userId: "16fd2706-8baf-433b-82eb-8c7fada847da" });
    await expect(validate(stack.issuer.sign("waad|claimed", other))).rejects.toMatchObject(
      refusedFor("IDENTITY_CONFLICT"),
    );
    const second = actionClaims({ connection: "acme-entra", userId });
    await expect(validate(stack.issuer.sign("waad|second", second))).rejects.toMatchObject(
      refusedFor("IDENTITY_CONFLICT"),
    );
  });
});

it("refuses a link whose connection has moved to another organization", async () => {
  const token = await login.saml(`${fresh("moved")}@globex.example`);
  await validate(token);
  const globex = { id: "globex", name: "Globex", jit: true, defaultRole: "member" };
  const connections = [{ name: "globex-saml", strategy: "samlp", displayName: "Globex" }];
  const heir = {
    id: "heir",
    name: "Heir",
    jit: true,
    defaultRole: "member",
    domains: ["globex.example"],
    connections,
  };
  await stack.applyOrganizations([{ ...globex, domains: ["globex.example"] }, heir]);
  await expect(validate(token)).rejects.toMatchObject(refusedFor("IDENTITY_CONFLICT"));
});
