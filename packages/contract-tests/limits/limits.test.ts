import { expect, it } from "vitest";
import { readPage } from "../pages/page.ts";
import { LIMITS } from "./limits.ts";
import { DEFAULTS, defaultOf } from "./source.ts";

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
