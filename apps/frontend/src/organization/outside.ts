import type { Domain } from "../pages/domains/domain.ts";

/** Those whose people the organization may oblige to use single sign-on. */
export function trustedOf(domains: readonly Pick<Domain, "domain" | "state">[]): string[] {
  return domains
    .filter(({ state }) => state === "verified" || state === "missing")
    .map(({ domain }) => domain);
}

/**
 * Whether an address is at none of the trusted domains. How its owner was invited does not matter: the domain may have
 * been verified since.
 */
export function isOutside(email: string | null, trusted: readonly string[]): boolean {
  if (email === null || trusted.length === 0) return false;
  return !trusted.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase());
}
