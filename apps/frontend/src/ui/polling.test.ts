import { expect, it } from "vitest";
import { RunsError } from "../runs.ts";
import { pollAfter, retryOnce } from "./polling.ts";

it.each([
  ["STORE_UNAVAILABLE", 3_000],
  ["RUNS_UNAVAILABLE", 3_000],
  ["MEMBERSHIP_REMOVED", 3_000],
  ["RATE_LIMITED", 60_000],
  ["TOKEN_EXPIRED", false],
  ["EMAIL_UNVERIFIED", false],
] as const)("after %s asks again in %s ms", (reason, ms) => {
  expect(pollAfter(new RunsError(reason), 1_000)).toBe(ms);
});

it("after an answer asks again as usual", () => {
  expect(pollAfter(null, 1_000)).toBe(1_000);
});

it.each([
  ["an outage of agentic-backend", 0, new RunsError("RUNS_UNAVAILABLE"), true],
  ["the same once more", 1, new RunsError("RUNS_UNAVAILABLE"), false],
  [
    "an agentic-backend that was waited for in vain",
    0,
    new RunsError("RUNS_UNAVAILABLE", new DOMException("", "TimeoutError")),
    false,
  ],
  ["a refusal", 0, new RunsError("NOT_A_MEMBER"), false],
  ["an outage that the SDK has tried again already", 0, new Error("no answer"), false],
])("%s: tried again in silence?", (_, failures, error, isTried) => {
  expect(retryOnce(failures, error)).toBe(isTried);
});
