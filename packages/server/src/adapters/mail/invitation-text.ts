import type { InvitationMail, Role } from "../../domain/index.ts";
import { button, escaped, harmless, type MailText, page, readable } from "./mail-text.ts";

const SUBJECT = "You are invited to Platform";
const AS_ROLE = { member: "a member", admin: "an admin", owner: "an owner" } as const satisfies Record<
  Role,
  string
>;
/** `www.evil.example/x@acme.example` is an address too, and mail programs link its beginning. */
const PLAIN_ADDRESS = /^[a-z0-9._+'-]+@[a-z0-9.-]+$/;

/** The mail about an invitation. Its only link leads to the sign-in page, with the address as a hint. */
export function invitationText(mail: InvitationMail, frontendUrl: string): MailText {
  const name = `“${harmless(mail.organizationName)}”`;
  const by = mail.invitedBy !== null && PLAIN_ADDRESS.test(mail.invitedBy) ? mail.invitedBy : null;
  const what = [
    by === null ? "You have been invited" : `${by} has invited you`,
    `to join ${name} on Platform as ${AS_ROLE[mail.role]}.`,
  ].join(" ");
  const how = `To accept, sign in as ${mail.to}:`;
  const until = `The invitation is valid until ${readable(mail.expiresAt)} UTC.`;
  const ignore = "If you did not expect it, ignore this mail. Nothing happens until you sign in.";
  const link = `${frontendUrl}/sign-in#email=${percentEncoded(mail.to)}`;
  return {
    subject: SUBJECT,
    text: `${[what, `${how}\n${link}`, `${until} ${ignore}`].join("\n\n")}\n`,
    html: page(
      SUBJECT,
      [
        `<p>${escaped(what)}</p>`,
        `<p>${escaped(how)}</p>`,
        button(link, "Sign in to Platform"),
        `<p>${escaped(until)} ${escaped(ignore)}</p>`,
      ].join("\n"),
    ),
  };
}

/** Also `'` and its like, at which mail programs may end a link. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
