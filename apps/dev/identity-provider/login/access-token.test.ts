import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { refresh } from "../../token/login.ts";
import {
  AGENTIC_BACKEND_CLIENT,
  API_AUDIENCE,
  CLI_CLIENT,
  DEVELOPMENT_PASSWORD,
  MACHINE_CLIENT,
} from "../index.ts";
import {
  claimsOf,
  fetchJson,
  runningTenant,
  signIn,
  userinfoOf,
  Visitor,
  verified,
} from "../running-tenant.fixture.ts";

const JANE = { email: "jane@acme.example", connection: "acme-entra" };
const NAMESPACE = "https://platform-api.example/";

function machineToken(issuer: string, params: Record<string, string>) {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: MACHINE_CLIENT.clientId,
    client_secret: MACHINE_CLIENT.clientSecret,
    ...params,
  });
  return fetchJson(new URL("oauth/token", issuer), { method: "POST", body });
}

describe("access token", () => {
  const strategies = [
    { connection: "acme-entra", subject: /^waad\|[\w-]{43}$/, emailVerified: false },
    { connection: "initech-adfs", subject: /^adfs\|initech-adfs\|new@x\.example$/, emailVerified: false },
    { connection: "globex-saml", subject: /^samlp\|globex-saml\|new@x\.example$/, emailVerified: true },
    { connection: "umbrella-okta", subject: /^okta\|umbrella-okta\|00u[0-9a-f]{17}$/, emailVerified: true },
    { connection: "google-oauth2", subject: /^google-oauth2\|\d{21}$/, emailVerified: true },
    { connection: "hooli-ping", subject: /^pingfederate\|hooli-ping\|[\w-]{43}$/, emailVerified: true },
  ];
  test.for(strategies)(
    "has exactly Auth0's claims for a first-time user of $connection",
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
        [`${NAMESPACE}name`]: "New",
        [`${NAMESPACE}sid`]: expect.any(String),
      });
    },
  );

  const accounts = [
    { email: "ada@hooli.example", expected: { email_verified: true } },
    { email: "gavin@hooli.example", password: "gavins-own", expected: { email_verified: false } },
    { email: "uuid@hooli.example", expected: { capitol_user_id: "0d4f5b1e-8f1c-4c57-9f3c-2f8f3a4f9a10" } },
  ];
  test.for(accounts)("describes the password account $email", async ({ expected, ...person }) => {
    const { issuer } = await runningTenant();
    const claims = await claimsOf(issuer, { password: DEVELOPMENT_PASSWORD, ...person });
    const namespaced = Object.entries(expected).map(([name, value]) => [`${NAMESPACE}${name}`, value]);
    expect(claims).toMatchObject({
      sub: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      [`${NAMESPACE}connection`]: "Username-Password-Authentication",
      ...Object.fromEntries(namespaced),
    });
  });

  test("has the tenant's configured namespace", async () => {
    const { issuer } = await runningTenant({ claimNamespace: "https://other.example/ns/" });
    const claims = await claimsOf(issuer, JANE);
    expect(claims).toHaveProperty(["https://other.example/ns/email"], "jane@acme.example");
    expect(claims).not.toHaveProperty([`${NAMESPACE}email`]);
  });

  test("names the login's organization, refreshed or not, as the ID token does", async () => {
    const { issuer } = await runningTenant();
    const tokens = await signIn(issuer, { ...JANE, organization: "org_acme" });
    const refreshed = await refresh(issuer, CLI_CLIENT.clientId, tokens.refreshToken ?? "");
    for (const token of [tokens.accessToken, refreshed.accessToken]) {
      expect((await verified(issuer, token)).claims.org_id).toBe("org_acme");
    }
    const idToken = await verified(issuer, tokens.idToken ?? "", CLI_CLIENT.clientId);
    expect(idToken.claims).toMatchObject({ org_id: "org_acme", email: JANE.email, email_verified: false });
    expect(await claimsOf(issuer, JANE)).not.toHaveProperty("org_id");
  });

  test("is for the API alone when the login has no openid scope", async () => {
    const { issuer } = await runningTenant();
    const { accessToken, idToken, refreshToken } = await signIn(issuer, { ...JANE, scope: "profile" });
    expect((await verified(issuer, accessToken)).claims).toMatchObject({
      aud: API_AUDIENCE,
      scope: "profile",
    });
    expect({ idToken, refreshToken }).toEqual({ idToken: undefined, refreshToken: undefined });
  });

  test("is refused for an unregistered API", async () => {
    const { issuer } = await runningTenant();
    const audience = "https://other.example";
    await expect(signIn(issuer, { ...JANE, audience })).rejects.toThrow(
      "access_denied: Service not found: https://other.example",
    );
    expect(await machineToken(issuer, { audience })).toMatchObject({ body: { error: "access_denied" } });
  });

  // Every MCP client sends it (RFC 8707). At Auth0 it counts only in the compatibility profile, which is off by default.
  describe.for([
    { resource: "https://mcp.example/" },
    { resource: API_AUDIENCE },
    { resource: "not a URI#" },
  ])("with the ignored parameter resource=$resource", ({ resource }) => {
    test.for([{ audience: API_AUDIENCE }, { audience: null }])(
      "is for the audience alone: $audience",
      async ({ audience }) => {
        const { issuer } = await runningTenant();
        const browser = new Visitor(issuer);
        const verifier = "v".repeat(43);
        const { url } = await browser.signIn(
          {
            resource,
            audience,
            connection: JANE.connection,
            client_id: CLI_CLIENT.clientId,
            redirect_uri: CLI_CLIENT.redirectUri,
            scope: "openid offline_access",
            code_challenge: createHash("sha256").update(verifier).digest("base64url"),
          },
          { email: JANE.email },
        );
        const ask = async (grant: Record<string, string>, type: string) => {
          const params = { ...grant, client_id: CLI_CLIENT.clientId, resource };
          const body =
            type === "json" ? JSON.stringify(params) : `${new URLSearchParams(params)}&resource=other`;
          const headers = { "content-type": `application/${type}` };
          const answer = await fetchJson(`${issuer}oauth/token`, { method: "POST", headers, body });
          return z.object({ access_token: z.string(), refresh_token: z.string() }).parse(answer.body);
        };
        const code = { code: url.searchParams.get("code") ?? "", redirect_uri: CLI_CLIENT.redirectUri };
        const grant = { grant_type: "authorization_code", ...code, code_verifier: verifier };
        const first = await ask(grant, "x-www-form-urlencoded");
        const { refresh_token } = first;
        const second = await ask({ grant_type: "refresh_token", refresh_token }, "json");
        for (const { access_token } of [first, second]) {
          if (audience === null) expect(() => decodeProtectedHeader(access_token)).toThrow();
          else expect(decodeJwt(access_token).aud).toEqual([audience, `${issuer}userinfo`]);
        }
      },
    );

    test("is for the audience alone for a machine", async () => {
      const { issuer } = await runningTenant();
      const { body } = await machineToken(issuer, { audience: API_AUDIENCE, resource });
      expect(decodeJwt(z.object({ access_token: z.string() }).parse(body).access_token).aud).toBe(
        API_AUDIENCE,
      );
    });
  });

  test("is opaque and opens userinfo when the login names no audience", async () => {
    const { issuer } = await runningTenant();
    const { accessToken, idToken = "" } = await signIn(issuer, { ...JANE, audience: "" });
    expect(decodeJwt(idToken)).toMatchObject({ email: JANE.email });
    expect(() => decodeProtectedHeader(accessToken)).toThrow();
    expect((await userinfoOf(issuer, accessToken)).body).toMatchObject({ email: JANE.email });
  });

  test("names the machine for client credentials", async () => {
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

test("an API with Auth0's profile of RFC 9068 gets tokens in that dialect", async () => {
  const { issuer } = await runningTenant({ tokenDialect: "rfc9068_profile" });
  const { clientId: client_id, clientSecret: client_secret } = AGENTIC_BACKEND_CLIENT;
  const { body } = await machineToken(issuer, { audience: API_AUDIENCE, client_id, client_secret });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(body);
  const machine = await verified(issuer, token);
  expect(machine.header.typ).toBe("at+jwt");
  expect(machine.claims).toEqual({
    iss: issuer,
    sub: client_id,
    aud: API_AUDIENCE,
    client_id,
    jti: expect.any(String),
    iat: expect.any(Number),
    exp: (machine.claims.iat ?? 0) + 86_400,
  });
  const user = await claimsOf(issuer, JANE);
  expect(user).toMatchObject({
    sub: expect.stringMatching(/^waad\|/),
    aud: [API_AUDIENCE, `${issuer}userinfo`],
    client_id: CLI_CLIENT.clientId,
    [`${NAMESPACE}connection`]: JANE.connection,
  });
  expect(user).not.toHaveProperty("azp");
});

describe("refresh token", () => {
  test("is rotated, and the previous one works a moment longer, for the same user", async () => {
    const { issuer } = await runningTenant();
    const { accessToken, refreshToken = "" } = await signIn(issuer, JANE);
    const renewed = await refresh(issuer, CLI_CLIENT.clientId, refreshToken);
    const [before, after] = [
      await verified(issuer, accessToken),
      await verified(issuer, renewed.accessToken),
    ];
    expect(after.claims).toEqual({ ...before.claims, iat: after.claims.iat, exp: after.claims.exp });
    expect(renewed.refreshToken).not.toBe(refreshToken);
    const again = await refresh(issuer, CLI_CLIENT.clientId, refreshToken);
    expect(again.refreshToken).not.toBe(renewed.refreshToken);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
    onTestFinished(() => void vi.useRealTimers());
    for (const token of [refreshToken, renewed.refreshToken ?? ""]) // reuse ends the whole family
      await expect(refresh(issuer, CLI_CLIENT.clientId, token)).rejects.toThrow("invalid_grant");
  });

  test("is issued only for offline_access", async () => {
    const { issuer } = await runningTenant();
    expect(await signIn(issuer, { ...JANE, scope: "openid email" })).not.toHaveProperty("refreshToken");
  });
});
