import { expect, it } from "vitest";
import { type ClosingMail, parsePersonName } from "../../domain/index.ts";
import { ACME, JANE_EMAIL, valid } from "../dynamodb/testing/examples.ts";
import { closingText } from "./closing-text.ts";

const SITE = {
  brand: { name: "Platform", logoUrl: null, accent: "#4b50c8" },
  frontendUrl: "https://app.example",
};
const JANE_MILLER = valid(parsePersonName("Jane Miller"));

function textOf(mail: Partial<ClosingMail> = {}) {
  const whole: ClosingMail = {
    to: JANE_EMAIL,
    organizationId: ACME,
    organizationName: "Acme",
    by: JANE_EMAIL,
    byName: JANE_MILLER,
    isOperators: false,
    closesAt: "2026-12-03T15:57:40.123Z",
    isCalledOff: false,
    ...mail,
  };
  return closingText(whole, SITE);
}

it("says who asked for the end, when it comes, and how to keep the organization open", () => {
  const { subject, text, html } = textOf();
  expect(subject).toBe("Acme closes on 3 December 2026 at 15:57 UTC");
  expect(
    text,
  ).toBe(`Jane Miller (jane@acme.example) asked to close “Acme” on Platform. It closes by itself on 3 December 2026 at 15:57 UTC: then nobody belongs to it any more, and nobody can join it. Nothing is deleted.

If it is to stay open, you can keep it open until then, and so can every other owner.

Keep Acme open:
https://app.example/o/acme/settings

You get this mail because you are an owner. If you agree, you do not need to do anything.
`);
  expect(html).toContain('<a href="https://app.example/o/acme/settings"');
});

it("says who called it off", () => {
  const { subject, text } = textOf({ isCalledOff: true, byName: null });
  expect(subject).toBe("Acme stays open");
  expect(text).toContain("jane@acme.example called off the closing of “Acme” on Platform");
});

it.each([
  [{ isOperators: true }, "The team of Platform asked"],
  [{}, "Another owner asked"],
])("names nobody whose address is not known: %j", (by, words) => {
  expect(textOf({ by: null, byName: null, ...by }).text).toContain(words);
});

it("shows the name of the organization as text alone, also in the subject", () => {
  const { subject, text, html } = textOf({ organizationName: '<a href="x">\r\nhttps://evil.example' });
  expect(subject).toBe('<a href="x"> https:/evil. example closes on 3 December 2026 at 15:57 UTC');
  expect(text).toContain('“<a href="x"> https:/evil. example” on Platform');
  expect(html.match(/<a /g)).toHaveLength(1);
});
