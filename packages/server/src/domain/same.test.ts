import { expect, it } from "vitest";
import { isSame } from "./same.ts";

it.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: [null, "x"] }, { b: [null, "x"], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: undefined }, { b: undefined }, false],
  [{ a: { b: 1 } }, { a: { b: 2 } }, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  [null, null, true],
  [1, "1", false],
])("whether %j and %j are the same is %s", (one, other, same) => {
  expect(isSame(one, other)).toBe(same);
  expect(isSame(other, one)).toBe(same);
});
