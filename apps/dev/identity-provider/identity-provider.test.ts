import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { CookieJar } from "../token/cookie-jar.ts";
import { login, refresh } from "../token/login.ts";
import {
  API_AUDIENCE,
  CLI_CLIENT,
  DEVELOPMENT_PASSWORD,
  FRONTEND_CLIENT_ID,
  PASSWORD_CONNECTION,
  startIdentityProvider,
} from "./index.ts";
import {
  CALLBACK,
  dataFolder,
  fetchJson,
  runningTenant,
  signIn,
  TENANT,
  userinfoOf,
  Visitor,
  verified,
} from "./running-tenant.fixture.ts";

/** SQLite deletes its other files when the database is closed. */
const CLOSED = ["identity-provider.sqlite"];
const FRONTEND = "http://127.0.0.1:4002";

describe("published metadata", () => {
  test("has Auth0's paths under an issuer with a trailing slash", async () => {
    const { issuer } = await runningTenant();
    expect(issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { body } = await fetchJson(`${issuer}.well-known/openid-configuration`);
    expect(body).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}authorize`,
      token_endpoint: `${issuer}oauth/token`,
      userinfo_endpoint: `${issuer}userinfo`,
      jwks_uri: `${issuer}.well-known/jwks.json`,
      end_session_endpoint: `${issuer}oidc/logout`,
      code_challenge_methods_supported: ["S256"],
      id_token_signing_alg_values_supported: ["RS256"],
      revocation_endpoint: `${issuer}oauth/revoke`,
      response_types_supported: ["code", "id_token", "code id_token"],
      response_modes_supported: expect.arrayContaining(["web_message", "form_post"]),
    });
  });

  test("has one RS256 key, without its private part", async () => {
    const { issuer } = await runningTenant();
    const { body } = await fetchJson(`${issuer}.well-known/jwks.json`);
    const { keys } = z.object({ keys: z.array(z.record(z.string(), z.string())) }).parse(body);
    expect(keys).toEqual([
      { kty: "RSA", use: "sig", alg: "RS256", e: "AQAB", kid: expect.any(String), n: expect.any(String) },
    ]);
    expect(Buffer.from(keys[0]?.n ?? "", "base64url")).toHaveLength(256);
  });
});

test("the root page says what the server is and how to sign in", async () => {
  const { issuer } = await runningTenant();
  const { status, html } = await new Visitor(issuer).visit(issuer);
  expect(status).toBe(200);
  for (const text of ["stands in for Auth0", "/authorize", "./platform token"]) expect(html).toContain(text);
});

describe("web application", () => {
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
  ])("gets an answer it can read at $origin: $allowed", async ({ origin, allowed }) => {
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

test("keys, tokens, refresh tokens and sessions stay valid across a restart", async () => {
  const folder = await dataFolder();
  const first = await runningTenant({ dataFolder: folder });
  const port = Number(new URL(first.issuer).port);
  const tokens = await signIn(first.issuer, { email: "jane@acme.example", connection: "acme-entra" });
  const keys = (await fetchJson(`${first.issuer}.well-known/jwks.json`)).body;
  const browser = new Visitor(first.issuer);
  await browser.signIn({}, { email: "ada@hooli.example", password: DEVELOPMENT_PASSWORD });
  await first.close();

  const { issuer } = await runningTenant({ dataFolder: folder, port });
  expect((await fetchJson(`${issuer}.well-known/jwks.json`)).body).toEqual(keys);
  await verified(issuer, tokens.accessToken);
  const email = "jane@acme.example";
  expect(await userinfoOf(issuer, tokens.accessToken)).toMatchObject({ status: 200, body: { email } });
  await verified(issuer, (await refresh(issuer, CLI_CLIENT.clientId, tokens.refreshToken ?? "")).accessToken);
  expect((await browser.authorize()).url.searchParams.has("code")).toBe(true);
});

test("removing a connection ends the sessions and refresh tokens of its users", async () => {
  const folder = await dataFolder();
  const first = await runningTenant({ dataFolder: folder });
  const port = Number(new URL(first.issuer).port);
  const [email, connection] = ["j@globex.example", "globex-saml"];
  const { refreshToken = "" } = await signIn(first.issuer, { email, connection });
  const browser = new Visitor(first.issuer);
  await browser.signIn({ connection }, { email });
  await first.close();

  const connections = TENANT.connections.filter(({ name }) => name !== "globex-saml");
  const { issuer } = await runningTenant({ dataFolder: folder, port, connections });
  await expect(refresh(issuer, CLI_CLIENT.clientId, refreshToken)).rejects.toThrow("invalid_grant");
  expect((await browser.authorize()).html).toContain("<title>Sign in · Platform</title>");
});

/** What an application is told at its URL for logouts. */
async function logoutReceiver(): Promise<{ url: string; forms: URLSearchParams[] }> {
  const forms: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    forms.push(new URLSearchParams(await text(request)));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`, forms };
}

test.for(["v2/logout", "oidc/logout?id_token_hint=", "users"])(
  "%s tells each application which session has ended, the one of its tokens",
  async (path) => {
    const { url, forms } = await logoutReceiver();
    const { issuer } = await runningTenant({ backchannelLogoutUrl: url });
    const cookies = new CookieJar();
    const jane = { email: "jane@acme.example", connection: "acme-entra" };
    const options = { issuer, audience: API_AUDIENCE, ...jane };
    const tokens = await login({ ...options, ...CLI_CLIENT }, cookies);
    const refreshed = await refresh(issuer, CLI_CLIENT.clientId, tokens.refreshToken ?? "");
    const web = { clientId: FRONTEND_CLIENT_ID, redirectUri: CALLBACK };
    const other = await login({ ...options, ...web }, cookies);
    const hint = path.endsWith("=") ? (tokens.idToken ?? "") : "";
    const { sub = "" } = (await verified(issuer, tokens.accessToken)).claims;
    const pressed = { method: "POST", body: new URLSearchParams({ action: "end-sessions", subject: sub }) };
    const visited = { headers: { cookie: cookies.header } };
    const request = path === "users" ? pressed : visited;
    await fetch(`${issuer}${path}${hint}`, { redirect: "manual", ...request });

    const ended = forms.map((form) => form.get("logout_token") ?? "");
    const [token = ""] = ended.filter((each) => decodeJwt(each).aud === CLI_CLIENT.clientId);
    const { claims, header } = await verified(issuer, token, CLI_CLIENT.clientId);
    expect(header).toMatchObject({ alg: "RS256", typ: "logout+jwt" });
    const { sid, iat = 0 } = claims;
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
    const times = { iat, exp: iat + 120 };
    const jti = expect.any(String);
    expect(claims).toEqual({ iss: issuer, aud: CLI_CLIENT.clientId, sub, sid, ...times, jti, events });
    for (const { accessToken } of [tokens, refreshed, other]) {
      expect((await verified(issuer, accessToken)).claims["https://platform-api.example/sid"]).toBe(sid);
    }
    const toEach = ended.map((each) => [decodeJwt(each).aud, decodeJwt(each).sid]).sort();
    expect(toEach).toEqual([CLI_CLIENT.clientId, FRONTEND_CLIENT_ID].sort().map((id) => [id, sid]));
  },
);

test("a login of another user replaces the session of its browser, and no application is told", async () => {
  const { url, forms } = await logoutReceiver();
  const { issuer } = await runningTenant({ backchannelLogoutUrl: url });
  const browser = new Visitor(issuer);
  await browser.signIn({ connection: "acme-entra" }, { email: "jane@acme.example" });
  const { html } = await browser.signIn({ connection: "globex-saml" }, { email: "joe@globex.example" });
  const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(html) ?? [];
  const { url: back } = await browser.visit("oidc/logout/confirm", { xsrf, logout: "yes" });
  expect(back.searchParams.has("code")).toBe(true);
  expect(forms).toEqual([]);

  await fetch(`${issuer}v2/logout`, { headers: { cookie: browser.cookies } });
  expect(forms).toHaveLength(1);
});

describe("identity provider process", () => {
  test("starts, prints nothing and leaves nothing open", async () => {
    const program = `
      import { startIdentityProvider } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
      import { login } from ${JSON.stringify(new URL("../token/login.ts", import.meta.url).href)};
      const [dataFolder] = process.argv.slice(1);
      const { issuer, close } = await startIdentityProvider({ dataFolder, port: 0, connections: [] });
      await login({ issuer, ...${JSON.stringify(CLI_CLIENT)}, audience: "${API_AUDIENCE}", email: "a@b.example",
        password: "long-enough", isSignUp: true });
      await fetch(issuer + "nowhere");
      await close();`;
    const args = ["--input-type=module", "--eval", program, await dataFolder()];
    expect(await promisify(execFile)(process.execPath, args)).toEqual({ stdout: "", stderr: "" });
  });

  test("closes its files and its open connections", async () => {
    const folder = await dataFolder();
    const { issuer, close } = await runningTenant({ dataFolder: folder });
    const socket = connect(Number(new URL(issuer).port), "127.0.0.1");
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("connect", resolve));
    await close();
    await ended;
    expect(await readdir(folder)).toEqual(CLOSED);
  });

  test("names a port that is in use, and closes what it has opened", async () => {
    const { issuer } = await runningTenant();
    const port = Number(new URL(issuer).port);
    const folder = await dataFolder();
    const second = () => startIdentityProvider({ ...TENANT, dataFolder: folder, port });
    await expect(second()).rejects.toThrow(`${port}`);
    expect(await readdir(folder)).toEqual(CLOSED);
  });

  test("says how to fix a broken folder", async () => {
    const folder = await dataFolder();
    await writeFile(join(folder, "identity-provider.sqlite"), "nonsense that is not a database");
    await expect(startIdentityProvider({ ...TENANT, dataFolder: folder, port: 0 })).rejects.toThrow(
      `data folder ${folder} (identity provider) cannot be opened (file is not a database): delete it to start over`,
    );
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

  test("always has the password connection", async () => {
    const { issuer } = await runningTenant({ connections: [], organizations: [], accounts: [] });
    const person = { email: "a@b.example", password: "long-enough", isSignUp: true };
    await expect(signIn(issuer, { ...person, connection: PASSWORD_CONNECTION.name })).resolves.toMatchObject({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });
});
