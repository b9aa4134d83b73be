import { createPlatformClient, type Reason } from "@platform-api/client";
import { platformHandlers } from "@platform-api/client/testing";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { RunsError } from "../pages/runs/runs-client.ts";
import { errorReason, isOutage, problemFor, requestIdOf } from "./error-reason.ts";
import { PROBLEMS } from "./problems.ts";

const url = "https://platform.example";
const platform = platformHandlers({ url, users: [{ email: "jane@acme.example" }] });
const server = setupServer(...platform.handlers);

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  platform.reset();
  server.resetHandlers();
});
afterAll(() => server.close());

/** The reason that `org.me` fails with for Jane. */
async function reasonOfAsking() {
  const client = createPlatformClient({ url, retries: 0, token: platform.tokenFor("jane@acme.example") });
  return errorReason(await client.org.me.query().catch((error: unknown) => error));
}

it.each<Reason>(["MEMBERSHIP_REMOVED", "TOKEN_EXPIRED", "RATE_LIMITED", "KEYS_UNAVAILABLE"])(
  "errorReason keeps the reason of platform-api: %s",
  async (reason) => {
    platform.refuse(reason);
    expect(await reasonOfAsking()).toBe(reason);
  },
);

it("errorReason reports PLATFORM_UNAVAILABLE when platform-api does not answer", async () => {
  platform.goDown();
  expect(await reasonOfAsking()).toBe("PLATFORM_UNAVAILABLE");
});

const later = { code: -32_000, message: "", data: { code: "X", httpStatus: 403, reason: "NEW_REASON" } };

it.each([
  ["an unknown reason", HttpResponse.json({ error: later }, { status: 403 }), "INTERNAL"],
  ["an HTML page", HttpResponse.html("<html>"), "PLATFORM_UNAVAILABLE"],
])("errorReason reports %s as $2", async (_, reply, reason) => {
  server.use(http.get(`${url}/trpc/org.me`, () => reply));
  expect(await reasonOfAsking()).toBe(reason);
});

it.each([
  ["RUNS_UNAVAILABLE", "RUNS_UNAVAILABLE"],
  ["constructor", "INTERNAL"],
])("errorReason reports the reason %s of agentic-backend as %s", (reason, expected) => {
  expect(errorReason(new RunsError(reason))).toBe(expected);
});

it("outages offer Try now first, and refusals do not promise to reconnect", () => {
  for (const reason of Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[]) {
    const { actions } = PROBLEMS[reason];
    if (isOutage(reason)) expect(actions[0], reason).toBe("tryNow");
    else expect(PROBLEMS[reason].next, reason).not.toMatch(/No action needed|reconnect/);
  }
});

it("requestIdOf returns the id that platform-api answered with, and null without an answer", async () => {
  const client = createPlatformClient({ url, retries: 0, token: platform.tokenFor("jane@acme.example") });
  const failure = () => client.org.me.query().catch((error: unknown) => error);
  platform.refuse("IDENTITY_CONFLICT");
  expect(requestIdOf(await failure())).toMatch(/^[0-9a-f-]{36}$/);
  platform.goDown();
  expect(requestIdOf(await failure())).toBeNull();
  expect(requestIdOf(new RunsError("NOT_FOUND", undefined, "run-request"))).toBe("run-request");
});

it("problemFor says which address the company sent, and which organization it is about", () => {
  const concerned = { email: "jane@other.example", organization: "Initech" };
  expect(problemFor("DOMAIN_NOT_ALLOWED", concerned).what).toMatch(
    /jane@other\.example.*domain other\.example/,
  );
  expect(problemFor("MEMBERSHIP_REMOVED", concerned).title).toBe("You were removed from Initech");
  expect(problemFor("MEMBERSHIP_REMOVED", { ...concerned, hasLeft: true }).title).toBe("You left Initech");
  expect(problemFor("SSO_REQUIRED", concerned).title).toBe("Initech has its own sign-in");
});
