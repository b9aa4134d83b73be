/** Characters that show nothing or turn the text around: controls, format characters, line breaks, and Hangul fillers. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/u;
/** What mail programs or readers take for an address in the web. */
const ADDRESS = /:[\\/]{2}|\bmailto:|\bwww\.|\S\.[\p{L}\d-]{2,}[\\/]/iu;

/**
 * Whether a text may name an organization: 1 to 100 characters, all of them visible, and nothing that looks like an address
 * in the web, because names stand in mails.
 */
export function isOrganizationName(text: string): boolean {
  const { length } = Array.from(text);
  const isShown = !/\p{Cs}/u.test(text) && text.trim() === text && !UNSEEN.test(text);
  return length >= 1 && length <= 100 && isShown && !ADDRESS.test(text);
}
