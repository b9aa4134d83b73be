import { canonicalDomain, canonicalEmail, domainOfEmail } from "../wire/index.ts";

/** An e-mail address in the one canonical form of {@link parseEmail}. */
export type CanonicalEmail = string & { readonly CanonicalEmail: unique symbol };

/** A DNS domain as lower-case A-labels, at least two of them, no trailing dot. */
export type DomainName = string & { readonly DomainName: unique symbol };

/** The canonical form of an address; null if it has none. */
export function parseEmail(text: string): CanonicalEmail | null {
  return canonicalEmail(text) as CanonicalEmail | null;
}

/** The A-label form (UTS-46) of a domain; null for a literal, an IP address, a single label or a malformed one. */
export function parseDomain(text: string): DomainName | null {
  return canonicalDomain(text) as DomainName | null;
}

export function domainOf(email: CanonicalEmail): DomainName {
  return domainOfEmail(email) as DomainName;
}
