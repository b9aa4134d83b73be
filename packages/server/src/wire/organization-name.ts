/**
 * Characters that show nothing or turn the text around: controls, format characters, line breaks, fillers, the blank of
 * Braille, tags, and selectors that select nothing. By their numbers, because not every JavaScript engine that runs the
 * SDK knows `Default_Ignorable_Code_Point`.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0-\ufff8\u{1d159}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]|\u034f|\u17b4|\u17b5|[\u180b-\u180f]|(?:^|\s|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
/**
 * What mail programs or readers take for an address in the web: a scheme, also without slashes, `//`, `www.` and a path. A
 * domain alone may be a name, as that of Booking.com is.
 */
const ADDRESS =
  /[\\/]{2}|\b(?:https?|mailto):|\b(?:ftps?|file|data|javascript|tel|sms|callto|skype|facetime):\S|[a-z][a-z\d+.-]*:\S*[.@]\p{L}|\bwww\.|\S\.[\p{L}\d-]{2,}(?::\d+)?[\\/]/iu;

/** What is wrong with a text that may not name an organization, and how to fix it. */
export const ORGANIZATION_NAME_RULE =
  "must have 1 to 100 characters, without control characters, web addresses and spaces around it: leave out what cannot be seen, and http:, // and www.";

/**
 * Whether a text may name an organization: 1 to 100 characters, all of them visible, and nothing that looks like an address
 * in the web, because names stand in mails.
 */
export function isOrganizationName(text: string): boolean {
  const { length } = Array.from(text);
  const isShown = !/\p{Cs}/u.test(text) && text.trim() === text && !UNSEEN.test(text);
  return length >= 1 && length <= 100 && isShown && !ADDRESS.test(text);
}
