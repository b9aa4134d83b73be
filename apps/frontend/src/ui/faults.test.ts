import { createPlatformClient, type Reason } from "@platform-api/client";
import { platformHandlers } from "@platform-api/client/testing";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { RunsError } from "../runs.ts";
import { faultOf, isOutage } from "./fault-of.ts";
import { FAULTS } from "./faults.ts";

const url = "https://platform.example";
const platform = platformHandlers({ url, users: [{ email: "jane@acme.example" }] });
const server = setupServer(...platform.handlers);

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  platform.reset();
  server.resetHandlers();
});
afterAll(() => server.close());

/** What stands between Jane and the app. */
async function faultOfAsking() {
  const client = createPlatformClient({ url, retries: 0, token: platform.tokenFor("jane@acme.example") });
  return faultOf(await client.org.me.query().catch((error: unknown) => error));
}

it.each<Reason>(["MEMBERSHIP_REMOVED", "TOKEN_EXPIRED", "RATE_LIMITED", "KEYS_UNAVAILABLE"])(
  "a reason of platform-api is told as such: %s",
  async (reason) => {
    platform.refuse(reason);
    expect(await faultOfAsking()).toBe(reason);
  },
);

it("no answer of platform-api is told as such", async () => {
  platform.goDown();
  expect(await faultOfAsking()).toBe("PLATFORM_UNAVAILABLE");
});

const later = { code: -32_000, message: "", data: { code: "X", httpStatus: 403, reason: "NEW_REASON" } };

it.each([
  [
    "a reason that this version does not know",
    HttpResponse.json({ error: later }, { status: 403 }),
    "INTERNAL",
  ],
  ["a page in place of an answer", HttpResponse.html("<html>"), "PLATFORM_UNAVAILABLE"],
])("%s is told as such", async (_, reply, fault) => {
  server.use(http.get(`${url}/trpc/org.me`, () => reply));
  expect(await faultOfAsking()).toBe(fault);
});

it.each([
  ["RUNS_UNAVAILABLE", "RUNS_UNAVAILABLE"],
  ["constructor", "INTERNAL"],
])("a reason of agentic-backend is told as such, where it is one: %s", (reason, fault) => {
  expect(faultOf(new RunsError(reason))).toBe(fault);
});

it("an outage offers to try now, and no refusal says that it mends itself", () => {
  for (const reason of Object.keys(FAULTS) as (keyof typeof FAULTS)[]) {
    const { actions } = FAULTS[reason];
    if (isOutage(reason)) expect(actions[0], reason).toBe("tryNow");
    else expect(FAULTS[reason].next, reason).not.toMatch(/nothing you need to do/);
  }
});
