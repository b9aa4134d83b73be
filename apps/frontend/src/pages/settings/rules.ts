import type { Organization } from "@platform-api/client";
import { type Domain, trustedOf } from "../../organization/trusted-domains.ts";

/** What the switch for joining does as it is set. Until the connections are known they count as none. */
export function joinText(
  { jit, enforceSso }: Pick<Organization, "jit" | "enforceSso">,
  hasConnection: boolean,
): string {
  if (!jit) return "Signing in does not make anyone a member. People join by invitation.";
  const how = !hasConnection
    ? "People with an address at your domains press Join after signing in."
    : enforceSso
      ? "People with an address at your domains become members when they sign in."
      : "People with an address at your domains become members: through your single sign-on at once, with a password after pressing Join.";
  return `${how} Those who were removed stay out.`;
}

const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** Who can join by the domain of their address. */
export function joinByDomainText(domains: readonly Pick<Domain, "domain" | "state">[], jit: boolean): string {
  const trusted = trustedOf(domains).map((domain) => `@${domain}`);
  if (trusted.length === 0) return "No verified domain";
  const people = `People with an ${anyOf.format(trusted)} address`;
  return jit ? `${people} can join` : `${people} join by invitation`;
}
