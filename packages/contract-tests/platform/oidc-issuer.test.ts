import { setTimeout as sleep } from "node:timers/promises";
import {
  AGENTIC_BACKEND_CLIENT,
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  CLI_CLIENT,
  type IdentityProvider,
  managementEnvironment,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { CookieJar } from "../../../apps/dev/token/cookie-jar.ts";
import { login, refresh } from "../../../apps/dev/token/login.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { actionClaims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { type Server, whose } from "../simulator/stack.ts";
import { type OidcIssuer, startOidcIssuer } from "./oidc-issuer.ts";

const BOSS = "waad|boss";
const stack = stackOfTests();
const folder = folderOfTests("identity-provider");

// The development stack has tokens in Auth0's own dialect. These are in that of RFC 9068.
describe("a token of oidc-provider", () => {
  let issuer: OidcIssuer;
  let server: Server;

  beforeAll(async () => {
    const claims = actionClaims({ connection: "acme-entra", email: "boss@acme.example" });
    issuer = await startOidcIssuer(["console", "reports"], claims);
    server = await stack.another({
      AUTH0_ISSUER: issuer.url,
      AUTH0_JWKS_URL: issuer.jwksUrl,
      ADMIN_CLIENT_IDS: "console",
      SERVICE_CLIENTS: "machine=standing,console=audit",
    });
    await server.client(await issuer.signIn("console", BOSS)).org.me.query();
  });
  afterAll(() => issuer.close());

  const administer = (token: string) => server.client(token).org.get.query({ organizationId: "acme" });

  it("administers through the console", async () => {
    const token = await issuer.signIn("console", BOSS);
    expect(decodeJwt(token)).toMatchObject({ client_id: "console", scope: "openid read:runs" });
    expect(await server.client(token).auth.validate.query()).toMatchObject({
      clientId: "console",
      actor: null,
    });
    expect(await administer(token)).toMatchObject({ id: "acme" });
  });

  it("T82: administers through no other application", async () => {
    const token = await issuer.signIn("reports", BOSS);
    expect(await server.client(token).auth.validate.query()).toMatchObject({ clientId: "reports" });
    await expect(administer(token)).rejects.toMatchObject({ data: { reason: "CLIENT_NOT_ALLOWED" } });
  });

  it("T80: is refused when it is bound to a key (DPoP)", async () => {
    const token = await issuer.signIn("console", BOSS, true);
    expect(decodeJwt(token)).toMatchObject({ cnf: { jkt: expect.any(String) } });
    const refused = server.client(token).auth.validate.query();
    await expect(refused).rejects.toMatchObject({ data: { reason: "TOKEN_INVALID" } });
  });

  it("T25: is a service's when a machine that is listed has asked for it, and a user's otherwise", async () => {
    const { auth } = server.client(await issuer.machineToken());
    await expect(auth.validate.query()).rejects.toMatchObject({ data: { reason: "USER_TOKEN_REQUIRED" } });
    const service = { kind: "service", clientId: "machine", permissions: ["standing"] };
    expect(await auth.principal.query()).toEqual(service);
    const user = server.client(await issuer.signIn("console", BOSS));
    const { userId, organizationId } = await user.auth.validate.query();
    const expected = { kind: "user", userId, organizationId, clientId: "console", actor: null };
    expect(await user.auth.principal.query()).toEqual(expected);
  });
});

describe("a session of the development identity provider", () => {
  let provider: IdentityProvider;
  /** The first gets the logouts. The other one learns of them from the store. */
  let servers: readonly Server[];

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    provider = await startIdentityProvider({
      dataFolder: folder,
      port: 0,
      connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme" }],
      backchannelLogoutUrl: `http://127.0.0.1:${port}/backchannel-logout`,
    });
    const settings = {
      AUTH0_ISSUER: provider.issuer,
      AUTH0_JWKS_URL: `${provider.issuer}.well-known/jwks.json`,
      AUTH0_AUDIENCE: API_AUDIENCE,
      AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
      ...managementEnvironment(provider.issuer),
      SERVICE_CLIENTS: `${AGENTIC_BACKEND_CLIENT.clientId}=standing+introspect`,
      // The defaults.
      IDENTITY_CACHE_MS: "",
      MEMBERSHIP_CACHE_MS: "",
      CHANGES_POLL_MS: "",
    };
    servers = [await stack.another({ ...settings, PORT: `${port}` }), await stack.another(settings)];
  });
  afterAll(() => provider.close());

  it("T25: is not needed by a service, which gets a token of its own", async () => {
    const { clientId, clientSecret } = AGENTIC_BACKEND_CLIENT;
    const grant = { grant_type: "client_credentials", audience: API_AUDIENCE };
    const body = new URLSearchParams({ ...grant, client_id: clientId, client_secret: clientSecret });
    const response = await fetch(`${provider.issuer}oauth/token`, { method: "POST", body });
    const { access_token: token } = z.object({ access_token: z.string() }).parse(await response.json());
    expect(decodeJwt(token)).toMatchObject({ sub: `${clientId}@clients`, azp: clientId });
    const answers = servers.map((server) => server.client(token).auth.principal.query());
    const service = { kind: "service", clientId, permissions: ["standing", "introspect"] };
    expect(await Promise.all(answers)).toEqual([service, service]);
  });

  it("ends its unexpired tokens within seconds in every process, and none that is issued later", async () => {
    const cookies = new CookieJar();
    const account = { email: "jane@acme.example", connection: "acme-entra" };
    const options = { ...CLI_CLIENT, ...account, issuer: provider.issuer, audience: API_AUDIENCE };
    const { accessToken, refreshToken = "" } = await login(options, cookies);
    const ofEach = (token: string) => Promise.all(servers.map((server) => whose(server, token)));
    const [userId = ""] = await ofEach(accessToken);
    expect(await ofEach(accessToken)).toEqual([userId, userId]);
    const introspected = () => introspect(servers[0]?.url, accessToken, AGENTIC_BACKEND_CLIENT.clientSecret);
    const { clientId: client_id } = CLI_CLIENT;
    const active = { active: true, sub: userId, client_id, iss: provider.issuer, token_type: "Bearer" };
    expect(await introspected()).toEqual([200, { ...active, exp: decodeJwt(accessToken).exp }]);

    await fetch(`${provider.issuer}v2/logout`, { headers: { cookie: cookies.header } });
    const ended = ["TOKEN_REVOKED", "TOKEN_REVOKED"];
    await expect.poll(() => ofEach(accessToken)).toEqual(ended);
    expect(await introspected()).toEqual([200, { active: false }]);
    const refused = { error: { reason: "TOKEN_INVALID", message: expect.any(String) } };
    expect(await introspect(servers[0]?.url, accessToken, "wrong")).toEqual([401, refused]);

    const later = async () => {
      const tokens = await refresh(provider.issuer, CLI_CLIENT.clientId, refreshToken);
      return ofEach(tokens.accessToken);
    };
    await nextSecond();
    expect(await later()).toEqual([userId, userId]);
  });
});

/** By the credentials of a service, which the provider checks. */
async function introspect(url: string | undefined, token: string, secret: string) {
  const credentials = `${AGENTIC_BACKEND_CLIENT.clientId}:${secret}`;
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
  const body = new URLSearchParams({ token });
  const response = await fetch(`${url}/introspect`, { method: "POST", headers, body });
  return [response.status, await response.json()];
}

/** A token of the second in which its session ends is ended with it. */
async function nextSecond(): Promise<void> {
  await sleep(1_000 - (Date.now() % 1_000) + 10);
}
