import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import type { Account } from "../tenant/accounts.ts";
import { type Login, postLoginClaims } from "./post-login.ts";

interface ActionModule {
  onExecutePostLogin(event: unknown, api: unknown): Promise<void>;
}
const action: ActionModule = createRequire(import.meta.url)("../../../../auth0/post-login-action.js");

const NAMESPACE = "https://platform-api.example/";
const USER_ID = "0d4f5b1e-8f1c-4c57-9f3c-2f8f3a4f9a10";

/** The claims that the shipped Action sets for an Auth0 event. */
async function claimsOf(event: object): Promise<Record<string, unknown>> {
  const claims: Record<string, unknown> = {};
  const setCustomClaim = (name: string, value: unknown) => {
    claims[name] = value;
  };
  await action.onExecutePostLogin({ secrets: {}, ...event }, { accessToken: { setCustomClaim } });
  return claims;
}

const JANE = { email: "jane@acme.example", email_verified: false };
const MAIL = { email: "j@mail.example", email_verified: true };
const ACME = { name: "acme-entra", strategy: "waad" };
const PASSWORD = { connection: "Username-Password-Authentication", provider: "auth0" };
/** What a login without details of the user has. */
const BARE = { connection: "acme-entra" };
const ENTRA = { connection: "acme-entra", provider: "waad" };
const LINK = { connection: "email", provider: "email" };

const MAILED = { ...LINK, profileData: MAIL };
const PLAIN = { ...JANE, ...BARE };

/** The user Jane with linked accounts, of which the first one says who she is. */
const linked = (...identities: readonly object[]) => ({ ...JANE, identities });

/** Signs in through an account that is linked to another one. */
const through = (account: { connection: string; provider: string; isSocial?: boolean }, first: object) => ({
  user: linked(first, { ...account, profileData: MAIL }),
  connection: { name: account.connection, strategy: account.provider },
});

describe("shipped Action", () => {
  test.for<[what: string, event: object, claims: object]>([
    ["a login", { user: JANE, connection: ACME }, PLAIN],
    [
      "a user whose id is known",
      { user: { ...JANE, app_metadata: { capitol_user_id: USER_ID } }, connection: ACME },
      { ...JANE, connection: "acme-entra", capitol_user_id: USER_ID },
    ],
    [
      "a user id that the user has set",
      { user: { ...JANE, app_metadata: {}, user_metadata: { capitol_user_id: USER_ID } }, connection: ACME },
      PLAIN,
    ],
    [
      "a user without an address",
      { user: { email: null, email_verified: undefined }, connection: ACME },
      BARE,
    ],
    [
      "a name",
      { user: { ...JANE, name: " Zoë Müller " }, connection: ACME },
      { ...PLAIN, name: "Zoë Müller" },
    ],
    ...[JANE.email, "", " ", "x".repeat(101), "a\nb", "evil\u202egnp", "zero\u200bwidth", 5, null].map(
      (name): [string, object, object] => [
        `the name ${JSON.stringify(name)}, which people should not read`,
        { user: { ...JANE, name }, connection: ACME },
        PLAIN,
      ],
    ),
    ["a login without a connection", { user: JANE }, JANE],
    ["a session", { user: JANE, session: { id: "s1" } }, { ...JANE, sid: "s1" }],
    ["a refreshed session", { user: JANE, refresh_token: { session_id: "s1" } }, { ...JANE, sid: "s1" }],
    [
      "a session before that of a refresh token",
      { user: JANE, session: { id: "s2" }, refresh_token: { session_id: "s1" } },
      { ...JANE, sid: "s2" },
    ],
    ["a refresh token that says no session", { user: JANE, refresh_token: {}, session: undefined }, JANE],
    [
      "linked accounts, signed in through the first",
      { user: linked(ENTRA, MAILED), connection: ACME },
      PLAIN,
    ],
    // Otherwise a user could link an unverified account with the CEO's address and become the CEO.
    [
      "a linked SSO account, whose administrator can mark any address as verified",
      through(ENTRA, PASSWORD),
      { email: MAIL.email, connection: "acme-entra" },
    ],
    ["a linked account without details", { user: linked(PASSWORD, ENTRA), connection: ACME }, BARE],
    ["a connection of none of the user's accounts", { user: linked(LINK), connection: ACME }, BARE],
    [
      "two linked accounts of one connection",
      { user: linked(ENTRA, { ...ENTRA, profileData: MAIL }), connection: ACME },
      BARE,
    ],
    ["linked accounts and no connection", { user: linked(LINK) }, JANE],
    // Auth0 calls them social, but an administrator controls them, so they are not in AUTH0_OTHER_STRATEGIES.
    ...["oauth2", "salesforce"].map((provider): [string, object, object] => [
      `a linked ${provider} account`,
      through({ connection: "corp-login", provider, isSocial: true }, PASSWORD),
      { email: MAIL.email, connection: "corp-login" },
    ]),
    ...[PASSWORD, LINK, { connection: "google-oauth2", provider: "google-oauth2", isSocial: true }].map(
      (second): [string, object, object] => [
        `a linked ${second.provider} account`,
        through(second, ENTRA),
        { ...MAIL, connection: second.connection },
      ],
    ),
  ])("sets what the identity provider said: %s", async ([, event, claims]) => {
    const namespaced = Object.entries(claims).map(([name, value]) => [`${NAMESPACE}${name}`, value]);
    expect(await claimsOf(event)).toStrictEqual(Object.fromEntries(namespaced));
  });

  test("takes its namespace from its secret, which must end with a slash", async () => {
    const event = { user: JANE, connection: ACME };
    const claims = await claimsOf({ ...event, secrets: { CLAIM_NAMESPACE: "https://x.example/" } });
    expect(Object.keys(claims).every((name) => name.startsWith("https://x.example/"))).toBe(true);
    const wrong = claimsOf({ ...event, secrets: { CLAIM_NAMESPACE: "https://x.example" } });
    await expect(wrong).rejects.toThrow("must end in a slash");
  });
});

test("a login here gives the Action an event like Auth0's", async () => {
  const account: Account = {
    subject: "waad|abc",
    connection: "acme-entra",
    email: "jane@acme.example",
    emailVerified: false,
    name: "Jane",
    appMetadata: { capitol_user_id: USER_ID },
    isBlocked: false,
    createdAt: "2026-11-30T12:00:00.000Z",
    passwordHash: null,
  };
  const login: Login = {
    account,
    connection: { ...ACME, displayName: "Acme", id: "con_1", options: {} },
    organization: { auth0OrgId: "org_acme", name: "Acme" },
    client: { id: "platform-frontend", name: "Platform" },
    audience: "https://api.example",
    session: { sid: "s1", isRefreshed: false },
  };
  expect(await postLoginClaims(login, "https://x.example/")).toEqual({
    "https://x.example/email": "jane@acme.example",
    "https://x.example/email_verified": false,
    "https://x.example/name": "Jane",
    "https://x.example/connection": "acme-entra",
    "https://x.example/capitol_user_id": USER_ID,
    "https://x.example/sid": "s1",
  });
});
