import { expect, it } from "vitest";
import { type Answer, managementApi, SECRET } from "./management-api.fixture.ts";
import { auth0Users } from "./tenant-users.ts";

const signal = () => AbortSignal.timeout(5_000);
const USER = "GET /api/v2/users/waad%7Cjane?fields=user_id%2Cblocked%2Ccreated_at";
const REVOKE = "POST /api/v2/users/waad%7Cjane/revoke-access";
const JANE = { user_id: "waad|jane" };

async function usersOf(answers: Readonly<Record<string, readonly Answer[]>>) {
  const api = await managementApi(answers);
  const outcomes: string[] = [];
  const { url } = api;
  const users = auth0Users({
    url,
    clientId: "events",
    clientSecret: SECRET,
    tenant: "default",
    onUpstream: (operation, outcome) => outcomes.push(`${operation} ${outcome}`),
  });
  return { api, users, outcomes };
}

const CREATED_AT = "2026-11-30T12:00:00.000Z";
const active = { isBlocked: false, createdAt: null };

it.each<[string, Answer, object | string]>([
  ["who is blocked", { json: { ...JANE, blocked: true } }, { isBlocked: true, createdAt: null }],
  ["who is not", { json: { ...JANE, blocked: false } }, active],
  ["who never was", { json: JANE }, active],
  [
    "who was created",
    { json: { ...JANE, created_at: CREATED_AT } },
    { ...active, createdAt: new Date(CREATED_AT) },
  ],
  ["who was created at some time", { json: { ...JANE, created_at: "yesterday" } }, active],
  ["who does not exist", { status: 404 }, "gone"],
  ["whose id is not one", { status: 400 }, "unaskable"],
])("finds a user %s", async (_, answer, expected) => {
  const { api, users, outcomes } = await usersOf({ [USER]: [answer] });
  expect(await users.findUser("waad|jane", signal())).toEqual(expected);
  const outcome = expected === "unaskable" ? "failed" : "ok";
  expect([api.calls(), outcomes]).toEqual([[USER], [`read:users ${outcome}`]]);
});

const FIELDS = "fields=user_id%2Cblocked%2Cemail%2Cemail_verified%2Capp_metadata%2Cidentities";
const ACCOUNT = `GET /api/v2/users/waad%7Cjane?${FIELDS}`;
const ACCOUNTS = `GET /api/v2/users-by-email?email=jane%2B1%40acme.example&${FIELDS}`;
const SENT = {
  ...JANE,
  email: "jane+1@acme.example",
  email_verified: true,
  app_metadata: { capitol_user_id: "u", plan: "secret" },
  identities: [{ provider: "waad", connection: "acme", user_id: "jane", access_token: "secret" }],
};
const READ = {
  subject: "waad|jane",
  isBlocked: false,
  email: "jane+1@acme.example",
  isEmailVerified: true,
  signedUserId: "u",
  identities: [{ provider: "waad", connection: "acme" }],
};
const nothing = { ...READ, email: null, isEmailVerified: false, signedUserId: null };

it.each<[string, Answer, object | string]>([
  ["with all that is read of it", { json: SENT }, READ],
  ["that is blocked", { json: { ...SENT, blocked: true } }, { ...READ, isBlocked: true }],
  ["without an address", { json: { ...JANE, identities: SENT.identities } }, nothing],
  ["that does not exist", { status: 404 }, "gone"],
  ["whose id is not one", { status: 400 }, "unaskable"],
])("finds an account %s", async (_, answer, expected) => {
  const { users } = await usersOf({ [ACCOUNT]: [answer] });
  expect(await users.findAccount("waad|jane", signal())).toEqual(expected);
});

it("lists the accounts with an address", async () => {
  const other = { ...SENT, user_id: "waad|other" };
  const { users } = await usersOf({ [ACCOUNTS]: [{ json: [SENT, other] }, { json: {} }] });
  const listed = () => users.listAccounts(SENT.email, signal());
  expect(await listed()).toEqual([READ, { ...READ, subject: "waad|other" }]);
  const refused = "the users with an address: the answer is not what Auth0 documents";
  await expect(listed()).rejects.toThrow(refused);
});

it.each(["", ".", "..", "waad|\u0000", "waad|\ud800"])("does not ask for %j", async (subject) => {
  const { api, users } = await usersOf({});
  expect(await users.findUser(subject, signal())).toBe("unaskable");
  await users.revokeAccess(subject, signal());
  expect(api.calls()).toEqual([]);
});

// Every other fault is that of the client, whose tests are in management-faults.test.ts.
it.each<[string, Answer, string, number]>([
  ["of another user", { json: { user_id: "waad|eve" } }, "the answer is about another user", 1],
  ["of no user", { json: {} }, "the answer is not what Auth0 documents", 1],
  ["of another type", { json: { ...JANE, blocked: "no" } }, "the answer is not what Auth0 documents", 1],
  ["403", { status: 403 }, "Auth0 answers 403: the client's grant lacks the scope read:users", 1],
  ["503", { status: 503 }, "Auth0 answers 503", 3],
])("takes an answer %s for none", async (_, answer, detail, calls) => {
  const { api, users } = await usersOf({ [USER]: [answer] });
  const refused = { reason: "AUTH0_UNAVAILABLE", message: `a user: ${detail}` };
  await expect(users.findUser("waad|jane", signal())).rejects.toMatchObject(refused);
  expect(api.calls()).toHaveLength(calls);
  if (calls > 1) return;
  const { users: others } = await usersOf({ [ACCOUNT]: [answer] });
  await expect(others.findAccount("waad|jane", signal())).rejects.toMatchObject({ reason: refused.reason });
});

it("revokes access, again after no answer, and of a user who is gone", async () => {
  const answers = [{ status: 503 }, { status: 202, html: "accepted" }, { status: 404 }, { status: 400 }];
  const { api, users, outcomes } = await usersOf({ [REVOKE]: answers });
  await users.revokeAccess("waad|jane", signal());
  await users.revokeAccess("waad|jane", signal());
  await users.revokeAccess("waad|jane", signal());
  const told = ["ok", "ok", "failed"].map((outcome) => `delete:sessions ${outcome}`);
  expect([api.calls(), outcomes]).toEqual([Array(4).fill(REVOKE), told]);
});

it("names its own variables when its secret is wrong, and the scope that it lacks", async () => {
  const token = "POST /oauth/token";
  const { users } = await usersOf({ [token]: [{ status: 401 }], [REVOKE]: [{ status: 403 }] });
  const wrong =
    "no token for the Management API: Auth0 answers 401: AUTH0_EVENTS_CLIENT_ID or AUTH0_EVENTS_CLIENT_SECRET is wrong";
  await expect(users.tokens.current(signal())).rejects.toThrow(wrong);
  const { users: poor, outcomes } = await usersOf({ [REVOKE]: [{ status: 403 }] });
  await expect(poor.revokeAccess("waad|jane", signal())).rejects.toThrow("lacks the scope delete:sessions");
  expect(outcomes).toEqual(["delete:sessions failed"]);
});
