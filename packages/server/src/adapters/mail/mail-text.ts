import type { CanonicalEmail } from "../../domain/index.ts";
import { type MailBrand, onAccent } from "./mail-brand.ts";

/** The parts of a mail. */
export interface MailText {
  /** On one line. Names in it are {@link harmless}. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const MAX_NAME_LENGTH = 100;
/** Control, format and bidi characters, private and lone ones, line ends; not the two joiners, which some scripts need. */
const INVISIBLE = /(?:(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}])+/gu;
/** What mail programs turn into links: `scheme://`, `//host`, and a dot (also one that IDNA maps to it) before a letter. */
const SLASHES = /\/{2,}/g;
const DOT_IN_WORD = /([.\u3002\uff0e\uff61])(?=[^\s.])/gu;

/** `www.evil.example/x@acme.example` is an address too, and mail programs link its beginning. */
const PLAIN_ADDRESS = /^[a-z0-9._+'-]+@[a-z0-9.-]+$/;

const BODY =
  "margin:0;padding:24px 12px;background:#f4f5f7;color:#16191f;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif";
const CARD =
  "max-width:480px;margin:0 auto;padding:32px;border:1px solid #dfe2e7;border-radius:14px;background:#ffffff;overflow-wrap:anywhere";

/** The HTML of a mail, with the brand above it. @param body what is escaped already */
export function page(subject: string, body: string, brand: MailBrand): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(subject)}</title></head>
<body style="${BODY}">
<div style="${CARD}">
<p style="margin:0 0 24px;font-weight:600">${markOf(brand)}</p>
${body}
</div>
</body>
</html>
`;
}

/** Programs that do not load pictures show the name in its place. */
function markOf({ name, logoUrl }: MailBrand): string {
  if (logoUrl === null) return escaped(name);
  return `<img src="${escaped(logoUrl)}" alt="${escaped(name)}" height="32" style="height:32px;max-width:200px;border:0;vertical-align:middle">`;
}

/** What a mail is about, above its first paragraph. */
export function heading(text: string): string {
  return `<h1 style="margin:0 0 12px;font-size:22px;line-height:1.3">${escaped(text)}</h1>`;
}

/** The one link of a mail. */
export function button(link: string, label: string, brand: MailBrand): string {
  return `<p style="margin:24px 0"><a href="${escaped(link)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:${brand.accent};color:${onAccent(brand)};font-weight:600;text-decoration:none">${escaped(label)}</a></p>`;
}

/** What a reader needs less. */
export function footnote(text: string): string {
  return `<p style="margin:0;color:#5a6270;font-size:14px">${escaped(text)}</p>`;
}

/** A name on one line, that no mail program shows as a link. Names are checked where they are set; this is the last guard. */
export function harmless(name: string): string {
  const visible = name.replace(INVISIBLE, " ").replace(/\s+/g, " ").trim();
  const short = [...visible].slice(0, MAX_NAME_LENGTH).join("");
  return short.replace(SLASHES, "/").replace(DOT_IN_WORD, "$1 ");
}

/** An address of somebody else than the reader, as mails show it; null for one that mail programs may show as a link. */
export function shownAddress(address: CanonicalEmail | null): string | null {
  return address !== null && PLAIN_ADDRESS.test(address) ? address : null;
}

/** A time in words, in UTC. @param instant ISO 8601 */
export function readable(instant: string): string {
  const format = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-GB", format).format(new Date(instant));
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
