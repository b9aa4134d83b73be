import { expect, it } from "vitest";
import { isOtherAccount } from "./wrong-account.tsx";

it.each([
  [null, "jane@home.example", false],
  ["jane@acme.example", null, false],
  ["jane@acme.example", "jane@home.example", true],
  ["jane@acme.example", "jane+1@acme.example", true],
  ["Jane@ACME.example", "jane@acme.example", false],
  ["jane@bücher.example", "jane@xn--bcher-kva.example", false],
])("an invitation of %s opened by %s is another account's: %s", (invited, signedIn, expected) => {
  expect(isOtherAccount(invited, signedIn)).toBe(expected);
});
