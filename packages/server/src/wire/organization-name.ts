/**
 * Whether a text may name an organization: 1 to 100 characters, no control or bidi characters, and nothing that looks like
 * an address in the web: names stand in mails.
 */
export function isOrganizationName(text: string): boolean {
  return (
    /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,100}$/u.test(text) && text.trim() === text && !/:\/\/|\bwww\./i.test(text)
  );
}
