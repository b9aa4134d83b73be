import { expect, it } from "vitest";
import { initialOf } from "./avatar.tsx";

it.each([
  ["Acme", "A"],
  ["  émile", "É"],
  ["🚀 Rockets", "🚀"],
  ["🇩🇪 Germany", "🇩🇪"],
  ["", ""],
])("initialOf('%s') is '%s'", (name, letter) => {
  expect(initialOf(name)).toBe(letter);
});
