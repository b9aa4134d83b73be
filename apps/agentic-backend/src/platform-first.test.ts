import type { Reason } from "@platform-api/client";
import type { Procedure } from "@platform-api/client/testing";
import { expect, it } from "vitest";
import { ABSENT_ID, type Call, DOCUMENT, ORIGIN, runBackend } from "./testing/backend.ts";

const { platform, call } = runBackend();

/** A new run is stored, its document is read, three steps begin and end, and then it waits for approval. */
const OF_NEW_RUN = 1 + 1 + 3 * 2 + 1;

/** With the number of requests to the store. */
const ROUTES: [string, Call, number][] = [
  ["/runs", {}, 1],
  ["/runs?status=failed", {}, 1],
  [`/runs/${ABSENT_ID}`, {}, 1],
  [`/runs/${ABSENT_ID}/events`, {}, 1],
  [`/runs/${ABSENT_ID}/approve`, { method: "POST" }, 1],
  [`/runs/${ABSENT_ID}/retry`, { method: "POST" }, 1],
  [`/runs/${ABSENT_ID}/cancel`, { method: "POST" }, 1],
  ["/runs", { body: { title: "t", document: DOCUMENT } }, OF_NEW_RUN],
  ["/runs", { body: { title: 1 } }, 0],
];

it.each(ROUTES)("calls platform-api first and then the store for %s %j", async (path, options, requests) => {
  const token = platform.signIn();
  platform.asked.length = 0;
  await call(path, token, options);
  const store = Array.from({ length: requests }, () => "store");
  await expect.poll(() => platform.asked).toEqual(["auth.validate", "auth.check", ...store]);
});

it.each(["/runs/", "/runs/1", `/runs/${crypto.randomUUID()}`])(
  "T7E: answers 404 without a store request to %.8s",
  async (path) => {
    platform.asked.length = 0;
    expect((await call(path, platform.signIn())).reason).toBe("NOT_FOUND");
    expect(platform.asked).toEqual(["auth.validate", "auth.check"]);
  },
);

it.each(ROUTES)("sends no request to the store without a valid token for %s %j", async (path, options) => {
  platform.asked.length = 0;
  expect((await call(path, "unknown", options)).reason).toBe("TOKEN_INVALID");
  const { status, headers, reason } = await call(path, null, options);
  expect([status, reason]).toEqual([401, "TOKEN_MISSING"]);
  expect(headers.get("www-authenticate")).toMatch(/^Bearer/);
  expect(platform.asked).toEqual(["auth.validate"]);
});

it.concurrent.each<[Procedure, number, Reason, string | null]>([
  ["auth.validate", 401, "TOKEN_EXPIRED", null],
  ["auth.validate", 403, "EMAIL_UNVERIFIED", null],
  ["auth.validate", 403, "MEMBERSHIP_REMOVED", null],
  ["auth.validate", 429, "RATE_LIMITED", "60"],
  ["auth.validate", 503, "OVERLOADED", "1"],
  ["auth.validate", 502, "DIRECTORY_UNAVAILABLE", "2"],
  ["auth.validate", 503, "KEYS_UNAVAILABLE", "2"],
  ["auth.check", 403, "SSO_REQUIRED", null],
  ["auth.check", 503, "STORE_UNAVAILABLE", "2"],
  ["auth.check", 503, "OVERLOADED", "1"],
])("forwards a refusal of %s: %i %s, retry-after %s", async (procedure, status, reason, retryAfter) => {
  const token = platform.signIn();
  platform.refuse(reason, { procedure, token });
  const answer = await call("/runs", token, { headers: { origin: ORIGIN } });
  expect([answer.status, answer.reason]).toEqual([status, reason]);
  expect(answer.body).toEqual({ error: { reason, message: expect.any(String) } });
  expect(answer.headers.get("retry-after")).toBe(retryAfter);
  expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
});

it("forwards the seconds that platform-api asks for, without another request to it", async () => {
  const token = platform.signIn();
  platform.refuse("RATE_LIMITED", { procedure: "auth.validate", token, retryAfterSeconds: 41 });
  platform.asked.length = 0;
  const answer = await call("/runs", token);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "41"]);
  expect(platform.asked).toEqual(["auth.validate"]);
});

it.each([
  ["who is not a member", {}, { "x-organization-id": "globex" }, 403, "NOT_A_MEMBER"],
  ["whose token has no organization", { memberships: {} }, {}, 400, "INPUT_INVALID"],
])("shows no runs to a user %s", async (_, person, headers, status, reason) => {
  const answer = await call("/runs", platform.signIn(person), { headers });
  expect([answer.status, answer.reason]).toEqual([status, reason]);
});

it.each(["waad|abc123", "3F2B8C1E-5D4A-4E6B-9A7C-0123456789AB"])(
  "never stores a user id that is not a lower-case UUID: %s",
  async (userId) => {
    const token = platform.signIn();
    platform.change("auth.validate", (usual) => ({ ...usual, userId }), { token });
    platform.asked.length = 0;
    expect((await call("/runs", token, { body: { title: "t", document: "d" } })).status).toBe(503);
    expect(platform.asked).toEqual(["auth.validate"]); // and not the store
  },
);
