import { expect, it } from "vitest";
import { exemptFrom } from "./exempt.ts";

type Domains = Parameters<typeof exemptFrom>[1];
const at = (state: Domains[number]["state"]): Domains => [{ domain: "acme.com", state }];

it.each<[string | null, boolean, Domains, boolean]>([
  ["casey@freelance.example", true, at("verified"), true],
  ["casey@freelance.example", false, at("verified"), false],
  ["jane@acme.com", true, at("verified"), false], // invited before the domain was verified
  ["Jane@ACME.com", true, at("verified"), false],
  ["jane@acme.com", true, at("missing"), false],
  ["jane@acme.com", true, at("pending"), true],
  ["jane@acme.com", true, at("lapsed"), true],
  ["jane@acme.com", false, at("lapsed"), false],
  ["jane@eu.acme.com", true, at("verified"), true],
  ["jane@acme.com", true, [], true],
  [null, true, at("verified"), false],
])("%s, invited from outside: %s, under %j: exempt is %s", (email, outside, domains, isExempt) => {
  expect(exemptFrom([{ email, outside }], domains)).toEqual(isExempt ? [email] : []);
});
