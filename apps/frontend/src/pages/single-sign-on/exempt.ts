import type { Domain } from "../../organization/trusted-domains.ts";
import { isTrusted } from "../../organization/trusted-domains.ts";
import type { Outside } from "./effects.ts";

interface Person {
  readonly email: string | null;
  /** Whether they were invited from outside. */
  readonly outside: boolean;
}

/**
 * The addresses that a requirement exempts: of people who were invited from outside, and whose address is still at no
 * trusted domain.
 */
export function exemptFrom(
  members: readonly Person[],
  domains: readonly Pick<Domain, "domain" | "state">[],
): readonly string[] {
  const trusted = new Set(domains.filter(isTrusted).map(({ domain }) => domain));
  return members.flatMap(({ email, outside }) =>
    outside && email !== null && !trusted.has(domainOf(email)) ? [email] : [],
  );
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}

export function outsideOf(
  page: { readonly items: readonly Person[]; readonly nextCursor: string | null },
  domains: readonly Pick<Domain, "domain" | "state">[],
): Outside {
  return { emails: exemptFrom(page.items, domains), isAtLeast: page.nextCursor !== null };
}
