import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { LoginRefused, refresh } from "../token/login.ts";
import {
  API_AUDIENCE,
  CLI_CLIENT,
  DEVELOPMENT_PASSWORD,
  MACHINE_CLIENT,
  PASSWORD_CONNECTION,
  startIdentityProvider,
} from "./index.ts";
import { dataFolder, runningTenant, signIn, TENANT, Visitor, verified } from "./running-tenant.fixture.ts";

const NAMESPACE = "https://platform-api.example/";
/** SQLite's other files are gone when the database is closed. */
const CLOSED = ["identity-provider.sqlite"];
const FRONTEND = "http://127.0.0.1:4002";

async function json(url: string | URL, init?: RequestInit) {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function machineToken(issuer: string, params: Record<string, string>) {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: MACHINE_CLIENT.clientId,
    client_secret: MACHINE_CLIENT.clientSecret,
    ...params,
  });
  return json(new URL("oauth/token", issuer), { method: "POST", body });
}

describe("what it publishes", () => {
  test("has Auth0's paths under an issuer with a trailing slash", async () => {
    const { issuer } = await runningTenant();
    expect(issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { body } = await json(`${issuer}.well-known/openid-configuration`);
    expect(body).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}authorize`,
      token_endpoint: `${issuer}oauth/token`,
      userinfo_endpoint: `${issuer}userinfo`,
      jwks_uri: `${issuer}.well-known/jwks.json`,
      end_session_endpoint: `${issuer}oidc/logout`,
      code_challenge_methods_supported: ["S256"],
      id_token_signing_alg_values_supported: ["RS256"],
      response_types_supported: ["code"],
    });
  });

  test("is one RS256 key without its private half", async () => {
    const { issuer } = await runningTenant();
    const { body } = await json(`${issuer}.well-known/jwks.json`);
    const { keys } = z.object({ keys: z.array(z.record(z.string(), z.string())) }).parse(body);
    expect(keys).toEqual([
      { kty: "RSA", use: "sig", alg: "RS256", e: "AQAB", kid: expect.any(String), n: expect.any(String) },
    ]);
    expect(Buffer.from(keys[0]?.n ?? "", "base64url")).toHaveLength(256);
  });
});

describe("an access token", () => {
  const strategies = [
    { connection: "acme-entra", subject: /^waad\|[\w-]{43}$/, emailVerified: false },
    { connection: "initech-adfs", subject: /^adfs\|initech-adfs\|new@x\.example$/, emailVerified: false },
    { connection: "globex-saml", subject: /^samlp\|globex-saml\|new@x\.example$/, emailVerified: true },
    { connection: "umbrella-okta", subject: /^okta\|umbrella-okta\|00u[0-9a-f]{17}$/, emailVerified: true },
    { connection: "google-oauth2", subject: /^google-oauth2\|\d{21}$/, emailVerified: true },
    { connection: "hooli-ping", subject: /^pingfederate\|hooli-ping\|[\w-]{43}$/, emailVerified: true },
  ];
  test.for(strategies)(
    "of a first-time person through $connection has exactly Auth0's claims",
    async (expected) => {
      const { issuer } = await runningTenant();
      const { accessToken } = await signIn(issuer, {
        email: "new@x.example",
        connection: expected.connection,
      });
      const { claims, header } = await verified(issuer, accessToken);
      expect(header).toEqual({ alg: "RS256", typ: "JWT", kid: expect.any(String) });
      expect(claims).toEqual({
        iss: issuer,
        sub: expect.stringMatching(expected.subject),
        aud: [API_AUDIENCE, `${issuer}userinfo`],
        azp: CLI_CLIENT.clientId,
        scope: "openid profile email offline_access",
        iat: expect.any(Number),
        exp: (claims.iat ?? 0) + 86_400,
        [`${NAMESPACE}email`]: "new@x.example",
        [`${NAMESPACE}email_verified`]: expected.emailVerified,
        [`${NAMESPACE}connection`]: expected.connection,
      });
    },
  );

  const accounts = [
    { email: "ada@hooli.example", expected: { email_verified: true } },
    { email: "gavin@hooli.example", password: "gavins-own", expected: { email_verified: false } },
    { email: "uuid@hooli.example", expected: { capitol_user_id: "0d4f5b1e-8f1c-4c57-9f3c-2f8f3a4f9a10" } },
  ];
  test.for(accounts)(
    "of the password account $email says what the account is",
    async ({ expected, ...person }) => {
      const { issuer } = await runningTenant();
      const { accessToken } = await signIn(issuer, { password: DEVELOPMENT_PASSWORD, ...person });
      const { claims } = await verified(issuer, accessToken);
      const namespaced = Object.entries(expected).map(([name, value]) => [`${NAMESPACE}${name}`, value]);
      expect(claims).toMatchObject({
        sub: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
        [`${NAMESPACE}connection`]: "Username-Password-Authentication",
        ...Object.fromEntries(namespaced),
      });
    },
  );

  test("has the namespace that the tenant is given", async () => {
    const { issuer } = await runningTenant({ claimNamespace: "https://other.example/ns/" });
    const { accessToken } = await signIn(issuer, { email: "jane@acme.example", connection: "acme-entra" });
    const { claims } = await verified(issuer, accessToken);
    expect(claims).toHaveProperty(["https://other.example/ns/email"], "jane@acme.example");
    expect(claims).not.toHaveProperty([`${NAMESPACE}email`]);
  });

  test("names the organization that the login was for, refreshed or not, as the ID token does", async () => {
    const { issuer } = await runningTenant();
    const person = { email: "jane@acme.example", connection: "acme-entra" };
    const plain = await signIn(issuer, person);
    const tokens = await signIn(issuer, { ...person, organization: "org_acme" });
    const refreshed = await refresh(issuer, CLI_CLIENT.clientId, tokens.refreshToken ?? "");
    for (const token of [tokens.accessToken, refreshed.accessToken]) {
      expect((await verified(issuer, token)).claims.org_id).toBe("org_acme");
    }
    const idToken = await verified(issuer, tokens.idToken ?? "", CLI_CLIENT.clientId);
    expect(idToken.claims).toMatchObject({ org_id: "org_acme", email: person.email, email_verified: false });
    expect((await verified(issuer, plain.accessToken)).claims).not.toHaveProperty("org_id");
  });

  test("without openid is for the API alone", async () => {
    const { issuer } = await runningTenant();
    const person = { email: "jane@acme.example", connection: "acme-entra" };
    const { accessToken, idToken, refreshToken } = await signIn(issuer, { ...person, scope: "profile" });
    expect((await verified(issuer, accessToken)).claims).toMatchObject({
      aud: API_AUDIENCE,
      scope: "profile",
    });
    expect({ idToken, refreshToken }).toEqual({ idToken: undefined, refreshToken: undefined });
  });

  test("for an API that nobody registered is refused", async () => {
    const { issuer } = await runningTenant();
    const audience = "https://other.example";
    const attempt = signIn(issuer, { email: "jane@acme.example", connection: "acme-entra", audience });
    await expect(attempt).rejects.toThrow("access_denied: Service not found: https://other.example");
    expect(await machineToken(issuer, { audience })).toMatchObject({ body: { error: "access_denied" } });
  });

  test("asked for without an audience is opaque, and opens userinfo", async () => {
    const { issuer } = await runningTenant();
    const person = { email: "j@acme.example", connection: "acme-entra" };
    const { accessToken, idToken = "" } = await signIn(issuer, { ...person, audience: "" });
    expect(decodeJwt(idToken)).toMatchObject({ email: "j@acme.example" });
    expect(() => decodeProtectedHeader(accessToken)).toThrow();
    const userinfo = await json(`${issuer}userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(userinfo.body).toMatchObject({ email: "j@acme.example" });
  });

  test("of a machine names the machine", async () => {
    const { issuer } = await runningTenant();
    const { body } = await machineToken(issuer, { audience: API_AUDIENCE });
    const { access_token: token } = z.object({ access_token: z.string() }).parse(body);
    const { claims, header } = await verified(issuer, token);
    expect(header.typ).toBe("JWT");
    expect(claims).toEqual({
      iss: issuer,
      sub: "platform-machine@clients",
      aud: API_AUDIENCE,
      azp: "platform-machine",
      gty: "client-credentials",
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 86_400,
    });
    expect((await machineToken(issuer, { audience: API_AUDIENCE, client_secret: "guess" })).status).toBe(401);
  });
});

describe("a subject", () => {
  async function subjectOf(issuer: string, email: string, connection: string) {
    const { claims } = await verified(issuer, (await signIn(issuer, { email, connection })).accessToken);
    expect(claims[`${NAMESPACE}email`]).toBe(email.toLowerCase());
    return claims.sub;
  }

  test("belongs to one person of one connection, however the address is written", async () => {
    const { issuer } = await runningTenant();
    const first = await subjectOf(issuer, "Joe@ACME.example", "acme-entra");
    expect(await subjectOf(issuer, "joe@acme.example", "acme-entra")).toBe(first);
    expect(await subjectOf(issuer, "joan@acme.example", "acme-entra")).not.toBe(first);
    expect(await subjectOf(issuer, "joe@acme.example", "umbrella-okta")).not.toBe(first);
  });

  test("survives restarts, even where an example account says something else by then", async () => {
    const folder = await dataFolder();
    const subjects: unknown[] = [];
    for (const emailVerified of [false, true]) {
      const accounts = [
        { email: "jane@acme.example", name: "Jane", connection: "acme-entra", emailVerified },
      ];
      const { issuer, close } = await runningTenant({ dataFolder: folder, accounts });
      for (const email of ["jane@acme.example", "new@acme.example"]) {
        const { accessToken } = await signIn(issuer, { email, connection: "acme-entra" });
        const { claims } = await verified(issuer, accessToken);
        subjects.push(claims.sub);
        if (email.startsWith("jane")) expect(claims[`${NAMESPACE}email_verified`]).toBe(emailVerified);
      }
      await close();
    }
    const [jane, stranger, janeAgain, strangerAgain] = subjects;
    expect([janeAgain, strangerAgain]).toEqual([jane, stranger]);
  });
});

describe("a password account", () => {
  const newcomer = { email: "new@x.example", password: "long-enough" };

  test("made by a sign-up has an unverified address and signs in ever after", async () => {
    const folder = await dataFolder();
    const first = await runningTenant({ dataFolder: folder });
    const signedUp = await signIn(first.issuer, { ...newcomer, isSignUp: true });
    const { claims } = await verified(first.issuer, signedUp.accessToken);
    expect(claims).toMatchObject({
      sub: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      [`${NAMESPACE}email`]: "new@x.example",
      [`${NAMESPACE}email_verified`]: false,
    });
    await first.close();
    const { issuer } = await runningTenant({ dataFolder: folder });
    const again = await verified(issuer, (await signIn(issuer, newcomer)).accessToken);
    expect(again.claims.sub).toBe(claims.sub);
    await expect(signIn(issuer, { ...newcomer, password: "guess" })).rejects.toThrow("Wrong password");
  });

  test("that becomes an example account has that one's password from then on", async () => {
    const folder = await dataFolder();
    const first = await runningTenant({ dataFolder: folder });
    await signIn(first.issuer, { ...newcomer, isSignUp: true });
    await first.close();
    const accounts = [{ email: newcomer.email, name: "N", connection: PASSWORD_CONNECTION.name }];
    const { issuer } = await runningTenant({ dataFolder: folder, accounts });
    await expect(signIn(issuer, { ...newcomer, password: DEVELOPMENT_PASSWORD })).resolves.toBeDefined();
  });

  const refused = [
    { what: "a wrong password", email: "ada@hooli.example", password: "guess", message: "Wrong password" },
    {
      what: "a password changed by case",
      email: "gavin@hooli.example",
      password: "Gavins-own",
      message: "Wrong",
    },
    { what: "nobody's address", ...newcomer, message: "no account of new@x.example" },
    {
      what: "an SSO person's address",
      email: "jane@acme.example",
      password: DEVELOPMENT_PASSWORD,
      message: "no account",
    },
    {
      what: "a short new password",
      email: "new@x.example",
      password: "7-chars",
      isSignUp: true,
      message: "at least 8",
    },
    {
      what: "a second sign-up",
      email: "ADA@hooli.example",
      password: "long-enough",
      isSignUp: true,
      message: "already",
    },
    { what: "no address", email: "ada", password: DEVELOPMENT_PASSWORD, message: "Enter an e-mail address" },
  ];
  test.for(refused)("refuses $what", async ({ message, what: _what, ...attempt }) => {
    const { issuer } = await runningTenant();
    const outcome = await signIn(issuer, attempt).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(LoginRefused);
    expect(String(outcome)).toContain(message);
  });

  test("is not stored with its password", async () => {
    const folder = await dataFolder();
    const { issuer, close } = await runningTenant({ dataFolder: folder });
    await signIn(issuer, { ...newcomer, isSignUp: true });
    await close();
    for (const file of await readdir(folder)) {
      expect(String(await readFile(join(folder, file)))).not.toContain(newcomer.password);
    }
  });
});

describe("a refresh token", () => {
  const person = { email: "jane@acme.example", connection: "acme-entra" };

  test("works once, for the same person", async () => {
    const { issuer } = await runningTenant();
    const { accessToken, refreshToken = "" } = await signIn(issuer, person);
    const renewed = await refresh(issuer, CLI_CLIENT.clientId, refreshToken);
    const [before, after] = [
      await verified(issuer, accessToken),
      await verified(issuer, renewed.accessToken),
    ];
    expect(after.claims).toEqual({ ...before.claims, iat: after.claims.iat, exp: after.claims.exp });
    expect(renewed.refreshToken).not.toBe(refreshToken);
    await expect(refresh(issuer, CLI_CLIENT.clientId, refreshToken)).rejects.toThrow("invalid_grant");
  });

  test("is only given for offline_access", async () => {
    const { issuer } = await runningTenant();
    expect(await signIn(issuer, { ...person, scope: "openid email" })).not.toHaveProperty("refreshToken");
  });
});

test("a restart leaves keys, tokens, refresh tokens and sessions valid", async () => {
  const folder = await dataFolder();
  const first = await runningTenant({ dataFolder: folder });
  const port = Number(new URL(first.issuer).port);
  const tokens = await signIn(first.issuer, { email: "jane@acme.example", connection: "acme-entra" });
  const keys = (await json(`${first.issuer}.well-known/jwks.json`)).body;
  const browser = new Visitor(first.issuer);
  const page = await browser.authorize();
  await browser.visit(page.url, { email: "ada@hooli.example", password: DEVELOPMENT_PASSWORD });
  await first.close();

  const { issuer } = await runningTenant({ dataFolder: folder, port });
  expect((await json(`${issuer}.well-known/jwks.json`)).body).toEqual(keys);
  await verified(issuer, tokens.accessToken);
  const userinfo = await json(`${issuer}userinfo`, {
    headers: { authorization: `Bearer ${tokens.accessToken}` },
  });
  expect(userinfo).toMatchObject({ status: 200, body: { email: "jane@acme.example" } });
  await verified(issuer, (await refresh(issuer, CLI_CLIENT.clientId, tokens.refreshToken ?? "")).accessToken);
  expect((await browser.authorize()).url.searchParams.has("code")).toBe(true);
});

test("a connection that is gone after a restart leaves its people without sessions and refresh tokens", async () => {
  const folder = await dataFolder();
  const first = await runningTenant({ dataFolder: folder });
  const port = Number(new URL(first.issuer).port);
  const { refreshToken = "" } = await signIn(first.issuer, {
    email: "j@globex.example",
    connection: "globex-saml",
  });
  const browser = new Visitor(first.issuer);
  await browser.visit((await browser.authorize({ connection: "globex-saml" })).url, {
    email: "j@globex.example",
  });
  await first.close();

  const connections = TENANT.connections.filter(({ name }) => name !== "globex-saml");
  const { issuer } = await runningTenant({ dataFolder: folder, port, connections });
  await expect(refresh(issuer, CLI_CLIENT.clientId, refreshToken)).rejects.toThrow("invalid_grant");
  expect((await browser.authorize()).html).toContain("<title>Sign in · Platform</title>");
});

describe("the web application", () => {
  test.for(["userinfo", "oauth/token"])("may call /%s from its origin", async (path) => {
    const { issuer } = await runningTenant();
    const preflight = { Origin: FRONTEND, "Access-Control-Request-Method": "POST" };
    const { headers } = await fetch(new URL(path, issuer), { method: "OPTIONS", headers: preflight });
    expect(headers.get("access-control-allow-origin")).toBe(FRONTEND);
  });

  test.for([
    { origin: FRONTEND, allowed: FRONTEND },
    { origin: "http://localhost:4002", allowed: "http://localhost:4002" },
    { origin: "http://evil.example", allowed: null },
  ])("of $origin gets an answer it can read: $allowed", async ({ origin, allowed }) => {
    const { issuer } = await runningTenant();
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "platform-frontend",
      refresh_token: "x",
    });
    const { headers } = await fetch(new URL("oauth/token", issuer), {
      method: "POST",
      body,
      headers: { origin },
    });
    expect(headers.get("access-control-allow-origin")).toBe(allowed);
  });
});

describe("as a process", () => {
  test("starts within half a second, prints nothing, and leaves nothing open", async () => {
    const program = `
      import { startIdentityProvider } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
      import { login } from ${JSON.stringify(new URL("../token/login.ts", import.meta.url).href)};
      const [dataFolder] = process.argv.slice(1);
      const before = performance.now();
      const { issuer, close } = await startIdentityProvider({ dataFolder, port: 0, connections: [] });
      const milliseconds = performance.now() - before;
      if (milliseconds > 500) process.stderr.write("slow: " + milliseconds);
      await login({ issuer, ...${JSON.stringify(CLI_CLIENT)}, audience: "${API_AUDIENCE}", email: "a@b.example",
        password: "long-enough", isSignUp: true });
      await fetch(issuer + "nowhere");
      await close();`;
    const args = ["--input-type=module", "--eval", program, await dataFolder()];
    expect(await promisify(execFile)(process.execPath, args)).toEqual({ stdout: "", stderr: "" });
  });

  test("closes its files, and connections that are still open", async () => {
    const folder = await dataFolder();
    const { issuer, close } = await runningTenant({ dataFolder: folder });
    const socket = connect(Number(new URL(issuer).port), "127.0.0.1");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("connect", resolve));
    await close();
    await ended;
    expect(await readdir(folder)).toEqual(CLOSED);
  });

  test("says which port is taken, and gives up what it has opened", async () => {
    const { issuer } = await runningTenant();
    const port = Number(new URL(issuer).port);
    const folder = await dataFolder();
    const second = () => startIdentityProvider({ ...TENANT, dataFolder: folder, port });
    await expect(second()).rejects.toThrow(`${port}`);
    expect(await readdir(folder)).toEqual(CLOSED);
  });

  test.for([
    { what: "an account", tenant: { accounts: [{ email: "a@b.example", name: "A", connection: "none" }] } },
    {
      what: "an organization",
      tenant: { organizations: [{ auth0OrgId: "org_x", name: "X", connections: ["none"] }] },
    },
  ])("does not start with $what of an unknown connection", async ({ tenant }) => {
    await expect(runningTenant(tenant)).rejects.toThrow('No connection is called "none"');
  });

  test("has the connection for passwords without being told", async () => {
    const { issuer } = await runningTenant({ connections: [], organizations: [], accounts: [] });
    const person = { email: "a@b.example", password: "long-enough", isSignUp: true };
    await expect(signIn(issuer, { ...person, connection: PASSWORD_CONNECTION.name })).resolves.toBeDefined();
  });
});
