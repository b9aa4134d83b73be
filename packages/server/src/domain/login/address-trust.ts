import { type CanonicalEmail, domainOf } from "../email.ts";
import {
  enforcesSso,
  type Organization,
  type OrganizationId,
  type Organizations,
  type Timed,
} from "../organization.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { type Login, loginOf } from "./login.ts";

/** Whether the address of a token is trusted on this request: by which rule and by whom, or why not. */
export type AddressTrust =
  | {
      readonly state: "trusted";
      readonly email: CanonicalEmail;
      /** `report-mode` identifies a user but grants nothing: it never consumes an invitation. */
      readonly rule: "verified-domain" | "verified-email" | "report-mode";
      readonly proof: Proof;
      /** With `report-mode`: what `enforce` would answer; null otherwise. */
      readonly wouldRefuse: AddressRefusal | null;
    }
  | { readonly state: "refused"; readonly reason: AddressRefusal }
  | { readonly state: "absent" };

/**
 * To whom a login proves its address. If several organizations have verified the domain, an SSO login proves the
 * address only to its own organization, unless all the others trust that organization.
 */
export type Proof =
  | { readonly to: "everyone" }
  | { readonly to: "organization"; readonly organizationId: OrganizationId };

export type AddressRefusal = "EMAIL_INVALID" | "EMAIL_UNVERIFIED" | "DOMAIN_NOT_ALLOWED" | "SSO_REQUIRED";

/** `report` accepts and reports logins whose domain no organization has verified yet. */
export type TrustMode = "enforce" | "report";

/** The configuration that logins are judged by. */
export interface TrustSettings {
  /** Strategies that are not SSO: `auth0`, `email`, `google-oauth2` … */
  readonly otherStrategies: ReadonlySet<string>;
  readonly trustMode: TrustMode;
}

/** A verified token, judged by the connections and domains of `organizations`. */
export interface Assessment {
  readonly login: Login;
  readonly trust: AddressTrust;
  /** The organizations that have verified the domain of the address. */
  readonly verifiers: readonly Organization[];
}

/** Judges a login: by the cache to refuse or to answer, by the store before anything is stored. */
export async function assess(
  claims: VerifiedClaims,
  organizations: Organizations,
  { otherStrategies, trustMode, now }: TrustSettings & Timed,
  signal: AbortSignal,
): Promise<Assessment> {
  const domain = "canonical" in claims.email ? domainOf(claims.email.canonical) : null;
  const [login, verifiers] = await Promise.all([
    loginOf(claims, { organizations, otherStrategies }, signal),
    domain === null ? [] : organizations.listByDomain(domain, signal),
  ]);
  return { login, verifiers, trust: judgeAddress(claims, login, { verifiers, trustMode, now }) };
}

/**
 * An SSO connection may assert only addresses of domains that its own organization has verified,
 * whatever `email_verified` says: an SSO administrator can set that for any address (nOAuth, Descope 2023), and
 * Auth0 sends `false` for Entra and ADFS. Any other login needs Auth0's own proof of the mailbox, and must
 * not bypass organizations that all enforce SSO.
 * @param verifiers the organizations that have verified the address's domain
 */
export function judgeAddress(
  claims: VerifiedClaims,
  login: Login,
  { verifiers, trustMode, now }: { verifiers: readonly Organization[]; trustMode: TrustMode } & Timed,
): AddressTrust {
  if ("absent" in claims.email) {
    return claims.email.absent === "EMAIL_MISSING"
      ? { state: "absent" }
      : { state: "refused", reason: "EMAIL_INVALID" };
  }
  const email = claims.email.canonical;
  const reason = objection(claims, login, verifiers, { now });
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

/** Whether all organizations that verified a domain enforce SSO; false if none verified it. */
export function allEnforceSso(verifiers: readonly Organization[], timed: Timed): boolean {
  return verifiers.length > 0 && verifiers.every((each) => enforcesSso(each, timed));
}

/** The address that the organization may grant a membership by; null if it is not proven to this organization. */
export function grantingEmail(trust: AddressTrust, organizationId: OrganizationId): CanonicalEmail | null {
  if (trust.state !== "trusted" || trust.rule === "report-mode") return null;
  const { proof, email } = trust;
  return proof.to === "everyone" || proof.organizationId === organizationId ? email : null;
}

/** Whether another organization that has verified the domain does not trust this one. */
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
  timed: Timed,
): Exclude<AddressRefusal, "EMAIL_INVALID"> | null {
  switch (login.via) {
    case "platform":
    case "unregistered":
      return "DOMAIN_NOT_ALLOWED";
    case "sso":
      return verifiers.some(({ id }) => id === login.connection.organizationId) ? null : "DOMAIN_NOT_ALLOWED";
    case "other":
      if (!claims.emailVerified) return "EMAIL_UNVERIFIED";
      return allEnforceSso(verifiers, timed) ? "SSO_REQUIRED" : null;
  }
}
