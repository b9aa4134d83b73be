import { expect, it } from "vitest";
import { quartiles } from "./statistics.ts";

it("gives the middle half of the values, in any order", () => {
  expect(quartiles([4, 1, 3, 2, 0])).toEqual({ lower: 1, median: 2, upper: 3 });
});

it("interpolates between two values", () => {
  expect(quartiles([1, 2])).toEqual({ lower: 1.25, median: 1.5, upper: 1.75 });
});
