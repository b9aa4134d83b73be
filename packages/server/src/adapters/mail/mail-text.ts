/** The parts of a mail. The subject is fixed, so that nobody who names an organization writes it. */
export interface MailText {
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

/** The HTML of a mail. @param body what is escaped already */
export function page(subject: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
${body}
</body>
</html>
`;
}

/** The one link of a mail. */
export function button(link: string, label: string): string {
  return `<p><a href="${escaped(link)}" style="display:inline-block;padding:10px 18px;border-radius:8px;background:#4b50c8;color:#fff;font-weight:600;text-decoration:none">${escaped(label)}</a></p>`;
}

/** A name on one line, that no mail program shows as a link. Names are checked where they are set; this is the last guard. */
export function harmless(name: string): string {
  const visible = name.replace(INVISIBLE, " ").replace(/\s+/g, " ").trim();
  const short = [...visible].slice(0, MAX_NAME_LENGTH).join("");
  return short.replace(SLASHES, "/").replace(DOT_IN_WORD, "$1 ");
}

/** A time in words, in UTC. @param instant ISO 8601 */
export function readable(instant: string): string {
  const format = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-GB", format).format(new Date(instant));
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
