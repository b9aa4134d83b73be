import { expect, it } from "vitest";
import { isOutside, trustedOf } from "./trusted-domains.ts";

it.each([
  ["kim@partner.example", ["acme.example"], true],
  ["jane@acme.example", ["acme.example"], false],
  ["jane@Acme.example", ["initech.example", "acme.example"], false],
  ["jane@eu.acme.example", ["acme.example"], true],
  ["jane@notacme.example", ["acme.example"], true],
  ["jane@acme.example", [], false],
  [null, ["acme.example"], false],
] as const)("isOutside(%s, %j) is %j", (email, trusted, is) => {
  expect(isOutside(email, trusted)).toBe(is);
});

it("trusts domains that are verified, also while their record is missing", () => {
  const states = ["pending", "verified", "missing", "lapsed"] as const;
  const domains = states.map((state) => ({ domain: `${state}.example`, state }));
  expect(trustedOf(domains)).toEqual(["verified.example", "missing.example"]);
});
