import { expect, test } from "vitest";
import { hashPassword, matchesPassword } from "./password.ts";

test("a hash belongs to one password", () => {
  const hash = hashPassword("long-enough");
  expect(matchesPassword("long-enough", hash)).toBe(true);
  expect(matchesPassword("long-enough ", hash)).toBe(false);
});

test("two hashes of one password differ", () => {
  expect(hashPassword("long-enough")).not.toBe(hashPassword("long-enough"));
});

test.for(["", ".", "abc", "abc.", "AAAA.AAAA"])("%o is no hash of any password", (hash) => {
  expect(matchesPassword("", hash)).toBe(false);
});
