import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionClaims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import type { Server } from "../simulator/stack.ts";
import { type OidcIssuer, startOidcIssuer } from "./oidc-issuer.ts";

const BOSS = "waad|boss";
const stack = stackOfTests();

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

  it("T25: is a machine's when a machine has asked for it", async () => {
    const refused = server.client(await issuer.machineToken()).auth.validate.query();
    await expect(refused).rejects.toMatchObject({ data: { reason: "USER_TOKEN_REQUIRED" } });
  });
});
