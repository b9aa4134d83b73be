import { describe, expect, it } from "vitest";
import { aboutOf, filterOf, firstDay, isDay, isFiltered, periodOf } from "./filter.ts";

const NONE = { person: "", actor: "", action: "", since: "", until: "" };
const BENS_ID = "1b5c9f1f-6a2d-4c54-8b2c-3a9e2d0a1b02";
const BEN = `user:${BENS_ID}`;

describe("filterOf", () => {
  it("is empty without parameters, and for parameters that are not valid", () => {
    expect(filterOf(NONE)).toEqual({});
    const wrong = {
      person: "ben",
      actor: "user:ben",
      action: "hacked",
      since: "yesterday",
      until: "2026-13-41",
    };
    expect(filterOf(wrong)).toEqual({});
    expect(isFiltered(filterOf(wrong))).toBe(false);
  });

  it.each(["login", "system", "operator", BEN])("takes the actor %s", (actor) => {
    expect(filterOf({ ...NONE, actor })).toEqual({ actor });
  });

  it("takes a person in place of any actor", () => {
    expect(filterOf({ ...NONE, person: BENS_ID })).toEqual({ person: BENS_ID });
    expect(filterOf({ ...NONE, person: BENS_ID, actor: "operator" })).toEqual({ person: BENS_ID });
    expect(filterOf({ ...NONE, person: BEN, actor: "operator" })).toEqual({ actor: "operator" });
  });

  it("takes a user id in any spelling, and none that nobody can have", () => {
    expect(filterOf({ ...NONE, person: BENS_ID.toUpperCase() })).toEqual({ person: BENS_ID });
    expect(filterOf({ ...NONE, actor: `user:${BENS_ID.toUpperCase()}` })).toEqual({ actor: BEN });
    const nobody = "00000000-0000-0000-0000-000000000000";
    expect(filterOf({ ...NONE, person: nobody, actor: `user:${nobody}` })).toEqual({});
  });

  it("takes an action, and nothing that every object has", () => {
    expect(filterOf({ ...NONE, action: "membership-removed" })).toEqual({ action: "membership-removed" });
    expect(filterOf({ ...NONE, action: "toString" })).toEqual({});
  });

  it("takes days from their first to their last millisecond where the reader is", () => {
    const { since = "", until = "" } = filterOf({ ...NONE, since: "2026-11-25", until: "2026-11-25" });
    expect(new Date(since)).toEqual(new Date(2026, 10, 25));
    expect(Date.parse(until) + 1).toBe(new Date(2026, 10, 26).getTime());
  });
});

describe("a period that ends now", () => {
  const NOW = new Date(2026, 2, 3, 23, 59);
  it.each([
    ["Any time", 0, ""],
    ["Today", 1, "2026-03-03"],
    ["Last 7 days", 7, "2026-02-25"],
    ["Last 30 days", 30, "2026-02-02"],
  ])("%s begins on the first of its %i days", (label, days, since) => {
    expect(firstDay(days, NOW)).toBe(since);
    expect(periodOf({ since, until: "" }, NOW)?.label).toBe(label);
    expect(periodOf({ since, until: "2026-03-03" }, NOW)).toBeNull();
  });

  it("has no label with another first day", () => {
    expect(periodOf({ since: "2026-03-02", until: "" }, NOW)).toBeNull();
  });
});

it.each([
  ["2026-11-25", true],
  ["0002-11-25", false],
  ["2026-13-01", false],
  ["2026-02-31", false],
  ["2026-11", false],
])("isDay(%s)", (text, expected) => {
  expect(isDay(text)).toBe(expected);
});

it.each([
  [{}, []],
  [{ person: BENS_ID, action: "role-changed" }, ["ben@acme.example", "role-changed"]],
  [{ actor: BEN }, ["ben@acme.example", "by-them"]],
  [
    { actor: "operator", since: "2026-01-01", until: "2026-01-31" },
    ["operator", "from-2026-01-01", "to-2026-01-31"],
  ],
])("a file of %j is named after %j", (given, about) => {
  const parameters = { ...NONE, ...given };
  const names = { user: () => ({ name: "Ben", address: "ben@acme.example" }) };
  expect(aboutOf(filterOf(parameters), parameters, { names })).toEqual(about);
});
