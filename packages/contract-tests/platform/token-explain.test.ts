import { describe, expect, it } from "vitest";
import { actionClaims, type Claims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { runCommand } from "../simulator/stack.ts";

const stack = stackOfTests();
const login = logins(stack);

interface Step {
  readonly step: string;
  readonly ok: boolean;
  readonly saw: string;
  readonly fix?: string;
}

async function explain(
  token: string,
): Promise<{ refused: string | null; steps: Step[]; warnings: string[] }> {
  const { status, output } = await stack.cli("token", "explain", token, "--json");
  expect(status).toBe(0);
  return JSON.parse(output);
}

const signed = (claims: Claims = {}, header = {}) => stack.issuer.sign("waad|x", claims, header);
const seen = (step: string, steps: readonly Step[]) => steps.find((each) => each.step === step)?.saw;

/** A token with two different addresses. */
const twoAddresses = (claims: Claims = {}) =>
  signed({ ...actionClaims({ email: "a@x.example" }), email: "b@x.example", ...claims });

const now = () => Math.floor(Date.now() / 1_000);
const expired = () => ({ iat: now() - 600, exp: now() - 300 });

describe("token explain", () => {
  it.each<[string, string, () => Promise<string>, RegExp]>([
    ["structure", "TOKEN_INVALID", async () => "opaque", /audience=AUTH0_AUDIENCE/],
    ["issuer", "TOKEN_INVALID", () => signed({ iss: "https://other.example/" }), /AUTH0_ISSUER/],
    ["header", "TOKEN_INVALID", () => signed({}, { typ: "logout+jwt" }), /access token, not an ID/],
    ["key", "TOKEN_INVALID", () => signed({}, { kid: "gone" }), /AUTH0_JWKS_URL/],
    [
      "signature",
      "TOKEN_INVALID",
      async () => `${(await login.entra("x@acme.example")).slice(0, -8)}AAAAAAAA`,
      /altered/,
    ],
    ["audience", "TOKEN_INVALID", () => signed({ aud: "other" }), /audience=AUTH0_AUDIENCE/],
    ["subject", "TOKEN_INVALID", () => stack.issuer.sign(""), /must send a subject/],
    [
      "key binding",
      "TOKEN_INVALID",
      () => signed({ cnf: { "x5t#S256": "bwcK0esc3ACC3DB2Y5" } }),
      /sender constraining/,
    ],
    ["application", "TOKEN_INVALID", () => signed({ azp: "spa", client_id: "other" }), /one application/],
    ["actor", "TOKEN_INVALID", () => signed({ act: {} }), /setActor/],
    ["lifetime", "TOKEN_EXPIRED", () => signed(expired()), /refresh it/],
    ["lifetime", "TOKEN_INVALID", () => signed({ exp: now() + 90_000 }), /MAX_TOKEN_LIFETIME_SECONDS/],
    ["custom claims", "TOKEN_INVALID", () => signed(actionClaims({ userId: "waad|x" })), /post-login/],
    ["custom claims", "TOKEN_INVALID", () => twoAddresses(expired()), /post-login/],
    [
      "person",
      "USER_TOKEN_REQUIRED",
      () => stack.issuer.sign("m@clients", { gty: "client-credentials" }),
      /service's own token may ask what `service` above says/,
    ],
    ["person", "USER_TOKEN_REQUIRED", () => stack.issuer.sign("agt_1"), /X-User-Token/],
    ["person", "USER_TOKEN_REQUIRED", () => stack.issuer.sign("external-agent"), /X-User-Token/],
    [
      "first login",
      "DELEGATION_NOT_ALLOWED",
      () => login.entra("x@acme.example", { act: { sub: "agt_1" } }),
      /sign in themselves/,
    ],
    ["connection", "DOMAIN_NOT_ALLOWED", () => signed(), /deploy the post-login Action/],
    [
      "first login",
      "EMAIL_MISSING",
      () => signed(actionClaims({ connection: "acme-entra" })),
      /Action must send the address/,
    ],
    [
      "first login",
      "EMAIL_UNVERIFIED",
      () => login.password("x@y.example", { verified: false }),
      /Verify email/,
    ],
    ["first login", "DOMAIN_NOT_ALLOWED", () => login.entra("x@globex.example"), /org apply/],
    ["first login", "SSO_REQUIRED", () => login.password("x@initech.example"), /enforceSso/],
  ])("stops at %s with %s and says how to fix it, as `serve` refuses", async (step, reason, sign, fix) => {
    const token = await sign();
    const { refused, steps } = await explain(token);
    expect(refused).toBe(reason);
    expect(steps.at(-1)).toMatchObject({ step, ok: false, reason, fix: expect.stringMatching(fix) });
    expect(steps.slice(0, -1).every(({ ok }) => ok)).toBe(true);
    await expect(stack.client(token).auth.validate.query()).rejects.toMatchObject({ data: { reason } });
  });

  it("shows when and in which session a token was issued, and what ends it", async () => {
    const email = `${fresh("r")}@acme.example`;
    const subject = fresh("waad|r");
    const sid = { "https://platform.example/claims/sid": "session-1" };
    const token = await login.entra(email, { subject, ...sid });
    await stack.client(token).auth.validate.query();
    expect(seen("revocation", (await explain(token)).steps)).toMatch(
      /^issued \S+Z, sid "session-1"; nothing ends it$/,
    );
    expect((await stack.cli("identity", "sign-out", subject, "--yes")).status).toBe(0);
    const { refused, steps } = await explain(token);
    expect(refused).toBe("TOKEN_REVOKED");
    expect(steps.at(-1)).toMatchObject({ step: "revocation", fix: expect.stringMatching(/^sign in again/) });
    expect(steps.at(-1)?.saw).toMatch(/^issued \S+Z, sid "session-1"; not before \S+Z$/);
  });

  it("stops at a credential that `serve` does not accept as one token", async () => {
    const refused = { reason: "CREDENTIALS_CONFLICT" };
    const { steps } = await explain("a,b");
    expect(steps).toEqual([expect.objectContaining({ step: "credential", ok: false, ...refused })]);
    const response = await fetch(`${stack.url}/trpc/auth.validate`, { headers: { "x-user-token": "a,b" } });
    expect(await response.json()).toMatchObject({ error: { data: refused } });
  });

  it("shows both values of a contradictory claim", async () => {
    const { steps } = await explain(await twoAddresses());
    expect(steps.at(-1)?.saw).toMatch(/^email "a@x\.example", plain "b@x\.example", email_verified absent, /);
  });

  it("accepts what `serve` accepts, stores nothing, and then shows what `serve` has stored", async () => {
    const email = `${fresh("e")}@acme.example`;
    const token = await login.entra(email);
    const before = await stack.items();
    const first = await explain(token);
    expect(first.refused).toBeNull();
    expect(seen("user", first.steps)).toMatch(/none in the directory yet/);
    expect(await stack.items()).toEqual(before);
    expect(await stack.usersAt(email)).toBe(0);

    const { userId } = await stack.client(token).auth.validate.query();
    const { refused, steps } = await explain(token);
    expect(refused).toBeNull();
    expect(seen("link", steps)).toContain(userId);
    expect(seen("organization", steps)).toMatch(/^acme: active, member/);

    await stack.cli("member", "remove", "acme", userId);
    expect(await explain(token)).toMatchObject({ refused: "MEMBERSHIP_REMOVED" });
  });

  it("shows the memberships that `org.me` would create and offer, and creates none", async () => {
    const token = await login.password("contractor@freelance.example");
    const before = await stack.items();
    const { steps } = await explain(token);
    expect(await stack.items()).toEqual(before);
    const { organizations } = await stack.client(token).org.me.query();
    const [{ id, role } = { id: "", role: "" }] = organizations;
    expect(seen("memberships", steps)).toContain(`${id} as ${role}`);
    const shared = await explain(await login.okta(`${fresh("joiner")}@umbrella.example`));
    expect(seen("memberships", shared.steps)).toBe(
      "after `org.me`: umbrella-labs as member; may join umbrella-retail",
    );
  });

  it("counts no invitation as used up that a login would use up", async () => {
    const email = `${fresh("invited")}@acme.example`;
    const boss = stack.client(await login.entra("boss@acme.example"));
    await boss.org.me.query();
    await boss.org.invitations.create.mutate({ organizationId: "acme", emails: [email], role: "member" });
    const before = await stack.items();
    expect(seen("organization", (await explain(await login.entra(email))).steps)).toMatch(/^acme: /);
    expect(await stack.items()).toEqual(before);
  });

  it("shows the holder of the seat of a recycled mailbox", async () => {
    const email = `${fresh("seat")}@acme.example`;
    await stack.client(await login.entra(email)).auth.validate.query();
    const { refused, steps } = await explain(await login.entra(email));
    expect(refused).toBe("IDENTITY_CONFLICT");
    expect(steps.at(-1)).toMatchObject({ step: "seat", fix: expect.stringContaining("identity relink") });
  });

  it("agrees with `serve` about a taken seat: the user is blocked or may take over in a relink window", async () => {
    const email = `${fresh("seat")}@acme.example`;
    const { userId } = await stack.client(await login.entra(email)).auth.validate.query();
    const renewed = await login.entra(email);
    await stack.cli("identity", "block", userId, "--yes");
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await stack.cli("connection", "relink-window", "acme-entra", "--until", until);
    const client = stack.client(renewed);
    expect((await explain(renewed)).refused).toBe("IDENTITY_BLOCKED");
    await expect(client.auth.validate.query()).rejects.toMatchObject({
      data: { reason: "IDENTITY_BLOCKED" },
    });
    await stack.cli("identity", "unblock", userId, "--yes");
    const { refused, steps } = await explain(renewed);
    expect(refused).toBeNull();
    expect(seen("seat", steps)).toMatch(/, who gives way$/);
    expect(await client.auth.validate.query()).toMatchObject({ userId });
    await stack.cli("connection", "relink-window", "acme-entra", "--close");
  });

  it("warns about a subject that is an address and about a missing Action", async () => {
    const { warnings } = await explain(await login.saml(`${fresh("s")}@globex.example`));
    expect(warnings).toEqual([
      expect.stringMatching(/^the subject holds an e-mail address/),
      expect.stringMatching(/^no connection claim under AUTH0_CLAIM_NAMESPACE/),
    ]);
  });

  it("prints readable text without a signature", async () => {
    const token = await login.entra("x@globex.example");
    const { output } = await stack.cli("token", "explain", token);
    expect(output).toMatch(/✓ issuer +iss "http/);
    expect(output).toMatch(/✗ first login .*\n +refused: +DOMAIN_NOT_ALLOWED .*\n +expected: .*\n +to fix: /);
    expect(output).toMatch(/Refused: DOMAIN_NOT_ALLOWED\.\n$/);
    expect(output).not.toContain(token.split(".")[2]);
  });

  it("fails while the issuer's keys are unavailable, and says nothing about the token", async () => {
    const settings = { ...stack.environment, AUTH0_JWKS_URL: "http://127.0.0.1:9/jwks.json" };
    const token = await login.entra("x@acme.example");
    const { status, output } = await runCommand(settings, ["token", "explain", token]);
    expect(status).toBe(1);
    expect(output).toMatch(/✓ issuer.*✗ key.*error: the issuer's keys are unavailable/s);
  });
});
