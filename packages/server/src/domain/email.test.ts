import fc from "fast-check";
import { expect, it } from "vitest";
import { domainOf, parseDomain, parseEmail } from "./email.ts";

it.each([
  ["jane@acme.example", "jane@acme.example"],
  ["Jane.Doe+Tag@ACME.Example", "jane.doe+tag@acme.example"],
  ["o'brien_{x}@acme.example", "o'brien_{x}@acme.example"],
  ["jane@b\u00fccher.example", "jane@xn--bcher-kva.example"],
  ["jane@B\u00dcCHER.example", "jane@xn--bcher-kva.example"],
  ["jane@acme\u3002example", "jane@acme.example"],
  ["jane@\u212Aelvin.example", "jane@kelvin.example"],
  [`${"a".repeat(64)}@acme.example`, `${"a".repeat(64)}@acme.example`],
])("%s is %s", (text, canonical) => {
  const email = parseEmail(text);
  expect(email).toBe(canonical);
  expect(email && domainOf(email)).toBe(canonical.slice(canonical.indexOf("@") + 1));
});

it.each([
  "",
  "@",
  "jane",
  "jane@",
  "@acme.example",
  "a@b@acme.example",
  "jane@acme",
  "jane @acme.example",
  ".jane@acme.example",
  "jane.@acme.example",
  "ja..ne@acme.example",
  '"jane"@acme.example',
  "jane(c)@acme.example",
  "=?utf-8?q?jane?=@acme.example",
  "ja\u0131ne@acme.example",
  "\u212Aate@acme.example",
  "\uFF4Aane@acme.example",
  "jane\uFF20acme.example",
  "jane@a\uFF20b.example",
  "jane\n@acme.example",
  "jane@acme.example\r\n",
  "group:jane@acme.example;",
  "jane@acme.example.",
  "jane@.acme.example",
  "jane@acme..example",
  "jane@-acme.example",
  "jane@acme-.example",
  "jane@[127.0.0.1]",
  "jane@127.0.0.1",
  "jane@0x7f.1",
  "jane@[IPv6:::1]",
  "jane@acme_x.example",
  "jane@ac%6De.example",
  "jane@acme.example/x",
  "jane@acme.example:25",
  "jane@xn--a-\u00e4.example",
  "jane@ac me.example",
  "jane@\u200b.example",
  `${"a".repeat(65)}@acme.example`,
  `jane@${"a".repeat(64)}.example`,
  `jane@${"a.".repeat(130)}example`,
])("%j has no canonical form", (text) => {
  expect(parseEmail(text)).toBeNull();
});

it("a canonical form is ASCII and stays the same when parsed again", () => {
  const text = fc.oneof(
    fc.emailAddress(),
    fc.string({ unit: fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)) }),
    fc.tuple(fc.string(), fc.domain()).map((p) => p.join("@")),
  );
  fc.assert(
    fc.property(text, (input) => {
      const email = parseEmail(input);
      if (email === null) return;
      expect(email).toMatch(/^[\x21-\x7e]{3,254}$/);
      expect(email.split("@")).toHaveLength(2);
      expect(parseEmail(email)).toBe(email);
      expect(parseDomain(domainOf(email))).toBe(domainOf(email));
    }),
  );
});

it("a domain of letters, digits and hyphens is what URL makes of it", () => {
  const label = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."abAX019-x"), minLength: 1, maxLength: 6 }),
    fc.constantFrom("xn--bcher-kva", "XN--bcher-kva", "xn--a", "0x7f", "1e3", "ab--cd"),
  );
  fc.assert(
    fc.property(fc.array(label, { minLength: 2, maxLength: 4 }), (labels) => {
      const domain = parseDomain(labels.join("."));
      if (domain !== null) expect(new URL(`http://${labels.join(".")}`).hostname).toBe(domain);
    }),
    { numRuns: 2_000 },
  );
});
