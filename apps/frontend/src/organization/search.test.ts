import { expect, it } from "vitest";
import { finds } from "./search.ts";

const ID = "0a1b2c3d-0000-4000-8000-000000000001";
const ADA = { userId: ID, email: "ada.turner@acme.example", name: "Zoë Álvarez" };

it.each([
  ["", true],
  ["turner", true],
  ["TUR", true],
  ["urner", false],
  ["zoe", true],
  ["alvarez zo", true],
  ["ada álva", true],
  ["ada smith", false],
  ["ada.tur", true],
  ["acme", false],
  ["a", true],
  ["t", false],
  ["ada.turner@ac", true],
  ["turner@acme", false],
  [ID.toUpperCase(), true],
  [ID.replace("1", "2"), false],
])("the search %j finds her: %s", (query, isFound) => {
  expect(finds(query, ADA)).toBe(isFound);
});

it("the company finds a guest, and nobody else", () => {
  const guest = { email: "kim@mail.partner.example", outside: true };
  expect(["part", "mail kim", "example"].map((query) => finds(query, guest))).toEqual([true, true, false]);
  expect(finds("part", { ...guest, outside: false })).toBe(false);
});

it("nobody is found by what they do not have", () => {
  expect(finds("ada", { email: null, name: null })).toBe(false);
});
