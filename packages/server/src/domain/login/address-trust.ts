import { type CanonicalEmail, domainOf } from "../email.ts";
import type { Organization, OrganizationId, Organizations } from "../organization.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { type Login, loginOf } from "./login.ts";

/** Whether the address of a token may be believed on this request, by which rule and how far, or why not. */
export type AddressTrust =
  | {
      readonly state: "trusted";
      readonly email: CanonicalEmail;
      readonly rule: TrustRule;
      readonly proof: Proof;
      /** With `report-mode`: what `enforce` would answer; null otherwise. */
      readonly wouldRefuse: AddressRefusal | null;
    }
  | { readonly state: "refused"; readonly reason: AddressRefusal }
  | { readonly state: "absent" };

/** `report-mode` resolves a person, but opens nothing else: an invitation is never consumed by it. */
export type TrustRule = "verified-domain" | "verified-email" | "report-mode";

/**
 * To whom a login proves its address. An organization whose SSO asserts an address of a domain that others have
 * verified too proves it to itself alone, unless each of them trusts it.
 */
export type Proof =
  | { readonly to: "everyone" }
  | { readonly to: "organization"; readonly organizationId: OrganizationId };

export type AddressRefusal = "EMAIL_INVALID" | "EMAIL_UNVERIFIED" | "DOMAIN_NOT_ALLOWED" | "SSO_REQUIRED";

/** `report` accepts, and reports, what concerns a domain that nobody has verified yet. */
export type TrustMode = "enforce" | "report";

/** How a process is set up to judge logins. */
export interface TrustSettings {
  /** Strategies of subjects that are no SSO: `auth0`, `email`, `google-oauth2` … */
  readonly otherStrategies: ReadonlySet<string>;
  readonly trustMode: TrustMode;
}

/** What a verified token comes to, judged by the connections and domains of `organizations`. */
export interface Assessment {
  readonly login: Login;
  readonly trust: AddressTrust;
  /** The organizations that have verified the domain of the address. */
  readonly verifiers: readonly Organization[];
}

/** Judges a login. By the cache, to refuse and to answer; by the store, before anything is stored. */
export async function assess(
  claims: VerifiedClaims,
  organizations: Organizations,
  { otherStrategies, trustMode }: TrustSettings,
  signal: AbortSignal,
): Promise<Assessment> {
  const domain = "canonical" in claims.email ? domainOf(claims.email.canonical) : null;
  const [login, verifiers] = await Promise.all([
    loginOf(claims, { organizations, otherStrategies }, signal),
    domain === null ? [] : organizations.listByDomain(domain, signal),
  ]);
  return { login, verifiers, trust: judgeAddress(claims, login, { verifiers, trustMode }) };
}

/**
 * The pure rule. An SSO connection may assert only addresses of domains that its own organization has verified,
 * whatever `email_verified` says: an SSO administrator can set that for any address (nOAuth, Descope 2023), and
 * Auth0 sends `false` for Entra and ADFS. Any other login needs Auth0's own proof of the mailbox, and must not go
 * around organizations that all enforce SSO.
 * @param verifiers the organizations that have verified the address's domain
 */
export function judgeAddress(
  claims: VerifiedClaims,
  login: Login,
  { verifiers, trustMode }: { verifiers: readonly Organization[]; trustMode: TrustMode },
): AddressTrust {
  if ("absent" in claims.email) {
    return claims.email.absent === "EMAIL_MISSING"
      ? { state: "absent" }
      : { state: "refused", reason: "EMAIL_INVALID" };
  }
  const email = claims.email.canonical;
  const reason = objection(claims, login, verifiers);
  const proof = proofOf(login, verifiers);
  if (reason === null) {
    const rule = login.via === "sso" ? "verified-domain" : "verified-email";
    return { state: "trusted", email, rule, proof, wouldRefuse: null };
  }
  if (trustMode === "report" && verifiers.length === 0) {
    return { state: "trusted", email, rule: "report-mode", proof, wouldRefuse: reason };
  }
  return { state: "refused", reason };
}

/** Whether every organization that verified a domain enforces SSO; false where nobody verified it. */
export function allEnforceSso(verifiers: readonly Organization[]): boolean {
  return verifiers.length > 0 && verifiers.every(({ enforceSso }) => enforceSso);
}

/** The address that the organization may grant something by; null where it is not proven to it, or not at all. */
export function grantingEmail(trust: AddressTrust, organizationId: OrganizationId): CanonicalEmail | null {
  if (trust.state !== "trusted" || trust.rule === "report-mode") return null;
  const { proof, email } = trust;
  return proof.to === "everyone" || proof.organizationId === organizationId ? email : null;
}

/** Whether somebody has verified the domain beside the organization who does not trust it. */
export function isSharedBy(verifiers: readonly Organization[], organizationId: OrganizationId): boolean {
  return verifiers.some(({ id, trusts }) => id !== organizationId && !trusts.includes(organizationId));
}

function proofOf(login: Login, verifiers: readonly Organization[]): Proof {
  if (login.via !== "sso") return { to: "everyone" };
  const { organizationId } = login.connection;
  return isSharedBy(verifiers, organizationId) ? { to: "organization", organizationId } : { to: "everyone" };
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
      return allEnforceSso(verifiers) ? "SSO_REQUIRED" : null;
  }
}
