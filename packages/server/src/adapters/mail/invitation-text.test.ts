import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InvitationMail, parseEmail } from "../../domain/index.ts";
import { valid } from "../dynamodb/testing/examples.ts";
import { invitationText } from "./invitation-text.ts";

const address = (text: string) => valid(parseEmail(text));

function textOf(mail: Partial<InvitationMail>) {
  const whole: InvitationMail = {
    to: address("jane@acme.example"),
    organizationName: "Acme",
    role: "admin",
    invitedBy: address("olga@acme.example"),
    expiresAt: "2026-12-03T15:57:40.123Z",
    ...mail,
  };
  return invitationText(whole, "https://app.example");
}

/** The name as the text shows it. */
const nameIn = ({ text }: { text: string }) => /“([\s\S]*)” on Platform/.exec(text)?.[1] ?? "";

it("says who invites whom to what, until when, and how to accept", () => {
  const { subject, text, html } = textOf({});
  expect(subject).toBe("You are invited to Platform");
  expect(text).toBe(`olga@acme.example has invited you to join “Acme” on Platform as an admin.

To accept, sign in as jane@acme.example:
https://app.example/sign-in#email=jane%40acme.example

The invitation is valid until 3 December 2026 at 15:57 UTC. If you did not expect it, ignore this mail. Nothing happens until you sign in.
`);
  expect(html).toContain('<a href="https://app.example/sign-in#email=jane%40acme.example"');
  expect(html).toContain("olga@acme.example has invited you to join “Acme” on Platform as an admin.");
});

it.each([
  ["member", "as a member."],
  ["admin", "as an admin."],
  ["owner", "as an owner."],
] as const)("names the role %s", (role, words) => {
  expect(textOf({ role }).text).toContain(words);
});

it.each([null, "www.evil.example/x@acme.example", "a=b@acme.example", "x?y#z@acme.example"])(
  "does not name the inviter %s",
  (inviter) => {
    const { text, html } = textOf({ invitedBy: inviter === null ? null : address(inviter) });
    expect(text).toMatch(/^You have been invited to join “Acme”/);
    if (inviter !== null) expect(text + html).not.toContain(inviter);
  },
);

it.each(["o'hara@acme.example", "a!b*c~d@acme.example", "a&b=c#d?e/f@acme.example", "a+b%c@acme.example"])(
  "the link carries %s whole",
  (to) => {
    const { text, html } = textOf({ to: address(to) });
    const [, hint = ""] = /sign-in#email=(\S+)\n/.exec(text) ?? [];
    expect(hint).toMatch(/^[A-Za-z0-9_.%-]+$/);
    expect(decodeURIComponent(hint)).toBe(to);
    expect(html).toContain(`href="https://app.example/sign-in#email=${hint}"`);
  },
);

describe("the name of an organization", () => {
  it.each([
    ['Ben & Jerry\'s <Ice> "Cream"', 'Ben & Jerry\'s <Ice> "Cream"'],
    ["Müller 東京 🏢", "Müller 東京 🏢"],
    ["نرم\u200cافزار", "نرم\u200cافزار"],
    ["two\r\nlines\u2028three\u0000", "two lines three"],
    ["\u202eevil\u2066 name\u200b", "evil name"],
    ["https://evil.example/x", "https:/evil. example/x"],
    ["see www.evil.example", "see www. evil. example"],
    ["evil。example and evil．example", "evil。 example and evil． example"],
    ["//evil", "/evil"],
    ["J.P. Morgan Inc.", "J. P. Morgan Inc."],
    ["A/B Testing", "A/B Testing"],
    ["x".repeat(200), "x".repeat(100)],
  ])("%j is shown as %j", (organizationName, shown) => {
    expect(nameIn(textOf({ organizationName }))).toBe(shown);
  });

  it("is markup in no mail", () => {
    const { html } = textOf({ organizationName: '<a href="x">\'&lt;' });
    expect(html).toContain("&#60;a href=&#34;x&#34;&#62;&#39;&#38;lt;");
    expect(html.match(/<a /g)).toHaveLength(1);
  });

  it("cannot change the lines, the tags, the subject or the links of a mail", () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          ..."\r\n\0<>&\"'/.:@。．｡\u2028\u202e\u2066\u200b\u200c \t",
          "https://",
          "www.",
          "evil.example",
        ),
        fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      ),
    });
    const plain = textOf({});
    const tags = (html: string) => html.match(/<[^>]*>/g);
    fc.assert(
      fc.property(hostile, (organizationName) => {
        const mail = textOf({ organizationName });
        expect(mail.subject).toBe(plain.subject);
        expect(mail.text.split("\n").length).toBe(plain.text.split("\n").length);
        expect(tags(mail.html)).toEqual(tags(plain.html));
        const name = nameIn(mail);
        expect(name).not.toMatch(/\/\/|[.。．｡][^\s.]|(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u);
        expect(mail.text.match(/https?:\/\//g)).toHaveLength(1);
      }),
    );
  });
});
