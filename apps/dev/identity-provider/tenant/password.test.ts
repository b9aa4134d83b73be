import { expect, test } from "vitest";
import { hashPassword, matchesPassword } from "./password.ts";

test("a hash matches only its own password", () => {
  const hash = hashPassword("long-enough");
  expect(matchesPassword("long-enough", hash)).toBe(true);
  expect(matchesPassword("long-enough ", hash)).toBe(false);
});

test("two hashes of the same password differ", () => {
  expect(hashPassword("long-enough")).not.toBe(hashPassword("long-enough"));
});

test.for(["", ".", "abc", "abc.", "AAAA.AAAA"])("the malformed hash %o matches no password", (hash) => {
  expect(matchesPassword("", hash)).toBe(false);
});
