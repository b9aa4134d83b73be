import type { PlatformClient } from "@platform-api/client";

/** A domain of the organization, as `org.domains` answers it. */
export type Domain = Awaited<ReturnType<PlatformClient["org"]["domains"]["check"]["mutate"]>>;

/** Whether people at the domain can join, and be obliged to use single sign-on. A missing record does not end that at once. */
export function isTrusted({ state }: Pick<Domain, "state">): boolean {
  return state === "verified" || state === "missing";
}

export function trustedOf(domains: readonly Pick<Domain, "domain" | "state">[]): string[] {
  return domains.filter(isTrusted).map(({ domain }) => domain);
}

/**
 * Whether an address is at none of the trusted domains. How its owner was invited does not matter: the domain may have
 * been verified since.
 */
export function isOutside(email: string | null, trusted: readonly string[]): boolean {
  if (email === null || trusted.length === 0) return false;
  return !trusted.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase());
}
