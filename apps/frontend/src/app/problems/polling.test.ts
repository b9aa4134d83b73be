import { expect, it } from "vitest";
import { errorOf, refusal } from "../../testing/refusals.ts";
import { pollAfter, retryOnce } from "./polling.ts";
import { RunsError } from "./runs-error.ts";

it.each([
  ["STORE_UNAVAILABLE", 3_000],
  ["RUNS_UNAVAILABLE", 3_000],
  ["MEMBERSHIP_REMOVED", 3_000],
  ["RATE_LIMITED", 60_000],
  ["TOKEN_EXPIRED", false],
  ["EMAIL_UNVERIFIED", false],
] as const)("pollAfter %s is %s", (reason, ms) => {
  expect(pollAfter(new RunsError(reason), 1_000)).toBe(ms);
});

it.each([
  ["41", 41_000],
  ["0", 1_000],
])("pollAfter RATE_LIMITED with a Retry-After of %s s is %i", async (seconds, ms) => {
  const limited = refusal("RATE_LIMITED", { status: 429, headers: { "retry-after": seconds } });
  expect(pollAfter(await errorOf(limited))).toBe(ms);
});

it("pollAfter an answer is the usual interval", () => {
  expect(pollAfter(null, 1_000)).toBe(1_000);
  expect(pollAfter(null)).toBe(3_000); // with 5 s of cached membership, a removal shows within 10 s
});

it.each([
  ["an outage of agentic-backend", 0, new RunsError("RUNS_UNAVAILABLE"), true],
  ["a second failure of the same call", 1, new RunsError("RUNS_UNAVAILABLE"), false],
  ["a timeout", 0, new RunsError("RUNS_UNAVAILABLE", new DOMException("", "TimeoutError")), false],
  ["a refusal", 0, new RunsError("NOT_A_MEMBER"), false],
  ["an outage that the SDK has already retried", 0, new Error("no answer"), false],
])("retryOnce after %s is $3", (_, failures, error, isTried) => {
  expect(retryOnce(failures, error)).toBe(isTried);
});
