import { expect, it } from "vitest";
import { heightOfWhole } from "./menu-height.ts";

it.each([
  [[41, 77, 113], 100, 78],
  [[41, 77, 113], 78, 78],
  [[41, 77, 113], 77.5, 42],
  [[41, 77, 113], 300, 114],
  [[41, 77, 113], 30, 30],
])("a list whose items end at %j shows, in %i pixels, %i", (bottoms, height, whole) => {
  expect(heightOfWhole(bottoms, height)).toBe(whole);
});
