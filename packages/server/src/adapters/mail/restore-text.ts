import type { RestoreRequestMail } from "../../domain/index.ts";
import type { MailSite } from "./mail-brand.ts";
import { button, escaped, harmless, type MailText, page, shownAddress } from "./mail-text.ts";

const SUBJECT = "A removed member asks to be restored";

/** The mail to those who can restore a member. It has nothing that the member has written. */
export function restoreText(mail: RestoreRequestMail, { brand, frontendUrl }: MailSite): MailText {
  const name = `“${harmless(mail.organizationName)}”`;
  const who = shownAddress(mail.email) ?? "A member";
  const what = `${who} was removed from ${name} on ${brand.name}, has tried to sign in, and asks to be restored.`;
  const how =
    "If you know why they were removed and want them back, restore them in the list of removed members.";
  const rest = "Otherwise you do not need to do anything. They can ask again in a week.";
  const link = `${frontendUrl}/o/${encodeURIComponent(mail.organizationId)}/members?status=removed`;
  return {
    subject: SUBJECT,
    text: `${[what, `${how}\n${link}`, rest].join("\n\n")}\n`,
    html: page(
      SUBJECT,
      [
        `<p>${escaped(what)}</p>`,
        `<p>${escaped(how)}</p>`,
        button(link, "Show removed members", brand),
        `<p>${escaped(rest)}</p>`,
      ].join("\n"),
      brand,
    ),
  };
}
