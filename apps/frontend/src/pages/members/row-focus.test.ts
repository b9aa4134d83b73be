import { expect, it } from "vitest";
import { neighbourOf } from "./row-focus.ts";

it.each([
  ["b", "abc", "ac", "c"],
  ["c", "abc", "ab", "b"],
  ["b", "abcd", "ad", "d"],
  ["a", "a", "", undefined],
])("neighbourOf %s in %s, of which %s is left, is %s", (id, before, now, next) => {
  expect(neighbourOf(id, [...before], [...now])).toBe(next);
});
