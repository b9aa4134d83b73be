import { expect, it } from "vitest";
import { isOrganizationName } from "./organization-name.ts";

it.each([
  ["Acme", true],
  ["Acme GmbH & Co. KG", true],
  ["Booking.com", true],
  ["Müller/Meier", true],
  ["東京 株式会社", true],
  ["x".repeat(100), true],
  ["😀".repeat(100), true],
  ["x".repeat(101), false],
  ["", false],
  [" Acme", false],
  ["Ac\u0000me", false],
  ["Ac\nme", false],
  ["\u202eemcA", false],
  ["Ac\u200bme", false],
  ["\u3164", false],
  ["\ud800", false],
  ["https://evil.example", false],
  ["http:\\\\evil.example", false],
  ["mailto:a@b.example", false],
  ["WWW.evil", false],
  ["evil.example/pay-now", false],
  ["xn--e1awd7f.example/login", false],
])("%j may be a name: %s", (name, expected) => {
  expect(isOrganizationName(name)).toBe(expected);
});
