const MAX_EMAIL_LENGTH = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets
const MAX_LOCAL_LENGTH = 64; // RFC 5321 §4.5.3.1.1
const MAX_DOMAIN_LENGTH = 253;
/** RFC 5322 §3.2.3 `dot-atom-text`: no quoted strings, no comments, nothing outside ASCII. */
const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** RFC 1123 §2.1 letters, digits, hyphens. */
const LDH_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** The ASCII characters that a domain cannot have. `URL` would decode `%41`, and cut the domain at `/`. */
const ASCII_OUTSIDE_DOMAIN = /[\0-,/:-@[-`{-\x7f]/;
/** LDH labels that UTS-46 only lower-cases, because none is an A-label. An IPv4 address ends in a label of digits. */
const PLAIN_DOMAIN =
  /^(?!.*xn--)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * The one canonical form of an e-mail address, for discovery and tokens alike; null if it has none. ASCII
 * lower-casing only: `toUpperCase` and NFKC make different people equal (dotless i, Kelvin sign). `+` and `.` are kept,
 * because only the mail server knows whether they matter.
 */
export function canonicalEmail(text: string): string | null {
  const at = text.indexOf("@");
  if (at < 1 || at !== text.lastIndexOf("@")) return null;
  const local = text.slice(0, at);
  // "=?" opens an RFC 2047 encoded word, which some mailers decode into another address (cpython #152519).
  if (local.length > MAX_LOCAL_LENGTH || !DOT_ATOM.test(local) || local.startsWith("=?")) return null;
  const domain = canonicalDomain(text.slice(at + 1));
  if (domain === null) return null;
  const email = `${local.toLowerCase()}@${domain}`; // it is ASCII
  return email.length <= MAX_EMAIL_LENGTH ? email : null;
}

/** The A-label form (UTS-46) of a domain; null for a literal, an IP address, a single label or a malformed one. */
export function canonicalDomain(text: string): string | null {
  if (text.length > MAX_DOMAIN_LENGTH) return null;
  if (PLAIN_DOMAIN.test(text)) return text.toLowerCase();
  if (ASCII_OUTSIDE_DOMAIN.test(text)) return null;
  const ascii = hostnameOf(text);
  const labels = ascii.split(".");
  if (ascii.length > MAX_DOMAIN_LENGTH || labels.length < 2) return null;
  if (!labels.every((label) => LDH_LABEL.test(label))) return null;
  return /^[0-9]+$/.test(labels.at(-1) ?? "") ? null : ascii; // an IPv4 address ends so, in any of its spellings
}

function hostnameOf(domain: string): string {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return "";
  }
}

/** The domain of a canonical address. */
export function domainOfEmail(email: string): string {
  return email.slice(email.indexOf("@") + 1);
}
