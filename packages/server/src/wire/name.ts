/**
 * Characters that show nothing, turn the text around or show whatever a font likes: controls, format characters, private
 * and unassigned ones, line breaks, fillers, joiners, the blank of Braille and selectors that select nothing. By general
 * category or number, because not every JavaScript engine that runs the SDK knows `Default_Ignorable_Code_Point`.
 */
const UNSEEN =
  /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u2800\u2d7f\u3164\uffa0\u{13440}\u{16fe4}\u{1d159}]|\u034f|\u17b4|\u17b5|[\u180b-\u180f]|(?:^|\s|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
/**
 * What mail programs or readers take for an address in the web: a scheme, also without slashes, `//`, `www.`, and a port, a
 * path, a query or a fragment behind a domain or an IP address. A domain alone may be a name, as that of Booking.com is.
 * Browsers take `。` for a dot.
 */
const ADDRESS =
  /[\\/]{2}|\b(?:https?|mailto):|\b(?:ftps?|file|data|javascript|tel|sms|callto|skype|facetime):\S|[a-z][a-z\d+.-]*:\S*[.。@]\p{L}|\bwww[.。]|(?:[^\s.][.。][\p{L}\d][\p{L}\p{M}\d-]+|(?:\d+[.。]){3}\d+)[.。]?(?:[\\/]|[?#]\S|:\d)/iu;

/** What mail programs decode in a subject (RFC 2047), so that it shows what nobody has checked. */
const ENCODED_WORD = /=\?.*\?=/;

/** What has a name that people read in mails and before they sign in, with the most characters of the name. */
export const NAME_LENGTHS = { organization: 100, connection: 100, person: 100 } as const;
export type Named = keyof typeof NAME_LENGTHS;

/** What is wrong with a text that may not be the name, and how to fix it. */
export function nameRule(of: Named): string {
  return `must have 1 to ${NAME_LENGTHS[of]} characters, one of them a letter, digit or symbol, without control characters, web addresses and spaces around it: leave out what cannot be seen, http:, //, www. and =?, and put a space behind a colon or around a slash`;
}

/**
 * Whether a text may be the name: not empty nor too long, all of it visible, and nothing that looks like an address in the
 * web, because names stand in mails.
 */
export function isName(of: Named, text: string): boolean {
  const { length } = Array.from(text);
  const isShown = /[\p{L}\p{N}\p{S}]/u.test(text) && text.trim() === text && !UNSEEN.test(text);
  // Wide letters, dots and slashes look like the narrow ones, and browsers open them as those.
  return (
    length >= 1 &&
    length <= NAME_LENGTHS[of] &&
    isShown &&
    !ADDRESS.test(text.normalize("NFKC")) &&
    !ENCODED_WORD.test(text)
  );
}
