const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LDH_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** What an ASCII character of a domain may be: `URL` would also decode `%41` or cut at `/`. */
const ASCII_OUTSIDE_DOMAIN = /[\0-,/:-@[-`{-\x7f]/;

/** The server's canonical form of an address; null when it has none. */
export function canonicalEmail(text: string): string | null {
  const at = text.indexOf("@");
  const local = text.slice(0, at);
  if (at < 1 || at > 64 || !DOT_ATOM.test(local) || local.startsWith("=?")) return null;
  const domain = canonicalDomain(text.slice(at + 1));
  const email = `${local.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}@${domain}`;
  return domain === null || email.length > 254 ? null : email;
}

export function domainOf(email: string): string {
  return email.slice(email.indexOf("@") + 1);
}

function canonicalDomain(text: string): string | null {
  if (text.length > 253 || ASCII_OUTSIDE_DOMAIN.test(text)) return null;
  const ascii = URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : "";
  const labels = ascii.split(".");
  if (ascii.length > 253 || labels.length < 2 || !labels.every((label) => LDH_LABEL.test(label))) return null;
  return /^[0-9]+$/.test(labels.at(-1) ?? "") ? null : ascii;
}
