import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { API_AUDIENCE, DEVELOPMENT_PASSWORD } from "../index.ts";
import { fetchJson, runningTenant, userinfoOf, Visitor, verified } from "../running-tenant.fixture.ts";

const APP = "http://localhost:5173";
const ADA = { email: "ada@hooli.example", password: DEVELOPMENT_PASSWORD };
const VERIFIER = "v".repeat(43);
const SPA = {
  client_id: "app-spa",
  redirect_uri: APP,
  code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
};
/** auth0-spa-js's silent login. */
const SILENT = { ...SPA, prompt: "none", response_mode: "web_message" };
const SILENT_AS_JOE = { ...SILENT, login_hint: "joe@x.example" };
/** What express-openid-connect sends without an API. */
const ID_TOKEN = {
  client_id: "app-web",
  redirect_uri: `${APP}/callback`,
  response_type: "id_token",
  response_mode: "form_post",
  nonce: "n",
  code_challenge: null,
  code_challenge_method: null,
};
const LOGIN_REQUIRED = { error: "login_required" };
const SECRET = "app-web-development-secret";

const tokens = z.object({
  access_token: z.string(),
  id_token: z.string(),
  refresh_token: z.string().optional(),
});

async function tenantOfApp() {
  const { issuer, localhostIssuer } = await runningTenant({ appOrigins: [APP] });
  return { issuer, localhostIssuer, browser: new Visitor(issuer) };
}

async function signedIn() {
  const tenant = await tenantOfApp();
  const { url: callback } = await tenant.browser.signIn(SPA, ADA);
  return { ...tenant, code: callback.searchParams.get("code") ?? "" };
}

/** The message that the page of `response_mode=web_message` sends to the app. */
function messageOf(html: string): unknown {
  const [, json = ""] = /var data = (\{.*\});/.exec(html) ?? [];
  return JSON.parse(json);
}

function postJson(issuer: string, path: "oauth/token" | "oauth/revoke", body: unknown) {
  return fetch(new URL(path, issuer), {
    method: "POST",
    headers: { "content-type": "application/json", origin: APP },
    body: JSON.stringify(body),
  });
}

describe("your own app", () => {
  test.for(["", "/", "/callback", "/auth/callback", "/api/auth/callback?next=%2F", "/@me"])(
    "may return to its origin with the path '%s'",
    async (path) => {
      const { browser } = await signedIn();
      const { url } = await browser.authorize({ ...SPA, redirect_uri: `${APP}${path}` });
      expect(url.href).toMatch(new URL(`${APP}${path}`).href);
      expect(url.searchParams.has("code")).toBe(true);
    },
  );

  test.for([
    "http://localhost:5174/",
    "https://localhost:5173/",
    "http://localhost:5173.evil.example/",
    "nonsense",
    `blob:${APP}/x`,
    "http://user:pw@localhost:5173/callback",
    "http://@localhost:5173/",
    "http:localhost:5173/x",
    "http:///localhost:5173/",
    "http:\\\\localhost:5173/x",
    `${APP}/\\evil.example`,
    ` ${APP}/`,
    `${APP}/a b`,
    `${APP}/a\tb`,
    `${APP}/a\r\nb`,
    `${APP}/\u0000`,
    `${APP}/#part`,
  ])("may not return to %s, and the page says what to do", async (uri) => {
    const { browser } = await tenantOfApp();
    const { status, html } = await browser.authorize({ ...SPA, redirect_uri: uri });
    expect(status).toBe(400);
    for (const text of ["APP_ORIGINS", APP]) expect(html).toContain(text);
  });

  test("has to say where it returns to", async () => {
    const { browser } = await tenantOfApp();
    const { status, html } = await browser.authorize({ ...SPA, redirect_uri: null });
    expect([status, html]).toEqual([400, expect.stringContaining("redirect_uri")]);
  });

  test("may not let another application return to it", async () => {
    const { browser } = await tenantOfApp();
    const { html } = await browser.authorize({ redirect_uri: `${APP}/callback` });
    expect(html).toContain("http://127.0.0.1:4002/callback");
    expect(html).not.toContain("APP_ORIGINS");
  });

  test.for([
    { what: "after a login", params: SILENT, response: { code: expect.any(String) } },
    { what: "for another user", params: SILENT_AS_JOE, response: LOGIN_REQUIRED },
  ])("gets the answer of a silent login as a web message: $what", async ({ params, response }) => {
    const { browser } = await signedIn();
    const { html } = await browser.authorize(params);
    expect(messageOf(html)).toMatchObject({ redirect_uri: APP, response });
  });

  test("gets login_required as a web message without a session", async () => {
    const { browser } = await tenantOfApp();
    expect(messageOf((await browser.authorize(SILENT)).html)).toMatchObject({ response: LOGIN_REQUIRED });
  });

  test.for([
    ["platform-cli", "http://127.0.0.1:5173/callback"],
    ["platform-frontend", "http://127.0.0.1:4002/callback"],
  ])("gets web messages, unlike %s", async ([client_id = "", redirect_uri = ""]) => {
    const { browser } = await signedIn();
    const { html } = await browser.authorize({ ...SILENT, client_id, redirect_uri });
    expect(messageOf(html)).toMatchObject({ response: { error: "invalid_request" } });
  });

  test("gets the answer of a popup as a web message after the login page", async () => {
    const { browser } = await tenantOfApp();
    const { html } = await browser.signIn({ ...SPA, response_mode: "web_message" }, ADA);
    expect(messageOf(html)).toMatchObject({ response: { code: expect.any(String) } });
  });

  test("signs in at localhost when it is there, and its tokens name that issuer", async () => {
    const { localhostIssuer } = await tenantOfApp();
    const { url: callback } = await new Visitor(localhostIssuer).signIn(SPA, ADA);
    const { id_token: token } = await exchanged(localhostIssuer, callback);
    expect((await verified(localhostIssuer, token, "app-spa")).claims.email).toBe(ADA.email);
    expect(callback.searchParams.get("iss")).toBe(localhostIssuer);
  });
});

function grantOf(code: string) {
  return {
    grant_type: "authorization_code",
    client_id: "app-spa",
    redirect_uri: APP,
    code_verifier: VERIFIER,
    code,
  };
}

/** The tokens for the code in the address that the app is called at. */
async function exchanged(issuer: string, callback: URL) {
  const grant = grantOf(callback.searchParams.get("code") ?? "");
  return tokens.parse(await (await postJson(issuer, "oauth/token", grant)).json());
}

describe("JSON", () => {
  test("is read at /oauth/token, also from the app's origin", async () => {
    const { issuer, code } = await signedIn();
    const response = await postJson(issuer, "oauth/token", grantOf(code));
    expect(response.headers.get("access-control-allow-origin")).toBe(APP);
    expect(await response.json()).toMatchObject({ access_token: expect.any(String), token_type: "Bearer" });
  });

  test("is read at /oauth/revoke, which ends the refresh token", async () => {
    const { issuer, browser } = await signedIn();
    const { url } = await browser.authorize({ ...SPA, scope: "openid offline_access" });
    const { refresh_token } = await exchanged(issuer, url);
    const client_id = "app-spa";
    const revoked = await postJson(issuer, "oauth/revoke", { client_id, token: refresh_token });
    const answer = [revoked.status, await revoked.text(), revoked.headers.get("content-type")];
    expect(answer).toEqual([200, "", null]);
    const grant = { grant_type: "refresh_token", client_id, refresh_token };
    const refused = await postJson(issuer, "oauth/token", grant);
    expect(await refused.json()).toMatchObject({ error: "invalid_grant" });
  });

  test.for(["[1]", "{", "null"])("%s is a request without parameters", async (body) => {
    const { issuer } = await tenantOfApp();
    const headers = { "content-type": "application/json" };
    const answer = await fetchJson(new URL("oauth/token", issuer), { method: "POST", headers, body });
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_request" } });
  });
});

/** What libraries revoke when they sign a user out: oidc-client-ts and both of Angular start with the access token. */
describe("/oauth/revoke", () => {
  const AUDIENCE = { audience: API_AUDIENCE };
  const REFRESHED = { scope: "openid offline_access" };
  test.for([
    { what: "an access token of the API", params: { ...AUDIENCE, ...REFRESHED } },
    { what: "an opaque access token", params: REFRESHED },
  ])("answers 200 to $what, which stays valid with its refresh token, as at Auth0", async ({ params }) => {
    const { issuer, browser } = await signedIn();
    const { url } = await browser.authorize({ ...SPA, ...params });
    const { access_token, refresh_token = "" } = await exchanged(issuer, url);
    const hint = { client_id: "app-spa", token_type_hint: "access_token" };
    for (const accept of ["application/json", "text/html"]) {
      const body = new URLSearchParams({ ...hint, token: access_token });
      const headers = { accept, origin: APP };
      const revoked = await fetch(`${issuer}oauth/revoke`, { method: "POST", headers, body });
      const answer = [revoked.status, await revoked.text(), revoked.headers.get("content-type")];
      expect(answer).toEqual([200, "", null]);
      expect(revoked.headers.get("access-control-allow-origin")).toBe(APP);
    }
    expect((await userinfoOf(issuer, access_token)).status).toBe(200);
    const grant = { grant_type: "refresh_token", client_id: "app-spa", refresh_token };
    expect((await postJson(issuer, "oauth/token", grant)).status).toBe(200);
  });

  const WEB = { client_id: "app-web", token: "x" };
  test.for<[string, Record<string, string>, number]>([
    ["an unknown token", { ...WEB, client_secret: SECRET }, 200],
    ["no token", { client_id: "app-web", client_secret: SECRET }, 400],
    ["a client without its secret", WEB, 401],
    ["a client with a wrong secret", { ...WEB, client_secret: "guess" }, 401],
    ["an unknown client", { ...WEB, client_id: "nobody" }, 401],
  ])("answers %s: %s → %s", async ([, params, status]) => {
    const { issuer } = await tenantOfApp();
    expect((await postJson(issuer, "oauth/revoke", params)).status).toBe(status);
    const jwt = `${btoa('{"alg":"RS256"}')}.e30.x`;
    const withJwt = "token" in params ? { ...params, token: jwt } : params;
    expect((await postJson(issuer, "oauth/revoke", withJwt)).status).toBe(status);
  });

  test("keeps the refresh token of another application", async () => {
    const { issuer, browser } = await signedIn();
    const { url } = await browser.authorize({ ...SPA, ...REFRESHED });
    const { refresh_token = "" } = await exchanged(issuer, url);
    const other = { client_id: "app-web", client_secret: SECRET, token: refresh_token };
    expect((await postJson(issuer, "oauth/revoke", other)).status).toBe(200);
    const grant = { grant_type: "refresh_token", client_id: "app-spa", refresh_token };
    expect((await postJson(issuer, "oauth/token", grant)).status).toBe(200);
  });
});

describe("your own web server", () => {
  const basic = `Basic ${btoa(`app-web:${SECRET}`)}`;
  test.for([
    { what: "in the header", headers: { authorization: basic }, body: {}, status: 200 },
    { what: "in the body", headers: {}, body: { client_secret: SECRET }, status: 200 },
    { what: "wrong", headers: {}, body: { client_secret: "guess" }, status: 401 },
  ])("sends its secret $what: $status", async ({ headers, body, status }) => {
    const { issuer, browser } = await signedIn();
    const { url } = await browser.authorize({ ...ID_TOKEN, response_type: "code", response_mode: "query" });
    const grant = {
      grant_type: "authorization_code",
      client_id: "app-web",
      redirect_uri: ID_TOKEN.redirect_uri,
    };
    const form = new URLSearchParams({ ...grant, code: url.searchParams.get("code") ?? "", ...body });
    const answer = await fetchJson(new URL("oauth/token", issuer), { method: "POST", headers, body: form });
    expect(answer.status).toBe(status);
  });

  test("may put an access token into the query at /userinfo, as passport-auth0 does", async () => {
    const { issuer, browser } = await signedIn();
    const { url } = await browser.authorize({ ...SPA, audience: API_AUDIENCE });
    const { access_token } = await exchanged(issuer, url);
    const ask = (token: string) =>
      fetchJson(`${issuer}userinfo?${new URLSearchParams({ access_token: token })}`);
    expect(await ask(access_token)).toMatchObject({ status: 200, body: { email: ADA.email } });
    expect(await ask(`${access_token}x`)).toMatchObject({ status: 401, body: { error: "invalid_token" } });
  });

  test("gets an ID token by form_post", async () => {
    const { issuer, browser } = await signedIn();
    const { html } = await browser.authorize(ID_TOKEN);
    expect(html).toContain(`action="${ID_TOKEN.redirect_uri}"`);
    const [, token = ""] = /name="id_token" value="([^"]+)"/.exec(html) ?? [];
    expect((await verified(issuer, token, "app-web")).claims).toMatchObject({ nonce: "n", email: ADA.email });
  });
});

describe("/v2/logout", () => {
  test.for([`${APP}/`, `${APP}/bye`])(
    "ends the session without a question and returns to %s",
    async (returnTo) => {
      const { issuer, browser } = await signedIn();
      const { cookies } = browser;
      const { url } = await browser.visit(
        `v2/logout?${new URLSearchParams({ client_id: "app-spa", returnTo })}`,
      );
      expect(url.href).toBe(returnTo);
      expect((await browser.authorize(SPA)).url.pathname).toMatch("/u/login/");
      const query = new URLSearchParams({ ...SPA, response_type: "code", code_challenge_method: "S256" });
      const replayed = await fetch(`${issuer}authorize?${query}`, {
        headers: { cookie: cookies },
        redirect: "manual",
      });
      expect(replayed.headers.get("location")).toMatch("/u/login/");
    },
  );

  test("shows a page when the application names no address", async () => {
    const { browser } = await signedIn();
    expect((await browser.visit("v2/logout?client_id=app-spa")).html).toContain("Signed out");
    expect((await browser.authorize(SPA)).url.pathname).toMatch("/u/login/");
  });

  test.for([
    { client_id: "app-spa", returnTo: "http://evil.example/" },
    { client_id: "app-spa", returnTo: "http:localhost:5173/" },
    { client_id: "app-spa", returnTo: `${APP}/\r\n` },
    { client_id: "none", returnTo: APP },
    { returnTo: APP },
  ])("refuses the unregistered address of %o and keeps the session", async (params) => {
    const { browser } = await signedIn();
    expect((await browser.visit(`v2/logout?${new URLSearchParams(params)}`)).status).toBe(400);
    expect((await browser.authorize(SPA)).url.searchParams.has("code")).toBe(true);
  });
});
