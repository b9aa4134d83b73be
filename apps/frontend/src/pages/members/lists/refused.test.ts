import { expect, it } from "vitest";
import { isAbout } from "./refused.tsx";

const STRANGER = { email: null, domain: "acme-labs.example" };
const KNOWN = { email: "eve@acme.example", domain: "acme.example" };

it.each([
  ["eve@acme-labs.example", STRANGER, true],
  ["Acme-Labs", STRANGER, true],
  ["eve", STRANGER, false],
  ["e@ac", STRANGER, false],
  ["eve@acme.example", KNOWN, true],
  ["eve", KNOWN, true],
  ["acme.example", KNOWN, true],
  ["ann@acme.example", KNOWN, false],
  ["eve", { email: null, domain: null }, false],
])("the search for %s is about the refused %j: %s", (query, refused, expected) => {
  expect(isAbout(refused, query)).toBe(expected);
});
