import { domainToASCII } from "node:url";

/** An e-mail address in the one canonical form of {@link parseEmail}. */
export type CanonicalEmail = string & { readonly CanonicalEmail: unique symbol };

/** A DNS domain as lower-case A-labels, at least two of them, no trailing dot. */
export type DomainName = string & { readonly DomainName: unique symbol };

const MAX_EMAIL_LENGTH = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets
const MAX_LOCAL_LENGTH = 64; // RFC 5321 §4.5.3.1.1
const MAX_DOMAIN_LENGTH = 253;
/** RFC 5322 §3.2.3 `dot-atom-text`: no quoted strings, no comments, nothing outside ASCII. */
const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** RFC 1123 §2.1 letters, digits, hyphens. */
const LDH_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** What an ASCII character of a domain may be before mapping: `domainToASCII` would also decode `%41` or cut at `/`. */
const ASCII_OUTSIDE_DOMAIN = /[\0-,/:-@[-`{-\x7f]/;

/**
 * The one canonical form of an address, for discovery and tokens alike; null when it has none. ASCII
 * lower-casing only: `toUpperCase` and NFKC make different people equal (dotless i, Kelvin sign). `+` and `.`
 * are kept: whether they matter is the mail server's business.
 */
export function parseEmail(text: string): CanonicalEmail | null {
  const at = text.indexOf("@");
  if (at < 1 || at !== text.lastIndexOf("@")) return null;
  const local = text.slice(0, at);
  // "=?" opens an RFC 2047 encoded word, which some mailers decode into another address (cpython #152519).
  if (local.length > MAX_LOCAL_LENGTH || !DOT_ATOM.test(local) || local.startsWith("=?")) return null;
  const domain = parseDomain(text.slice(at + 1));
  if (domain === null) return null;
  const email = `${lowerAscii(local)}@${domain}`;
  return email.length <= MAX_EMAIL_LENGTH ? (email as CanonicalEmail) : null;
}

/** The A-label form (UTS-46) of a domain; null for a literal, an IP address, a single label or a bad one. */
export function parseDomain(text: string): DomainName | null {
  if (text.length > MAX_DOMAIN_LENGTH || ASCII_OUTSIDE_DOMAIN.test(text)) return null;
  const ascii = domainToASCII(text);
  const labels = ascii.split(".");
  if (ascii.length > MAX_DOMAIN_LENGTH || labels.length < 2) return null;
  if (!labels.every((label) => LDH_LABEL.test(label))) return null;
  if (/^[0-9]+$/.test(labels.at(-1) ?? "")) return null; // an IPv4 address, whatever its spelling was
  return ascii as DomainName;
}

/** The domain of an address. */
export function domainOf(email: CanonicalEmail): DomainName {
  return email.slice(email.indexOf("@") + 1) as DomainName;
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
