import { createPlatformClient, reasonOf } from "@platform-api/client";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { actionClaims } from "./issuer.ts";
import { fresh, logins, ORGANIZATIONS } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let login: ReturnType<typeof logins>;

beforeAll(async () => {
  stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
  login = logins(stack.issuer);
});
afterAll(() => stack.close());

async function rest(path: string, { token, ...init }: RequestInit & { token?: string } = {}) {
  const headers = { ...init.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${stack.url}${path}`, { ...init, headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe("tRPC and REST give the same answer", () => {
  it("auth.validate", async () => {
    const token = await login.entra(`${fresh("v")}@acme.example`);
    const validated = await stack.client(token).auth.validate.query();
    expect(Date.parse(validated.expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    expect(validated).toMatchObject({ source: "auth0", organizationId: "acme" });
    expect(await rest("/validate", { token })).toMatchObject({ status: 200, body: validated });
    expect(await rest("/validate", { token, method: "POST" })).toMatchObject({
      status: 200,
      body: validated,
    });
    const headers = { "x-user-token": token };
    expect(await rest("/validate", { headers })).toMatchObject({ status: 200, body: validated });
  });

  it.each([
    ["acme", undefined, { allowed: true, role: "owner" }],
    ["acme", "admin", { allowed: true, role: "owner" }],
    ["globex", undefined, { allowed: false, role: null }],
    ["there-is-none", undefined, { allowed: false, role: null }],
    ["not/an id", undefined, { allowed: false, role: null }],
  ] as const)("auth.check of %s as %s", async (organizationId, role, answer) => {
    const token = await login.entra("boss@acme.example", { subject: "waad|boss" });
    const input = role === undefined ? { organizationId } : { organizationId, role };
    expect(await stack.client(token).auth.check.query(input)).toEqual(answer);
    const path = `/check?${new URLSearchParams(input)}`;
    expect(await rest(path, { token })).toMatchObject({ status: 200, body: answer });
  });

  it.each(["requiredRole", "roles"])("auth.check refuses the misspelled field %s", async (misspelt) => {
    const token = await login.entra(`${fresh("m")}@acme.example`);
    const query = new URLSearchParams({ organizationId: "acme", [misspelt]: "owner" });
    expect(await rest(`/check?${query}`, { token })).toMatchObject({
      status: 400,
      body: { error: { reason: "INPUT_INVALID", message: expect.stringContaining(misspelt) } },
    });
  });

  it("auth.check refuses a role that the user does not have", async () => {
    const client = stack.client(await login.entra(`${fresh("m")}@acme.example`));
    const check = await client.auth.check.query({ organizationId: "acme", role: "admin" });
    expect(check).toEqual({ allowed: false, role: "member" });
  });

  it("org.me and org.join with a shared domain", async () => {
    const token = await login.okta(`${fresh("u")}@umbrella.example`);
    const client = stack.client(token);
    const me = await client.org.me.query();
    expect(me.organizations.map(({ id }) => id)).toEqual(["umbrella-labs"]);
    expect(me.joinable).toEqual([{ id: "umbrella-retail", name: "Umbrella Retail" }]);
    expect(await rest("/organizations/me", { token })).toMatchObject({ status: 200, body: me });

    const organizationId = "umbrella-retail";
    const joined = await client.org.join.mutate({ organizationId });
    expect(joined).toEqual({ organizationId, userId: me.user.userId, role: "member", status: "active" });
    const after = await client.org.me.query();
    expect(after.organizations.map(({ id }) => id)).toEqual(["umbrella-labs", "umbrella-retail"]);
    expect(after.joinable).toEqual([]);

    const another = await login.okta(`${fresh("u")}@umbrella.example`);
    const init = { method: "POST", token: another };
    const { status, body } = await rest(`/organizations/${organizationId}/join`, init);
    const { user, organizations } = await stack.client(another).org.me.query();
    expect([status, body]).toEqual([200, { ...joined, userId: user.userId }]);
    expect(organizations).toEqual(after.organizations);
  });

  it.each([
    [
      "jane@acme.example",
      { options: [{ connection: "acme-entra", authorize: { organization: "org_acme" } }] },
    ],
    ["Jane@Globex.Example", { options: [{ authorize: { login_hint: "jane@globex.example" } }] }],
    ["peter@initech.example", { method: "sso", passwordAllowed: false }],
    [
      "x@umbrella.example",
      { method: "sso", passwordAllowed: true, options: [{ connection: "umbrella-okta" }] },
    ],
    ["pat@hooli.example", { method: "password" }],
    ["x@sub.acme.example", { method: "password" }],
  ])("discover.byEmail of %s", async (email, answer) => {
    const discovered = await stack.client().discover.byEmail.mutate({ email });
    expect(discovered).toMatchObject(answer);
    const init = {
      method: "POST",
      body: JSON.stringify({ email }),
      headers: { "content-type": "application/json" },
    };
    expect(await rest("/public/auth/discover", init)).toMatchObject({ status: 200, body: discovered });
  });
});

describe("memberships do not depend on the order of calls", () => {
  it("the first call consumes an invitation once, before JIT and joining", async () => {
    const invite = async (email: string) => {
      const [hooli] = ORGANIZATIONS.filter(({ id }) => id === "hooli");
      await stack.applyOrganizations([{ ...hooli, members: [{ email, role: "admin" }] }]);
      return stack.client(await login.password(email));
    };
    const calls = {
      me: async (email: string) => (await invite(email)).org.me.query(),
      check: async (email: string) => (await invite(email)).auth.check.query({ organizationId: "hooli" }),
      join: async (email: string) =>
        expect((await invite(email)).org.join.mutate({ organizationId: "hooli" })).rejects.toMatchObject({
          data: { reason: "NOT_JOINABLE" },
        }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const email = `${fresh(name)}@hooli.example`;
      await call(email);
      const { output } = await stack.cli("member", "list", "hooli");
      expect(output).toMatch(new RegExp(`${email} +admin +active +invitation`));
    }
  });

  it("with enforced SSO an invited outsider counts, but no other password login", async () => {
    const client = stack.client(await login.password("contractor@freelance.example"));
    expect(await client.auth.check.query({ organizationId: "initech" })).toEqual({
      allowed: true,
      role: "member",
    });
    expect((await client.org.me.query()).organizations).toMatchObject([
      { id: "initech", ssoRequired: false },
    ]);
  });

  it("neither dropping nor verifying a domain exempts a user from enforced SSO", async () => {
    const [insider, late] = [`${fresh("in")}@ini.example`, `${fresh("late")}@ini.example`];
    const outsider = `${fresh("out")}@elsewhere.example`;
    const ini = {
      ...{ id: "ini", name: "Ini", jit: true, defaultRole: "member", enforceSso: true },
      connections: [{ name: "ini-adfs", strategy: "adfs", displayName: "Ini" }],
      members: [insider, late, outsider].map((email) => ({ email, role: "owner" })),
    };
    const verify = (...domains: string[]) => stack.applyOrganizations([{ ...ini, domains }]);
    const allowed = async (token: string | Promise<string>) =>
      (await stack.client(await token).auth.check.query({ organizationId: "ini", role: "owner" })).allowed;
    await verify("ini.example");
    const sso = await stack.issuer.sign(`adfs|ini-adfs|${insider}`, actionClaims({ email: insider }));
    const passwords = [await login.password(insider), await login.password(outsider)] as const;
    expect([await allowed(sso), await allowed(passwords[1])]).toEqual([true, true]);
    await verify();
    // Before or after the domain was dropped, the invited address was inside it.
    for (const password of [passwords[0], await login.password(late)])
      expect(await allowed(password)).toBe(false);
    await verify("elsewhere.example");
    expect(await allowed(passwords[1])).toBe(false);
  });

  it.each([
    ["a password, verified", "auth0|", "hooli.example", ["hooli"]],
    ["an e-mail code", "email|", "hooli.example", ["hooli"]],
    ["a social login", "google-oauth2|", "hooli.example", []],
    ["JIT off", "auth0|", "closed.example", []],
    [
      "several organizations: never the first match",
      "auth0|",
      "umbrella.example",
      ["umbrella-labs", "umbrella-retail"],
    ],
  ])(
    "%s makes no member, and the user may join only what is offered",
    async (_, strategy, domain, joinable) => {
      const claims = actionClaims({ email: `${fresh("p")}@${domain}`, emailVerified: true });
      const token = await stack.issuer.sign(fresh(strategy), claims);
      const client = stack.client(token);
      const me = await client.org.me.query();
      expect(me).toMatchObject({ organizations: [], activeOrganizationId: null });
      expect(me.joinable.map(({ id }) => id)).toEqual(joinable);
      for (const organizationId of ["acme", "closed", "none", "initech"]) {
        const refusal = await client.org.join.mutate({ organizationId }).catch(reasonOf);
        expect(refusal).toBe("NOT_JOINABLE");
        const { body } = await rest(`/organizations/${organizationId}/join`, { token, method: "POST" });
        expect(body.error.reason).toBe("NOT_JOINABLE");
      }
    },
  );
});

describe("every reason of a procedure", () => {
  const sign = (subject: string, claims: object) => stack.issuer.sign(subject, { ...claims });
  const expired = { iat: Math.floor(Date.now() / 1000) - 7_200, exp: Math.floor(Date.now() / 1000) - 3_600 };

  it.each<[string, number, () => Promise<string> | undefined]>([
    ["TOKEN_MISSING", 401, () => undefined],
    ["TOKEN_INVALID", 401, async () => "not-a-token"],
    ["TOKEN_INVALID", 401, () => sign("waad|x", { iss: "https://evil.example/" })],
    ["TOKEN_INVALID", 401, () => sign("waad|x", { aud: "another-api" })],
    ["TOKEN_EXPIRED", 401, () => sign("waad|x", expired)],
    ["USER_TOKEN_REQUIRED", 403, () => sign("machine@clients", { gty: "client-credentials" })],
    ["EMAIL_MISSING", 403, () => sign("waad|x", actionClaims({ connection: "acme-entra" }))],
    ["EMAIL_INVALID", 403, () => sign("waad|x", actionClaims({ connection: "acme-entra", email: "x" }))],
    ["EMAIL_UNVERIFIED", 403, () => login.password("x@gmail.example", { verified: false })],
    ["DOMAIN_NOT_ALLOWED", 403, () => login.entra("x@globex.example")],
    ["SSO_REQUIRED", 403, () => login.password("x@initech.example")],
  ])("%s is %i", async (reason, status, token) => {
    const sent = await token();
    const error = await stack
      .client(sent)
      .auth.validate.query()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { reason, httpStatus: status } });
    expect(reasonOf(error)).toBe(reason);

    const answer = await rest("/validate", sent === undefined ? {} : { token: sent });
    expect(answer).toMatchObject({ status, body: { error: { reason, message: expect.any(String) } } });
    expect(answer.headers.get("www-authenticate")?.startsWith("Bearer") ?? false).toBe(status === 401);
  });

  it("CREDENTIALS_CONFLICT if a proxy adds the token of another user", async () => {
    const [own, other] = await Promise.all([
      login.entra("own@acme.example"),
      login.entra("other@acme.example"),
    ]);
    const adding: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set("x-user-token", other);
      return fetch(url, { ...init, headers });
    };
    const error = await createPlatformClient({ url: stack.url, token: own, fetch: adding })
      .auth.validate.query()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { reason: "CREDENTIALS_CONFLICT", httpStatus: 400 } });
    expect(await rest("/validate", { token: "two words" })).toMatchObject({
      status: 400,
      body: { error: { reason: "CREDENTIALS_CONFLICT" } },
    });
  });

  it("TOKEN_INVALID without a request for a string that no header can carry", async () => {
    for (const token of ["two words", "a,b", "line\nbreak", "jäne"]) {
      const refusal = await stack.client(token).auth.validate.query().catch(reasonOf);
      expect(refusal).toBe("TOKEN_INVALID");
    }
  });

  it("INPUT_INVALID names the field and the problem", async () => {
    const error = await stack
      .client()
      .discover.byEmail.mutate({ email: "x@" })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: "The request is not valid: email: not an e-mail address such as jane@acme.example",
      data: { reason: "INPUT_INVALID", httpStatus: 400 },
    });
    const token = await login.entra(`${fresh("i")}@acme.example`);
    expect(await rest("/check", { token })).toMatchObject({
      status: 400,
      body: { error: { reason: "INPUT_INVALID" } },
    });
  });

  it("NOT_FOUND for an unknown path", async () => {
    expect(await rest("/nothing")).toMatchObject({ status: 404, body: { error: { reason: "NOT_FOUND" } } });
    expect(await rest("/trpc/auth.nothing")).toMatchObject({
      status: 404,
      body: { error: { data: { reason: "NOT_FOUND" } } },
    });
  });
});

it("a call with a wrong input or a misspelled procedure does not compile", () => {
  const client = stack.client();
  type Client = typeof client;
  expectTypeOf<Parameters<Client["auth"]["check"]["query"]>[0]>().toEqualTypeOf<{
    organizationId: string;
    role?: "member" | "admin" | "owner" | undefined;
  }>();
  const calls = () => [
    // @ts-expect-error a misspelled procedure
    client.auth.validte.query(),
    // @ts-expect-error a wrong input
    client.auth.check.query({ organisationId: "acme" }),
    // @ts-expect-error discovery is a mutation, because an address must not be in a URL
    client.discover.byEmail.query({ email: "jane@acme.example" }),
    // @ts-expect-error an unknown role
    client.auth.check.query({ organizationId: "acme", role: "boss" }),
  ];
  expect(calls).toBeTypeOf("function");
});
