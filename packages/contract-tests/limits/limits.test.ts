import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sectionOf, tableRows } from "../markdown/tables.ts";
import { LIMITS } from "./limits.ts";
import { constantsRead, DEFAULTS, time } from "./source.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/limits-and-cost.md`, "utf8");

/** The rows of a section's table without its head. */
const rowsOf = (section: string) => tableRows(sectionOf(PAGE, `### ${section}`)).slice(1);

describe("docs/limits-and-cost.md has the limits of the source:", () => {
  it.each(Object.entries(LIMITS))("%s", (section, limits) => {
    const expected = limits.map(([what, value, variable]) => [what, value, variable ?? "no"]);
    const documented = rowsOf(section).map(([what, value, , variable = ""]) => {
      return [what, value, /`(\w+)`/.exec(variable)?.[1] ?? variable];
    });
    expect(documented).toEqual(expected);
  });

  it("and says of each what happens", () => {
    const rows = Object.keys(LIMITS).flatMap(rowsOf);
    expect(rows.filter(([, , reached = ""]) => reached.length < 10)).toEqual([]);
  });
});

/** Numbers of the configuration that are not a limit. */
const NO_LIMITS = ["PORT", "METRICS_PORT", "TRUSTED_PROXY_HOPS"];

it("every number of the configuration is on the page", () => {
  const numbers = Object.entries(DEFAULTS).flatMap(([name, value]) =>
    typeof value === "number" ? name : [],
  );
  const named = Object.values(LIMITS).flatMap((limits) => limits.flatMap(([, , variable]) => variable ?? []));
  expect(numbers.filter((name) => !NO_LIMITS.includes(name)).sort()).toEqual(named.sort());
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
  const folders = ["packages/server/src", "packages/clj-client/src", "apps/platform-api/src"];
  const others = [":!*.test.ts", ":!*/testing/*", ":!*.fixture.ts"];
  const search = ["grep", "-hoE", "const MAX_[A-Z_0-9]+", "--", ...folders, ...others];
  const found = execFileSync("git", search, { cwd: ROOT, encoding: "utf8" });
  const names = new Set(found.split("\n").flatMap((line) => line.split(" ")[1] ?? []));
  const shown = ["MAX_OWNERS", "MAX_JSON_DEPTH", "MAX_EMAIL_LENGTH"];
  const read = new Set([...[...constantsRead].map((each) => each.split(" ")[1]), ...shown]);
  const missing = [...names].filter((name) => !read.has(name) && INSIDE[name] === undefined);
  expect(missing, "neither in limits.ts nor in INSIDE").toEqual([]);
  expect(Object.keys(INSIDE).filter((name) => !names.has(name))).toEqual([]);
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
