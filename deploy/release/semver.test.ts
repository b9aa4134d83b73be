import { expect, it } from "vitest";
import { bumpBetween, compareVersions, isAtLeast, parseVersion } from "./semver.ts";

function version(text: string) {
  const parsed = parseVersion(text);
  if (parsed === null) throw new Error(`${text} is not a version`);
  return parsed;
}

it.each([
  ["0.2.0", { major: 0, minor: 2, patch: 0, prerelease: [] }],
  ["10.20.30", { major: 10, minor: 20, patch: 30, prerelease: [] }],
  ["1.0.0-rc.1", { major: 1, minor: 0, patch: 0, prerelease: ["rc", "1"] }],
  [
    "9007199254740991.0.0-9007199254740991",
    { major: Number.MAX_SAFE_INTEGER, minor: 0, patch: 0, prerelease: ["9007199254740991"] },
  ],
  ["1.0.0-0a.x-y", { major: 1, minor: 0, patch: 0, prerelease: ["0a", "x-y"] }],
])("reads %s", (text, expected) => {
  expect(parseVersion(text)).toEqual(expected);
});

it.each([
  "",
  "1",
  "1.2",
  "v1.2.3",
  "1.2.3.4",
  "01.2.3",
  "1.2.3-",
  "1.2.3-01",
  "1.2.3-a..b",
  "1.2.3+5",
  " 1.2.3",
  // Greater than any number that is exact.
  "9007199254740992.0.0",
  "0.0.99999999999999999999",
  "1.0.0-rc.9007199254740992",
])('refuses "%s"', (text) => {
  expect(parseVersion(text)).toBeNull();
});

it("sorts versions as the specification does", () => {
  const sorted = [
    "0.1.0",
    "0.1.9",
    "0.1.10",
    "0.2.0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "2.0.0",
  ];
  for (const [i, a] of sorted.entries())
    for (const [j, b] of sorted.entries())
      expect(Math.sign(compareVersions(version(a), version(b))), `${a} and ${b}`).toBe(Math.sign(i - j));
});

it.each([
  ["0.1.0", "0.1.1", "patch"],
  ["0.1.0", "0.2.0", "minor"],
  ["0.1.9", "1.0.0", "major"],
  ["1.2.3", "1.3.0-rc.1", "minor"],
] as const)("between %s and %s the %s number goes up", (from, to, bump) => {
  expect(bumpBetween(version(from), version(to))).toBe(bump);
});

it("a greater number is enough where a smaller one is needed, and not the other way round", () => {
  expect([isAtLeast("major", "minor"), isAtLeast("minor", "minor"), isAtLeast("patch", "minor")]).toEqual([
    true,
    true,
    false,
  ]);
});
