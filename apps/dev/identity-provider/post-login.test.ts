import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import type { Account } from "./accounts.ts";
import { type Login, postLoginClaims } from "./post-login.ts";

interface ActionModule {
  onExecutePostLogin(event: unknown, api: unknown): Promise<void>;
}
const action: ActionModule = createRequire(import.meta.url)("../../../auth0/post-login-action.js");

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

describe("shipped Action", () => {
  const events = [
    {
      what: "a login",
      event: { user: JANE, connection: ACME },
      claims: { ...JANE, connection: "acme-entra" },
    },
    {
      what: "a user whose id is known",
      event: { user: { ...JANE, app_metadata: { capitol_user_id: USER_ID } }, connection: ACME },
      claims: { ...JANE, connection: "acme-entra", capitol_user_id: USER_ID },
    },
    {
      what: "a user id that the user has set",
      event: {
        user: { ...JANE, app_metadata: {}, user_metadata: { capitol_user_id: USER_ID } },
        connection: ACME,
      },
      claims: { ...JANE, connection: "acme-entra" },
    },
    {
      what: "a user without an address",
      event: { user: { email: null, email_verified: undefined }, connection: ACME },
      claims: { connection: "acme-entra" },
    },
    { what: "a login without a connection", event: { user: JANE }, claims: JANE },
    {
      what: "linked accounts, signed in through the first",
      event: {
        user: {
          ...JANE,
          identities: [
            { connection: "acme-entra", provider: "waad" },
            { connection: "google-oauth2", isSocial: true, profileData: MAIL },
          ],
        },
        connection: ACME,
      },
      claims: { ...JANE, connection: "acme-entra" },
    },
    {
      // Otherwise a user could link an unverified account with the CEO's address and become the CEO.
      what: "a linked SSO account, whose administrator can mark any address as verified",
      event: {
        user: {
          email: "chief@acme.example",
          email_verified: false,
          identities: [
            { connection: "Username-Password-Authentication", provider: "auth0" },
            { connection: "acme-entra", provider: "waad", profileData: { ...JANE, email_verified: true } },
          ],
        },
        connection: ACME,
      },
      claims: { email: JANE.email, connection: "acme-entra" },
    },
    {
      what: "a linked account without details",
      event: {
        user: {
          ...JANE,
          identities: [
            { connection: "Username-Password-Authentication", provider: "auth0" },
            { connection: "acme-entra", provider: "waad" },
          ],
        },
        connection: ACME,
      },
      claims: { connection: "acme-entra" },
    },
    {
      what: "a connection of none of the user's accounts",
      event: {
        user: { ...JANE, identities: [{ connection: "email", provider: "email" }] },
        connection: ACME,
      },
      claims: { connection: "acme-entra" },
    },
    {
      what: "two linked accounts of one connection",
      event: {
        user: {
          ...JANE,
          identities: [
            { connection: "acme-entra", provider: "waad" },
            {
              connection: "acme-entra",
              provider: "waad",
              profileData: { ...JANE, email: "joe@acme.example" },
            },
          ],
        },
        connection: ACME,
      },
      claims: { connection: "acme-entra" },
    },
    ...["oauth2", "salesforce"].map((provider) => ({
      // Auth0 calls it social, but an administrator controls it, so it is not in AUTH0_OTHER_STRATEGIES.
      what: `a linked ${provider} account`,
      event: {
        user: {
          ...JANE,
          identities: [
            { connection: "Username-Password-Authentication", provider: "auth0" },
            { connection: "corp-login", provider, isSocial: true, profileData: MAIL },
          ],
        },
        connection: { name: "corp-login", strategy: provider },
      },
      claims: { email: MAIL.email, connection: "corp-login" },
    })),
    {
      what: "linked accounts and no connection",
      event: { user: { ...JANE, identities: [{ connection: "email", provider: "email" }] } },
      claims: JANE,
    },
    ...[
      { connection: "google-oauth2", provider: "google-oauth2", isSocial: true, profileData: MAIL },
      { connection: "Username-Password-Authentication", provider: "auth0", profileData: MAIL },
      { connection: "email", provider: "email", profileData: MAIL },
    ].map((second) => ({
      what: `a linked ${second.provider} account`,
      event: {
        user: { ...JANE, identities: [{ connection: "acme-entra", provider: "waad" }, second] },
        connection: { name: second.connection, strategy: second.provider },
      },
      claims: { ...MAIL, connection: second.connection },
    })),
  ];
  test.for(events)("sets what the identity provider said: $what", async ({ event, claims }) => {
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
    passwordHash: null,
  };
  const login: Login = {
    account,
    connection: { ...ACME, displayName: "Acme", id: "con_1", options: {} },
    organization: { auth0OrgId: "org_acme", name: "Acme" },
    client: { id: "platform-frontend", name: "Platform" },
    audience: "https://api.example",
  };
  expect(await postLoginClaims(login, "https://x.example/")).toEqual({
    "https://x.example/email": "jane@acme.example",
    "https://x.example/email_verified": false,
    "https://x.example/connection": "acme-entra",
    "https://x.example/capitol_user_id": USER_ID,
  });
});
