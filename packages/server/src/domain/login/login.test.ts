import { describe, expect, it } from "vitest";
import type { Connection } from "../organization.ts";
import { ACME, acmeAlone, claims, ENTRA, organization, SETTINGS, UNBOUNDED } from "../testing/people.ts";
import { connectionNameOf, type Login, loginOf, subjectParts } from "./login.ts";

const SAML: Connection = { ...ENTRA, name: "acme-saml", strategy: "samlp" };
const PASSWORDS: Connection = { ...ENTRA, name: "acme-passwords", strategy: "auth0" };

const registered = () => acmeAlone().put(organization(ACME), { connections: [SAML, PASSWORDS] });
const sso = (connection: Connection): Login => ({ via: "sso", connection });
const other = (strategy: string): Login => ({ via: "other", strategy });
const unregistered = (connectionName: string): Login => ({
  via: "unregistered",
  connectionName,
  state: "unknown",
});

describe("T4C: the login of a token", () => {
  it.each<[string, string, string | null, Login]>([
    ["is SSO by the connection claim", "waad|jane", "acme-saml", sso(SAML)],
    ["follows the claim, not the subject", "samlp|acme-saml|jane", "acme-entra", sso(ENTRA)],
    ["follows the claim even if it is not registered", "samlp|acme-saml|j", "gone", unregistered("gone")],
    ["is SSO by the second of three parts of the subject", "samlp|acme-saml|jane", null, sso(SAML)],
    ["allows more pipes in the name itself", "samlp|acme-saml|a|b", null, sso(SAML)],
    ["needs the strategy of the connection", "okta|acme-saml|jane", null, unregistered("okta")],
    ["needs a third part", "samlp|acme-saml", null, unregistered("samlp")],
    ["needs a registered connection", "samlp|gone|jane", null, unregistered("samlp")],
    ["is the strategy of a password", "auth0|jane", null, other("auth0")],
    ["is the strategy of an e-mail code", "email|jane", null, other("email")],
    ["is the strategy whatever the claim calls it", "auth0|jane", "Passwords", other("auth0")],
    ["T78: is SSO by the claim, whatever the strategy", "auth0|jane", "acme-passwords", sso(PASSWORDS)],
    ["T78: is SSO by the subject, whatever the strategy", "auth0|acme-passwords|j", null, sso(PASSWORDS)],
    ["is SSO through a connection of SSO, whatever the subject", "auth0|jane", "acme-entra", sso(ENTRA)],
    ["is unknown without a strategy", "jane", null, unregistered("")],
    ["is unknown with an empty strategy", "|jane", null, unregistered("")],
  ])("%s: %s, claim %s", async (_, subject, connection, expected) => {
    const presented = claims({ subject, connection, auth0OrgId: "org_acme" });
    const organizations = registered();
    expect(await loginOf(presented, { ...SETTINGS, organizations }, UNBOUNDED)).toMatchObject(expected);
  });

  it("is the platform's for a legacy token, whatever it claims", async () => {
    const legacy = claims({ source: "platform", connection: "acme-entra" });
    const organizations = registered();
    expect(await loginOf(legacy, { ...SETTINGS, organizations }, UNBOUNDED)).toEqual({ via: "platform" });
    expect(organizations.asked).toEqual([]);
  });

  it.each([
    ["samlp||jane", []],
    ["samlp|jane", []],
    ["samlp|acme-saml|jane", ["findConnection acme-saml"]],
  ])("asks the store only about a connection that the subject names: %s", async (subject, asked) => {
    const organizations = registered();
    await loginOf(claims({ subject, connection: null }), { ...SETTINGS, organizations }, UNBOUNDED);
    expect(organizations.asked).toEqual(asked);
  });
});

describe.each(["disabled", "removed"] as const)(
  "T83: the login of a token, once its connection is %s,",
  (state) => {
    const off = (connectionName: string): Login => ({ via: "unregistered", connectionName, state });

    it.each<[string, string, string | null, Login]>([
      ["is that connection's for an account linked at Auth0", "auth0|jane", "acme-entra", off("acme-entra")],
      ["is that connection's, whatever the subject", "samlp|acme-saml|j", "acme-entra", off("acme-entra")],
      ["is that of the subject without a claim", "samlp|acme-saml|jane", null, off("acme-saml")],
      ["needs the strategy of the connection", "auth0|acme-saml|jane", null, other("auth0")],
      [
        "T78: is that connection's, whatever the strategy",
        "auth0|j",
        "acme-passwords",
        off("acme-passwords"),
      ],
      ["is not SSO through another connection", "auth0|jane", "Passwords", other("auth0")],
    ])("%s: %s, claim %s", async (_, subject, connection, expected) => {
      const organizations = registered();
      for (const each of [ENTRA, SAML, PASSWORDS]) organizations.setConnection(each, state);
      const presented = claims({ subject, connection, emailVerified: true });
      expect(await loginOf(presented, { ...SETTINGS, organizations }, UNBOUNDED)).toMatchObject(expected);
    });
  },
);

describe("the seat's connection", () => {
  it.each<[string, Login]>([
    ["acme-entra", sso(ENTRA)],
    ["auth0", other("auth0")],
    ["waad", unregistered("waad")],
    ["platform", { via: "platform" }],
  ])("is %s", (name, login) => {
    expect(connectionNameOf(login)).toBe(name);
  });

  it.each(["auth0|jane", "google-oauth2|jane"])(
    "T79: is one for %s, with the connection claim and without it",
    async (subject) => {
      const settings = { otherStrategies: new Set(["auth0", "google-oauth2"]), organizations: registered() };
      const names = [null, "Username-Password-Authentication", "Renamed"].map(async (connection) =>
        connectionNameOf(await loginOf(claims({ subject, connection }), settings, UNBOUNDED)),
      );
      expect(new Set(await Promise.all(names))).toEqual(new Set([subject.split("|")[0]]));
    },
  );
});

it.each([
  ["samlp|acme-saml|jane", "samlp"],
  ["auth0|jane", "auth0"],
  ["auth0|", "auth0"],
  ["auth0", null],
  ["|jane", null],
  ["", null],
])("the strategy of the subject %j is %j", (subject, strategy) => {
  expect(subjectParts(subject).strategy).toBe(strategy);
});
