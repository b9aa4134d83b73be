import { type Reason, Refusal, Unknown } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { describeDirectoryOutage, describeDomainError, notFound } from "./domain-errors.ts";

const HINT = "what to do";

it.each<[Reason, ConstructorParameters<typeof Refusal>[2], string | RegExp]>([
  ["ROLE_REQUIRED", { hint: HINT }, HINT],
  ["NOT_FOUND", undefined, "detail"],
  ["LAST_OWNER", undefined, /^an organization keeps its last owner: .*set-role … owner --force/],
  ["CONFLICT", { hint: HINT }, HINT],
  ["NOT_READY", { hint: HINT }, HINT],
  ["LIMIT_REACHED", { hint: HINT }, HINT],
  ["RATE_LIMITED", { hint: HINT, retryAfterSeconds: 7 }, `${HINT}; try again in 7 s`],
  [
    "DIRECTORY_UNAVAILABLE",
    { cause: new Error("refused") },
    /^the user directory does not answer \(refused\): check CLJ_/,
  ],
  ["AUTH0_UNAVAILABLE", undefined, /^Auth0 is not responding: check AUTH0_MANAGEMENT_URL/],
  ["KEYS_UNAVAILABLE", undefined, /^the issuer's keys are unavailable.*: check AUTH0_JWKS_URL/],
  ["STORE_UNAVAILABLE", undefined, /^the database is not responding/],
])("describes %s", (reason, options, words) => {
  expect(describeDomainError(new Refusal(reason, "detail", options))).toMatch(words);
});

it("describes only outages of the directory as such", () => {
  const words =
    "the user directory does not answer (busy), so: check CLJ_PG_WRAPPER_URL and CLJ_PG_WRAPPER_TOKEN";
  expect(describeDirectoryOutage(new Refusal("OVERLOADED", "busy"), ", so")).toBe(words);
  expect(describeDirectoryOutage(new Refusal("STORE_UNAVAILABLE", "busy"), ", so")).toBeNull();
});

it.each<[string, Error, RegExp]>([
  ["what is not there", new Refusal("NOT_FOUND", "detail"), /^no connection$/],
  [
    "an organization that is not there",
    new Unknown("organization", "nope"),
    /^there is no organization nope$/,
  ],
  ["another refusal", new Refusal("CONFLICT", "detail"), /^detail$/],
])("a command has words for %s", (_, error, words) => {
  expect(() => notFound("no connection")(error)).toThrow(words);
});
