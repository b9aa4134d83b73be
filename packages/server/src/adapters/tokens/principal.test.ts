import { expect, it } from "vitest";
import { ENTERPRISE_STRATEGIES, serviceOf, signsOf } from "../../domain/index.ts";
import { reasonOf } from "../../domain/testing/standings.ts";
import { SERVICE_PERMISSIONS } from "../../wire/index.ts";
import { readClaims } from "./claims-policy.ts";
import { issuerTable, rowOf, TEST_ISSUER } from "./issuers.ts";
import {
  AUDIENCE,
  ISSUER,
  issuerRows,
  LEGACY_AUDIENCE,
  LEGACY_ISSUER,
  NAMESPACE,
  NOW_SECONDS,
  USER_ID,
} from "./testing/signed-token.ts";

/** The application of every token of these tables. Operators allow it everything. */
const APP = "awZfdIir8YFdGZWk";
const OTHER_STRATEGIES = ["auth0", "email", "sms", "google-oauth2", "apple", "github", "facebook"];
const SETTINGS = {
  otherStrategies: new Set(OTHER_STRATEGIES),
  serviceClients: new Map([[APP, new Set(SERVICE_PERMISSIONS)]]),
};
const TABLE = issuerTable(issuerRows({ find: async () => null, current: () => null }));
const POLICY = { nowSeconds: NOW_SECONDS, clockToleranceSeconds: 30, maxLifetimeSeconds: 86_400 };

type Claims = Readonly<Record<string, unknown>>;
const CONNECTION = { [`${NAMESPACE}connection`]: "acme-entra" };
const AGENT = { act: { sub: "agt_1", client_id: APP } };
const GRANT = { gty: "client-credentials" };

function verified(claims: Claims) {
  const times = { iat: NOW_SECONDS - 60, exp: NOW_SECONDS + 3_600 };
  const all = { iss: ISSUER, aud: AUDIENCE, ...times, ...claims };
  return readClaims({ claims: all, row: rowOf(TABLE, all), policy: POLICY });
}

const judged = async (claims: Claims) => serviceOf(verified(claims), SETTINGS);

it.each<[string, isService: boolean, Claims]>([
  ["client credentials at Auth0", true, { sub: `${APP}@clients`, azp: APP, ...GRANT }],
  ["the same with scopes", true, { sub: `${APP}@clients`, azp: APP, ...GRANT, scope: "read:runs" }],
  ["the same without gty", true, { sub: `${APP}@clients`, azp: APP }],
  ["the same in Auth0's profile of RFC 9068", true, { sub: `${APP}@clients`, client_id: APP, jti: "1" }],
  ["client credentials by RFC 9068", true, { sub: APP, client_id: APP, jti: "1" }],
  ["an application that both claims name", true, { sub: APP, azp: APP, client_id: APP }],
  ["an external agent at Auth0", true, { sub: "agent-7", azp: APP, ...GRANT }],
  ["an agent of Auth0", true, { sub: "agt_1", azp: APP }],
  ["an agent with its profile", true, { sub: "agt_1", azp: APP, sub_profile: "ai_agent" }],
  ["a profile of a service", true, { sub: "reports", azp: APP, sub_profile: "service" }],
  ["a profile in other letters", true, { sub: "reports", azp: APP, sub_profile: "User" }],
  ["a profile in a list", true, { sub: "reports", azp: APP, sub_profile: ["user"] }],
  ["a profile that is null", true, { sub: "reports", azp: APP, sub_profile: null }],
  ["no application", false, { sub: `${APP}@clients`, ...GRANT }],
  ["another application", false, { sub: "other@clients", azp: "other", ...GRANT }],
  ["an application in other letters", false, { sub: APP.toLowerCase(), client_id: APP.toLowerCase() }],
  ["an application that begins like it", false, { sub: `${APP}2`, client_id: `${APP}2` }],
  ["an agent on behalf of a machine", false, { sub: `${APP}@clients`, azp: APP, ...GRANT, ...AGENT }],
  ["an agent on behalf of an agent", false, { sub: "agt_2", azp: APP, ...AGENT }],
  ["the grant beside a connection", false, { sub: "agent-7", azp: APP, ...GRANT, ...CONNECTION }],
  ["the grant beside a user's subject", false, { sub: "auth0|7", azp: APP, ...GRANT }],
  ["the grant in a list beside a user's subject", false, { sub: "auth0|7", azp: APP, gty: [GRANT.gty] }],
  ["the grant in other letters", false, { sub: "auth0|7", azp: APP, gty: "Client_Credentials" }],
  ["a user's subject that ends like a machine's", false, { sub: "auth0|x@clients", azp: APP }],
  ["a user's subject that is its application", false, { sub: "waad|x", client_id: "waad|x" }],
  [
    "a user's subject with a profile of an agent",
    false,
    { sub: "waad|x", azp: APP, sub_profile: "ai_agent" },
  ],
  ["an agent's subject beside a connection", false, { sub: "agt_1", azp: APP, ...CONNECTION }],
  ["a bare name", false, { sub: "jane", azp: APP }],
  ["a UUID, as service principals have", false, { sub: USER_ID, azp: APP }],
  ["a number, as Google's service accounts have", false, { sub: "113774264463038321964", azp: APP }],
  ["an address", false, { sub: "robot@project.iam.gserviceaccount.example", azp: APP }],
  ["a service account of Kubernetes", false, { sub: "system:serviceaccount:runs:worker", azp: APP }],
  ["a workload by SPIFFE", false, { sub: "spiffe://acme.example/worker", azp: APP }],
  ["a job of a repository", false, { sub: "repo:acme/runs:ref:refs/heads/main", azp: APP }],
  ["a role of AWS", false, { sub: "arn:aws:sts::1:assumed-role/worker/1", azp: APP }],
  ["an unknown strategy", false, { sub: "passkey|jane", azp: APP }],
  ["a strategy in other letters", false, { sub: "WAAD|jane", azp: APP }],
  ["a strategy without a subject", false, { sub: "auth0", azp: APP }],
  ["no strategy before the pipe", false, { sub: "|jane", azp: APP }],
  ["a machine of test mode", false, { iss: TEST_ISSUER, sub: APP, azp: APP, ...GRANT }],
])("T25: a machine's token is never a user's: %s (a service: %s)", async (_, isService, claims) => {
  expect(signsOf(verified(claims), SETTINGS).machine).not.toBeNull();
  expect(await reasonOf(judged(claims))).toBe(isService ? "done" : "CLIENT_NOT_ALLOWED");
});

it.each<[string, Claims]>([
  ...[...ENTERPRISE_STRATEGIES, ...OTHER_STRATEGIES].map((strategy): [string, Claims] => [
    strategy,
    { sub: `${strategy}|jane` },
  ]),
  ["a strategy and its connection", { sub: "samlp|globex-saml|jane" }],
  ["a subject that is an address", { sub: "samlp|globex-saml|jane@globex.example" }],
  ["a connection and a strategy that nobody knows", { sub: "passkey|jane", ...CONNECTION }],
  ["a connection and a bare name", { sub: "jane", ...CONNECTION }],
  ["a connection and a UUID", { sub: USER_ID, ...CONNECTION }],
  ["a word inside the subject", { sub: "auth0|x@clients.example" }],
  ["a subject that names an agent", { sub: "auth0|agt_1" }],
  ["a subject that names the application", { sub: `auth0|${APP}` }],
  ["the profile of a user", { sub: "auth0|jane", sub_profile: "user" }],
  ["a password grant", { sub: "auth0|jane", gty: "password" }],
  ["a refreshed token", { sub: "auth0|jane", gty: "refresh_token" }],
  ["an organization", { sub: "auth0|jane", org_id: "org_acme" }],
  ["the scopes of a machine", { sub: "auth0|jane", scope: "read:runs" }],
  ["an agent that acts for the user", { sub: "auth0|jane", ...AGENT }],
  ["support staff who act for the user", { sub: "waad|jane", act: { sub: "auth0|support" } }],
  ["a legacy token", { iss: LEGACY_ISSUER, aud: LEGACY_AUDIENCE, sub: USER_ID }],
  ["test mode", { iss: TEST_ISSUER, sub: "waad|jane" }],
])("T25: a user's token is never a service's, in either dialect: %s", async (_, claims) => {
  for (const dialect of [{ azp: APP }, { client_id: APP }]) {
    expect(signsOf(verified({ ...claims, ...dialect }), SETTINGS)).toMatchObject({ machine: null });
    expect(await reasonOf(judged({ ...claims, ...dialect }))).toBe("CLIENT_NOT_ALLOWED");
  }
});
