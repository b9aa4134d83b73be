import { expect, it } from "vitest";
import { parseEmail, type RestoreRequestMail } from "../../domain/index.ts";
import { JOE_EMAIL } from "../../domain/testing/people.ts";
import { ACME, JANE_EMAIL, valid } from "../dynamodb/testing/examples.ts";
import { restoreText } from "./restore-text.ts";

function textOf(mail: Partial<RestoreRequestMail>) {
  const whole: RestoreRequestMail = {
    to: JOE_EMAIL,
    organizationId: ACME,
    organizationName: "Acme",
    email: JANE_EMAIL,
    ...mail,
  };
  const brand = { name: "Platform", logoUrl: null, accent: "#4b50c8" };
  return restoreText(whole, { brand, frontendUrl: "https://app.example" });
}

it("says who asks, where they are restored, and that nothing has to be done", () => {
  const { subject, text, html } = textOf({});
  expect(subject).toBe("A removed member asks to be restored");
  expect(
    text,
  ).toBe(`jane@acme.example was removed from “Acme” on Platform, has tried to sign in, and asks to be restored.

If you know why they were removed and want them back, restore them in the list of removed members.
https://app.example/o/acme/members?status=removed

Otherwise you do not need to do anything. They can ask again in a week.
`);
  expect(html).toContain('<a href="https://app.example/o/acme/members?status=removed"');
});

it.each(["www.evil.example/x@acme.example", "a{b@acme.example"])(
  "T8J: does not show the address %s, which mail programs may show as a link",
  (text) => {
    const { text: plain, html } = textOf({ email: valid(parseEmail(text)) });
    expect(plain).toMatch(/^A member was removed from “Acme”/);
    expect(plain + html).not.toContain(text.slice(0, 5));
  },
);

it("shows the name of the organization as text alone, and has no address in its link", () => {
  const { text, html } = textOf({ organizationName: '<a href="x">\r\nhttps://evil.example' });
  expect(text).toContain('from “<a href="x"> https:/evil. example” on Platform');
  expect(html.match(/<a /g)).toHaveLength(1);
  expect(html.match(/href="[^"]*@/)).toBeNull();
});
