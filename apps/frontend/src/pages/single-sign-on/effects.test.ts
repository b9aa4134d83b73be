import { expect, it } from "vitest";
import { atDomains, listed, type Outside, outsideText } from "./effects.ts";

it.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
  [["a", "b", "c", "d"], "a, b and 2 more"],
])("listed(%j) is “%s”", (names, text) => {
  expect(listed(names)).toBe(text);
});

it("names the domains as the end of addresses", () => {
  expect(atDomains([{ domain: "acme.com" }, { domain: "acme.org" }])).toBe("@acme.com and @acme.org");
});

it.each<[Outside | null, string]>([
  [null, "People who were invited from outside stay exempt."],
  [{ emails: [], isAtLeast: true }, "People who were invited from outside stay exempt."],
  [{ emails: [], isAtLeast: false }, "Nobody from outside is a member, so it applies to everyone."],
  [{ emails: ["a@b.c"], isAtLeast: false }, "a@b.c stays exempt."],
  [{ emails: ["a@b.c", "d@b.c", "e@b.c"], isAtLeast: false }, "a@b.c, d@b.c and e@b.c stay exempt."],
  [{ emails: ["a", "b", "c", "d"], isAtLeast: false }, "4 people outside stay exempt."],
  [{ emails: ["a"], isAtLeast: true }, "At least 1 person outside stays exempt."],
  [{ emails: ["a", "b", "c"], isAtLeast: true }, "At least 3 people outside stay exempt."],
])("outsideText(%j) is “%s”", (outside, text) => {
  expect(outsideText(outside)).toBe(text);
});
