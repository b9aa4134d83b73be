import type { DomainMail } from "../../domain/index.ts";
import type { MailSite } from "./mail-brand.ts";
import { button, escaped, harmless, type MailText, page, readable } from "./mail-text.ts";

const SUBJECT = "A domain of your organization needs its DNS record";

/** The mail about a domain whose record is missing. */
export function domainText(mail: DomainMail, { brand, frontendUrl }: MailSite): MailText {
  const name = `“${harmless(mail.organizationName)}”`;
  const product = brand.name;
  const what = `The DNS record that proves the domain ${mail.domain} of ${name} on ${product} is missing.`;
  const how = "Please set this TXT record again:";
  const until = `Without it, ${product} does not trust the domain any more after ${readable(mail.lapsesAt)} UTC: new people with addresses at the domain can then not join by themselves.`;
  const done = "Once the record is back you do not need to do anything else.";
  const release = `If the domain is not yours any more, release it on ${product}.`;
  return {
    subject: SUBJECT,
    text: `${[
      what,
      `${how}\nName: ${mail.recordName}\nValue: ${mail.recordValue}`,
      `${until} ${done}`,
      `${release}\n${frontendUrl}`,
    ].join("\n\n")}\n`,
    html: page(
      SUBJECT,
      [
        `<p>${escaped(what)}</p>`,
        `<p>${escaped(how)}</p>`,
        `<p>Name: <code>${escaped(mail.recordName)}</code><br>Value: <code>${escaped(mail.recordValue)}</code></p>`,
        `<p>${escaped(until)} ${escaped(done)}</p>`,
        `<p>${escaped(release)}</p>`,
        button(frontendUrl, `Open ${product}`, brand),
      ].join("\n"),
      brand,
    ),
  };
}
