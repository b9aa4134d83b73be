import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionClaims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import type { Server } from "../simulator/stack.ts";
import { DIALECTS, type OidcIssuer, startOidcIssuer } from "./oidc-issuer.ts";

const [BOSS, SUPPORT] = ["waad|boss", "auth0|support"];
const AGENT = { sub: "agt_1", sub_profile: "ai_agent", client_id: "agent" };
const APPLICATIONS = {
  console: null,
  reports: null,
  intranet: null,
  agent: { act: AGENT },
  relay: { act: { ...AGENT, act: { sub: "console", sub_profile: "browser_app", client_id: "console" } } },
  helpdesk: { act: { sub: SUPPORT } },
};

function claimsOf(subject: string) {
  const support = { email: "support@hooli.example", emailVerified: true };
  return actionClaims(
    subject === SUPPORT ? support : { connection: "acme-entra", email: "boss@acme.example" },
  );
}

const stack = stackOfTests();

describe.each(DIALECTS)("a token of oidc-provider in the dialect %s", (dialect) => {
  const named = dialect === "auth0" ? "azp" : "client_id";
  let issuer: OidcIssuer;
  let server: Server;
  let supportId: string;

  beforeAll(async () => {
    issuer = await startOidcIssuer(dialect, APPLICATIONS, claimsOf);
    server = await stack.another({
      AUTH0_ISSUER: issuer.url,
      AUTH0_JWKS_URL: issuer.jwksUrl,
      ADMIN_CLIENT_IDS: "console",
    });
    await server.client(await issuer.signIn("console", BOSS)).org.me.query();
    const own = server.client(await issuer.signIn("intranet", SUPPORT));
    supportId = (await own.auth.validate.query()).userId;
  });
  afterAll(() => issuer.close());

  const administer = (token: string) => server.client(token).org.get.query({ organizationId: "acme" });

  it("administers through the console", async () => {
    const token = await issuer.signIn("console", BOSS);
    expect(decodeJwt(token)).toMatchObject({ [named]: "console", scope: "openid read:runs" });
    expect(await server.client(token).auth.validate.query()).toMatchObject({
      clientId: "console",
      actor: null,
    });
    expect(await administer(token)).toMatchObject({ id: "acme" });
  });

  it("T82: administers through no other application", async () => {
    const token = await issuer.signIn("reports", BOSS);
    expect(decodeJwt(token)).toMatchObject({ [named]: "reports" });
    expect(await server.client(token).auth.validate.query()).toMatchObject({ clientId: "reports" });
    await expect(administer(token)).rejects.toMatchObject({ data: { reason: "CLIENT_NOT_ALLOWED" } });
  });

  it("T80: is refused when it is bound to a key (DPoP)", async () => {
    const token = await issuer.signIn("console", BOSS, true);
    expect(decodeJwt(token)).toMatchObject({ cnf: { jkt: expect.any(String) } });
    const refused = server.client(token).auth.validate.query();
    await expect(refused).rejects.toMatchObject({ data: { reason: "TOKEN_INVALID" } });
  });

  it.each([
    ["an agent acts", "agent", "agent", null],
    ["an agent acts that the console has started", "relay", "agent", null],
    ["support staff act", "helpdesk", "helpdesk", () => supportId],
  ])("T81: says that %s, and administers nothing", async (_, clientId, actorClientId, userId) => {
    const token = await issuer.signIn(clientId, BOSS);
    expect(decodeJwt(token)).toMatchObject({ [named]: clientId, act: { sub: expect.any(String) } });
    expect(await server.client(token).auth.validate.query()).toMatchObject({
      clientId,
      actor: { clientId: actorClientId, userId: userId?.() ?? null },
    });
    await expect(administer(token)).rejects.toMatchObject({ data: { reason: "DELEGATION_NOT_ALLOWED" } });
  });

  it("T25: is a machine's when a machine has asked for it", async () => {
    const refused = server.client(await issuer.machineToken()).auth.validate.query();
    await expect(refused).rejects.toMatchObject({ data: { reason: "USER_TOKEN_REQUIRED" } });
  });
});
