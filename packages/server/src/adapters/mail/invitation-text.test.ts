import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InvitationMail, type PersonName, parseEmail } from "../../domain/index.ts";
import { valid } from "../dynamodb/testing/examples.ts";
import { invitationText } from "./invitation-text.ts";
import type { MailBrand } from "./mail-brand.ts";

const address = (text: string) => valid(parseEmail(text));

const BRAND = { name: "Platform", logoUrl: null, accent: "#4b50c8" };

interface Given extends Partial<Omit<InvitationMail, "inviterName">> {
  readonly inviterName?: string | null;
}

function textOf({ inviterName = "Olga Orlov", ...mail }: Given, brand: Partial<MailBrand> = {}) {
  const whole: InvitationMail = {
    to: address("jane@acme.example"),
    organizationName: "Acme",
    role: "admin",
    invitedBy: address("olga@acme.example"),
    inviterName: inviterName as PersonName | null, // also one that no rule has let in
    isOperators: false,
    expiresAt: "2026-12-03T15:57:40.123Z",
    ...mail,
  };
  return invitationText(whole, { brand: { ...BRAND, ...brand }, frontendUrl: "https://app.example" });
}

/** The name as the text shows it. */
const nameIn = ({ text }: { text: string }) => /“([\s\S]*)” on Platform/.exec(text)?.[1] ?? "";

it("says who invites whom to what, until when, and how to accept", () => {
  const { subject, text, html } = textOf({});
  expect(subject).toBe("Olga Orlov invited you to Acme");
  expect(text).toBe(`Olga Orlov (olga@acme.example) invited you to join “Acme” on Platform as an admin.

Join Acme:
https://app.example/sign-in#email=jane%40acme.example

Create an account as jane@acme.example, or sign in. You may be asked to confirm the address by a second mail.

The invitation is valid until 3 December 2026 at 15:57 UTC. If you did not expect it, ignore this mail. Nothing happens until you sign in with this address.
`);
  expect(html).toMatch(/<a href="https:\/\/app.example\/sign-in#email=jane%40acme.example"[^>]*>Join Acme</);
  expect(html).toContain(
    "Olga Orlov (olga@acme.example) invited you to join “Acme” on Platform as an admin.",
  );
});

it.each([
  [
    { invitedBy: null, inviterName: null, isOperators: true },
    "You are invited to Acme",
    "The team of Platform invited you to join “Acme” on Platform",
  ],
  [{ invitedBy: null, inviterName: null }, "You are invited to Acme", "You are invited to join “Acme”"],
  [{ inviterName: null }, "olga@acme.example invited you to Acme", "olga@acme.example invited you to join"],
  [{ invitedBy: null }, "You are invited to Acme", "You are invited to join “Acme”"],
  [
    { inviterName: "Your\r\nBcc: bank.example\u202e" },
    "Your Bcc: bank. example invited you to Acme",
    "Your Bcc: bank. example (olga@acme.example) invited you",
  ],
])("an inviter of %j gives the subject %j", (by, subject, begin) => {
  const mail = textOf(by);
  expect(mail.subject).toBe(subject);
  expect(mail.text.startsWith(begin)).toBe(true);
});

it("carries the brand: its name everywhere, its picture, and its colour under text that can be read", () => {
  const logoUrl = 'https://cdn.example/logo.png?a="b"&c';
  const { text, html } = textOf({}, { name: "Hooli & Co", logoUrl, accent: "#FFD400" });
  expect(text + html).not.toContain("Platform");
  expect(text).toContain("to join “Acme” on Hooli & Co as an admin.");
  expect(html).toContain('<img src="https://cdn.example/logo.png?a=&#34;b&#34;&#38;c" alt="Hooli &#38; Co"');
  expect(html).toContain("background:#FFD400;color:#000000");
  expect(textOf({}).html).toContain("background:#4b50c8;color:#ffffff");
  expect(textOf({}).html).not.toContain("<img");
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
    expect(text).toMatch(/^You are invited to join “Acme”/);
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

  it("cannot change the lines, the tags or the links of a mail, and neither can that of an inviter", () => {
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
      fc.property(hostile, hostile, (organizationName, inviterName) => {
        const mail = textOf({ organizationName, inviterName });
        expect(mail.subject).toMatch(/^.* invited you to .*$/u);
        expect(mail.text.split("\n").length).toBe(plain.text.split("\n").length);
        expect(tags(mail.html)).toEqual(tags(plain.html));
        for (const shown of [nameIn(mail), mail.subject.replace("olga@acme.example", "")])
          expect(shown).not.toMatch(/\/\/|[.。．｡][^\s.]|(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u);
        expect(mail.text.match(/https?:\/\//g)).toHaveLength(1);
      }),
    );
  });
});
