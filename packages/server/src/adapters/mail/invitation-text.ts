import type { InvitationMail, Role } from "../../domain/index.ts";

/** The parts of a mail. The subject is fixed, so that nobody who names an organization writes it. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const AS_ROLE = { member: "a member", admin: "an admin", owner: "an owner" } as const satisfies Record<
  Role,
  string
>;
const MAX_NAME_LENGTH = 100;
/** Control, format and bidi characters, private and lone ones, line ends; not the two joiners, which some scripts need. */
const INVISIBLE = /(?:(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}])+/gu;
/** What mail programs turn into links: `scheme://`, `//host`, and a dot (also one that IDNA maps to it) before a letter. */
const SLASHES = /\/{2,}/g;
const DOT_IN_WORD = /([.\u3002\uff0e\uff61])(?=[^\s.])/gu;
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
    subject: "You are invited to Platform",
    text: `${[what, `${how}\n${link}`, `${until} ${ignore}`].join("\n\n")}\n`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>You are invited to Platform</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
<p>${escaped(what)}</p>
<p>${escaped(how)}</p>
<p><a href="${escaped(link)}" style="display:inline-block;padding:10px 18px;border-radius:8px;background:#4b50c8;color:#fff;font-weight:600;text-decoration:none">Sign in to Platform</a></p>
<p>${escaped(until)} ${escaped(ignore)}</p>
</body>
</html>
`,
  };
}

/** A name on one line, that no mail program shows as a link. Names are checked where they are set; this is the last guard. */
function harmless(name: string): string {
  const visible = name.replace(INVISIBLE, " ").replace(/\s+/g, " ").trim();
  const short = [...visible].slice(0, MAX_NAME_LENGTH).join("");
  return short.replace(SLASHES, "/").replace(DOT_IN_WORD, "$1 ");
}

function readable(expiresAt: string): string {
  const format = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-GB", format).format(new Date(expiresAt));
}

/** Also `'` and its like, at which mail programs may end a link. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
