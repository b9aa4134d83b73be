import { expect, it, onTestFinished, vi } from "vitest";
import { errorOf, refusal } from "../../testing/refusals.ts";
import { errorReason, isOutage, problemFor, requestIdOf } from "./error-reason.ts";
import { PROBLEMS } from "./problems.ts";
import { RunsError } from "./runs-error.ts";

it.each<[string, Response | null, string]>([
  ["a refusal", refusal("MEMBERSHIP_REMOVED"), "MEMBERSHIP_REMOVED"],
  ["too many calls", refusal("RATE_LIMITED", { status: 429 }), "RATE_LIMITED"],
  ["an outage behind it", refusal("KEYS_UNAVAILABLE", { status: 503 }), "KEYS_UNAVAILABLE"],
  ["an unknown reason", refusal("NEW_REASON"), "INTERNAL"],
  ["an HTML page", new Response("<html>"), "PLATFORM_UNAVAILABLE"],
  ["no answer", null, "PLATFORM_UNAVAILABLE"],
])("errorReason reports %s of platform-api as $2", async (_, answer, reason) => {
  expect(errorReason(await errorOf(answer))).toBe(reason);
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
  const headers = { "x-request-id": "a-request" };
  expect(requestIdOf(await errorOf(refusal("IDENTITY_CONFLICT", { headers })))).toBe("a-request");
  expect(requestIdOf(await errorOf(null))).toBeNull();
  expect(requestIdOf(new RunsError("NOT_FOUND", undefined, "run-request"))).toBe("run-request");
});

it("problemFor says which address the company sent, and which organization it is about", () => {
  const concerned = { email: "jane@other.example", organization: "Initech" };
  expect(problemFor("DOMAIN_NOT_ALLOWED", concerned).what).toMatch(
    /jane@other\.example.*domain other\.example/,
  );
  expect(problemFor("MEMBERSHIP_REMOVED", concerned).title).toBe("You were removed from Initech");
  expect(problemFor("MEMBERSHIP_REMOVED", { ...concerned, hasLeft: true }).title).toBe("You left Initech");
  const leftAt = "2026-11-25T12:00:00Z";
  expect(problemFor("MEMBERSHIP_REMOVED", { ...concerned, hasLeft: true, leftAt }).what).toMatch(
    /^Your membership ended on Nov 25, 2026, /,
  );
  expect(problemFor("SSO_REQUIRED", concerned).title).toBe("Initech has its own sign-in");
});

it.each([
  ["PLATFORM_UNAVAILABLE", false, "You are offline"],
  ["RUNS_UNAVAILABLE", false, "You are offline"],
  ["IDENTITY_PROVIDER_UNAVAILABLE", false, "You are offline"],
  ["PLATFORM_UNAVAILABLE", true, "Platform is not responding"],
  ["STORE_UNAVAILABLE", false, "Your data is unavailable right now"],
] as const)("problemFor titles %s with a network: %s", (reason, isOnline, title) => {
  vi.stubGlobal("navigator", { onLine: isOnline });
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(problemFor(reason).title).toBe(title);
});
