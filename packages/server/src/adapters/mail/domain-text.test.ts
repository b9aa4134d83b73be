import { expect, it } from "vitest";
import type { DomainMail } from "../../domain/index.ts";
import { ACME_EXAMPLE, JANE_EMAIL } from "../dynamodb/testing/examples.ts";
import { domainText } from "./domain-text.ts";

function textOf(mail: Partial<DomainMail>) {
  const whole: DomainMail = {
    to: JANE_EMAIL,
    organizationName: "Acme",
    domain: ACME_EXAMPLE,
    recordName: "_platform-api.acme.example",
    recordValue: "platform-api-domain=01",
    lapsesAt: "2026-12-03T15:57:40.123Z",
    ...mail,
  };
  const brand = { name: "Platform", logoUrl: null, accent: "#4b50c8" };
  return domainText(whole, { brand, frontendUrl: "https://app.example" });
}

it("says which record is missing, what to set, and until when the domain is trusted", () => {
  const { subject, text, html } = textOf({});
  expect(subject).toBe("A domain of your organization needs its DNS record");
  expect(text).toBe(`The DNS record that proves the domain acme.example of “Acme” on Platform is missing.

Please set this TXT record again:
Name: _platform-api.acme.example
Value: platform-api-domain=01

Without it, Platform does not trust the domain any more after 3 December 2026 at 15:57 UTC: new people with addresses at the domain can then not join by themselves. Once the record is back you do not need to do anything else.

If the domain is not yours any more, release it on Platform.
https://app.example
`);
  expect(html).toContain("Value: <code>platform-api-domain=01</code>");
  expect(html).toContain('<a href="https://app.example"');
});

it("shows the name of the organization as text alone", () => {
  const { text, html } = textOf({ organizationName: '<a href="x">\r\nhttps://evil.example' });
  expect(text).toContain('of “<a href="x"> https:/evil. example” on Platform');
  expect(html.match(/<a /g)).toHaveLength(1);
});
