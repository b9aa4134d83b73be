import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { ROOT, readPage } from "../pages/page.ts";
import { LIMITS } from "./limits.ts";
import { constantsRead, DEFAULTS, defaultOf, SOURCES, time } from "./source.ts";

const ROWS = readPage("docs/limits-and-cost.md")
  .section("Limits")
  .rows.map(([what = "", value, reached = "", variable = ""]) => {
    return { what, value, reached, variable: /`(\w+)`/.exec(variable)?.[1] };
  });

/** Numbers of the configuration that are not a limit. */
const NO_LIMITS = ["PORT", "METRICS_PORT", "TRUSTED_PROXY_HOPS"];

const isVariable = (name: string): name is keyof typeof DEFAULTS => Object.hasOwn(DEFAULTS, name);

it("docs/limits-and-cost.md has the limits of the source, and says of each what happens", () => {
  const expected = ROWS.map(({ what, variable = "" }) => [
    what,
    isVariable(variable) ? defaultOf(variable) : LIMITS[what],
  ]);
  expect(ROWS.map(({ what, value }) => [what, value])).toEqual(expected);
  const fixed = ROWS.filter(({ variable }) => variable === undefined).map(({ what }) => what);
  expect(Object.keys(LIMITS)).toEqual(fixed);
  expect(ROWS.filter(({ reached }) => reached.length < 10)).toEqual([]);
});

it("every number of the configuration is on the page", () => {
  const numbers = Object.entries(DEFAULTS).flatMap(([name, value]) =>
    typeof value === "number" && !NO_LIMITS.includes(name) ? name : [],
  );
  expect(ROWS.flatMap(({ variable }) => variable ?? []).sort()).toEqual(numbers.sort());
});

/** Bounds that neither a user nor an operator meets, and why. */
const INSIDE: Readonly<Record<string, string>> = {
  MAX_ANSWER_BYTES: "what a command of the operator reads of Auth0",
  MAX_AT_ONCE: "the command sends several calls",
  MAX_BATCH: "DynamoDB's, and the store sends several requests",
  MAX_BUFFERED: "how the log is written",
  MAX_BYTES: "what a command of the operator reads of Auth0",
  MAX_CONFLICTS: "how often one conflict is audited",
  MAX_DATE_SECONDS: "what JavaScript can represent",
  MAX_DELAY_MS: "how the log is written",
  MAX_DNS_NAME: "DNS's own",
  MAX_DOMAIN_LENGTH: "DNS's own",
  MAX_FOUND_LENGTH: "how much of a token an explanation shows",
  MAX_LENGTH: "how much of a reply a check shows",
  MAX_LOCAL_LENGTH: "part of an address",
  MAX_NAME_LENGTH: "part of a mail, as long as a name",
  MAX_NUMBER: "the longest timer",
  MAX_PAGES: "what is read of Auth0",
  MAX_REPLY_BYTES: "the user directory's, in a check",
  MAX_ROWS: "rows of /metrics, see its page",
  MAX_SHOWN: "how much of a token a check shows",
  MAX_SHOWN_OWNERS: "how many owners a member sees",
  MAX_TIMER_MS: "the longest timer",
  MAX_VALUES: "how much of DNS's answer is shown",
  MAX_VALUE_LENGTH: "how much of DNS's answer is shown",
};

it("every bound of the source is on the page, or known to be inside", () => {
  const search = ["grep", "-hoE", "const MAX_[A-Z_0-9]+", "--", ...SOURCES, ":!packages/client"];
  const found = execFileSync("git", search, { cwd: ROOT, encoding: "utf8" });
  const names = [...new Set(found.match(/MAX_\w+/g))];
  const missing = names.filter((name) => !constantsRead.has(name) && !Object.hasOwn(INSIDE, name));
  expect(missing, "neither in limits.ts nor in INSIDE").toEqual(["MAX_OWNERS"]);
  expect(Object.keys(INSIDE).filter((name) => !names.includes(name))).toEqual([]);
});

it.each([
  [300_000, "5 min"],
  [86_400_000, "24 h"],
  [604_800_000, "7 days"],
  [72_000, "72 s"],
  [2_700, "2.7 s"],
  [400, "400 ms"],
])("%i ms are %s", (ms, text) => {
  expect(time(ms)).toBe(text);
});
