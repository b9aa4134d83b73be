import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { loginIdOf, parseLoginId } from "./subject-key.ts";

/** Any string JavaScript can hold, lone surrogates included. */
const anything = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 255 })
  .map((units) => String.fromCharCode(...units));

it("a login id is the SHA-256 of tenant and subject, whatever characters they have", () => {
  fc.assert(
    fc.property(anything, anything, (tenant, subject) => {
      const loginId = createHash("sha256")
        .update(JSON.stringify([tenant, subject]))
        .digest("base64url");
      expect([1, 2].map(() => loginIdOf({ tenant, subject }))).toEqual([loginId, loginId]);
      expect(parseLoginId(loginId)).toBe(loginId);
    }),
  );
});

it.each([
  ["another tenant", ["a", "b"], ["b", "b"]],
  ["another subject", ["a", "b"], ["a", "c"]],
  ["another case", ["a", "b"], ["a", "B"]],
  ["a character at the other side", ["a,", "b"], ["a", ",b"]],
  ["a quote at the other side", ['a"', "b"], ["a", '"b']],
  ["its replacement", ["a", "\ud800"], ["a", "\ufffd"]],
])("the login id of %s is another one", (_, one, other) => {
  const [first, second] = [one, other].map(([tenant = "", subject = ""]) => loginIdOf({ tenant, subject }));
  expect(first).not.toBe(second);
});

it.each([
  "",
  "a".repeat(42),
  "a".repeat(44),
  `${"a".repeat(42)}=`,
  `${"a".repeat(42)}+`,
  `${"a".repeat(43)}\n`,
])("%j cannot be a login id", (text) => {
  expect(parseLoginId(text)).toBeNull();
});
