import type { VerifiedClaims } from "./claims.ts";
import type { CanonicalEmail } from "./email.ts";
import type { Login } from "./login.ts";
import type { Organization } from "./organization.ts";

/** Whether the address of a token may be believed on this request, by which rule, or why not. */
export type AddressTrust =
  | { readonly state: "trusted"; readonly email: CanonicalEmail; readonly rule: TrustRule }
  | { readonly state: "refused"; readonly reason: AddressRefusal }
  | { readonly state: "absent" };

/** `report-mode` resolves a person, but opens nothing else: an invitation is never consumed by it. */
export type TrustRule = "verified-domain" | "verified-email" | "report-mode";

export type AddressRefusal = "EMAIL_INVALID" | "EMAIL_UNVERIFIED" | "DOMAIN_NOT_ALLOWED" | "SSO_REQUIRED";

/** `report` accepts, and reports, what concerns a domain that nobody has verified yet. */
export type TrustMode = "enforce" | "report";

/**
 * The pure rule. An SSO connection may assert only addresses of domains that its own organization has verified,
 * whatever `email_verified` says: an SSO administrator can set that for any address (nOAuth, Descope 2023), and
 * Auth0 sends `false` for Entra and ADFS. Any other login needs Auth0's own proof of the mailbox, and must not go
 * around an organization that enforces SSO.
 * @param verifiers the organizations that have verified the address's domain
 * @param wouldRefuse called when report mode accepts what `enforce` would refuse
 */
export function judgeAddress(
  claims: VerifiedClaims,
  login: Login,
  {
    verifiers,
    trustMode,
    wouldRefuse,
  }: {
    verifiers: readonly Organization[];
    trustMode: TrustMode;
    wouldRefuse: (reason: AddressRefusal) => void;
  },
): AddressTrust {
  if ("absent" in claims.email) {
    return claims.email.absent === "EMAIL_MISSING"
      ? { state: "absent" }
      : { state: "refused", reason: "EMAIL_INVALID" };
  }
  const email = claims.email.canonical;
  const reason = objection(claims, login, verifiers);
  if (reason === null) {
    return { state: "trusted", email, rule: login.via === "sso" ? "verified-domain" : "verified-email" };
  }
  if (trustMode === "report" && reason !== "SSO_REQUIRED" && verifiers.length === 0) {
    wouldRefuse(reason);
    return { state: "trusted", email, rule: "report-mode" };
  }
  return { state: "refused", reason };
}

function objection(
  claims: VerifiedClaims,
  login: Login,
  verifiers: readonly Organization[],
): Exclude<AddressRefusal, "EMAIL_INVALID"> | null {
  switch (login.via) {
    case "platform":
    case "unregistered":
      return "DOMAIN_NOT_ALLOWED";
    case "sso":
      return verifiers.some(({ id }) => id === login.connection.organizationId) ? null : "DOMAIN_NOT_ALLOWED";
    case "other":
      if (!claims.emailVerified) return "EMAIL_UNVERIFIED";
      return verifiers.some(({ enforceSso }) => enforceSso) ? "SSO_REQUIRED" : null;
  }
}
