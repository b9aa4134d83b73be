import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { Accepted, OrganizationQuestion, PlatformCheck, PlatformClient, PlatformClientOptions, PlatformError, PlatformIdentity, PlatformPrincipal, PrincipalOf, Reason, Role, ServiceReason, TokenValidator, TokenValidatorOptions, Waiting, createPlatformClient, createTokenValidator, isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs } from "./token-validator.js";
import { GuardOptions, PlatformOrganization } from "./request-guard.js";
import { Member, Organization, Page } from "./organization.js";
/**
 * The one canonical form of an e-mail address, for discovery and tokens alike; null if it has none. ASCII
 * lower-casing only: `toUpperCase` and NFKC make different people equal (dotless i, Kelvin sign). `+` and `.` are kept,
 * because only the mail server knows whether they matter.
 */
export declare function canonicalEmail(text: string): string | null;
/** What has a name that people read in mails and before they sign in, with the most characters of the name. */
export declare const NAME_LENGTHS: {
  readonly organization: 100;
  readonly connection: 100;
  readonly person: 100;
};
type Named = keyof typeof NAME_LENGTHS;
/**
 * Whether a text may be the name: not empty nor too long, all of it visible, and nothing that looks like an address in the
 * web, because names stand in mails.
 */
export declare function isName(of: Named, text: string): boolean;
/** The canonical form of a user id in any case; null for everything else. */
export declare function canonicalUserId(value: unknown): string | null;
export { type Accepted, type AppRouter, type GuardOptions, type Member, type Named, type Organization, type OrganizationQuestion, type Page, type PlatformCheck, type PlatformClient, type PlatformClientOptions, type PlatformError, type PlatformIdentity, type PlatformOrganization, type PlatformPrincipal, type PrincipalOf, type Reason, type Role, type ServiceReason, type TokenSupplier, type TokenValidator, type TokenValidatorOptions, type Waiting, createPlatformClient, createTokenValidator, isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs };