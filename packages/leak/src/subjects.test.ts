import fc from "fast-check";
import { expect, it } from "vitest";
import { subjectRule } from "./subjects.ts";

const rule = subjectRule(["waad", "samlp", "auth0-oidc", "auth0", "email"]);
const LONGEST = `waad|${"x".repeat(250)}`;

it.each([
  "waad|abc123",
  "waad|x",
  "samlp|acme-okta|jane@acme.example",
  "samlp|acme|Jane Doe",
  "auth0-oidc|1",
  "waad||",
  "waad|Müller",
  LONGEST,
  `waad|${"😀".repeat(250)}`,
])("%j is a subject and matches both patterns", (text) => {
  expect(rule.isSubject(text)).toBe(true);
  expect(rule.resembles(text)).toBe(false);
  expect(text).toMatch(new RegExp(rule.pattern));
  expect(text).toMatch(new RegExp(rule.shape));
});

it.each([
  ["an unknown strategy", "okta-classic|abc"],
  ["a subject inside a text", "moved from waad|abc to a UUID"],
  ["a subject at the end of a text", "user:waad|abc"],
  ["a subject in JSON that is stored as a text", '{"user":"waad|abc"}'],
  ["a subject with a blank after it", "waad|abc "],
  ["a subject with a blank before it", " waad|abc"],
  ["a subject on two lines", "waad|abc\nwaad|def"],
  ["a subject with a control character", "waad|a\u0000b"],
  ["one character too many", `${LONGEST}x`],
  ["half of a character", "waad|\ud83d"],
])("%s resembles a subject, but does not count as one", (_, text) => {
  expect(rule.isSubject(text)).toBe(false);
  expect(rule.resembles(text)).toBe(true);
});

it.each([
  ["nothing", ""],
  ["a UUID", "0195a1b2-0000-7000-8000-000000000001"],
  ["an address", "jane@acme.example"],
  ["a strategy alone", "waad"],
  ["a strategy and a pipe", "waad|"],
  ["a strategy in upper case", "WAAD|abc"],
  ["prose with a pipe", "this | that"],
  ["a row of a table", "| waad | 12 |"],
  ["the end of another word", "of showaad|abc"],
  ["a strategy of another name", "my-waad|"],
  ["numbers", "1|2|3"],
])("%s neither is a subject nor resembles one", (_, text) => {
  expect(rule.isSubject(text)).toBe(false);
  expect(rule.resembles(text)).toBe(false);
});

it("the patterns miss no text that is a subject or resembles one", () => {
  const part = fc.constantFrom("waad", "auth0", "-oidc", "foo", "|", "x", " ", "\n", '"', "ü", "\u0000");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join("");
      const isMatched = new RegExp(rule.pattern).test(text) || new RegExp(rule.shape).test(text);
      expect(rule.isSubject(text) && rule.resembles(text)).toBe(false);
      expect(isMatched || !(rule.isSubject(text) || rule.resembles(text))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it("a character of a strategy that means something to a pattern stands for itself", () => {
  expect(subjectRule(["a.b"]).isSubject("a.b|x")).toBe(true);
  expect(subjectRule(["a.b"]).isSubject("acb|x")).toBe(false);
});
