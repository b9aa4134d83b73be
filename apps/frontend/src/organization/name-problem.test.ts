import { expect, it } from "vitest";
import { nameProblem } from "./name-problem.ts";

const RULE =
  "Use 1 to 100 visible characters, one of them a letter, digit or symbol, and no web address. Put a space behind a colon or around a slash.";

it.each([
  ["Acme", null],
  ["  ", "Enter a name."],
  ["é".repeat(100), null],
  [` ${"😀".repeat(100)} `, null],
  ["Acme\u0000", RULE],
  ["Ac\u202eme", RULE],
  ["https://acme.example", RULE],
  ["Tel:Aviv", RULE],
  ["Tel: Aviv", null],
  ["!", RULE],
  ["a".repeat(149), "Make it shorter: it has 149 of 100 characters."],
  [` ${"😀".repeat(101)} `, "Make it shorter: it has 101 of 100 characters."],
])("nameProblem(%j)", (name, problem) => {
  expect(nameProblem("organization", name)).toBe(problem);
});
