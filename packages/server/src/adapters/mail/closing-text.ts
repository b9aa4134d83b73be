import type { ClosingMail } from "../../domain/index.ts";
import { inviterOf } from "./invitation-text.ts";
import type { MailSite } from "./mail-brand.ts";
import { button, escaped, footnote, harmless, heading, type MailText, page, readable } from "./mail-text.ts";

/** The mail about the end of an organization: that it comes and how to call it off, or that it was called off. */
export function closingText(mail: ClosingMail, { brand, frontendUrl }: MailSite): MailText {
  const name = harmless(mail.organizationName);
  const { by: invitedBy, byName: inviterName, isOperators } = mail;
  const who = inviterOf({ invitedBy, inviterName, isOperators }, brand).long ?? "Another owner";
  const end = `${readable(mail.closesAt)} UTC`;
  const link = `${frontendUrl}/o/${mail.organizationId}/settings`;
  const { subject, what, next, label, why } = mail.isCalledOff
    ? {
        subject: `${name} stays open`,
        what: `${who} called off the closing of “${name}” on ${brand.name}, which was to come on ${end}.`,
        next: "It stays open, and you do not need to do anything.",
        label: `Open ${name}`,
        why: "You get this mail because you are an owner.",
      }
    : {
        subject: `${name} closes on ${end}`,
        what: `${who} asked to close “${name}” on ${brand.name}. It closes by itself on ${end}: then nobody belongs to it any more, and nobody can join it. Nothing is deleted.`,
        next: "If it is to stay open, you can keep it open until then, and so can every other owner.",
        label: `Keep ${name} open`,
        why: "You get this mail because you are an owner. If you agree, you do not need to do anything.",
      };
  return {
    subject,
    text: `${[what, `${next}\n\n${label}:\n${link}`, why].join("\n\n")}\n`,
    html: page(
      subject,
      [
        heading(subject),
        `<p style="margin:0 0 12px">${escaped(what)}</p>`,
        `<p style="margin:0">${escaped(next)}</p>`,
        button(link, label, brand),
        footnote(why),
      ].join("\n"),
      brand,
    ),
  };
}
