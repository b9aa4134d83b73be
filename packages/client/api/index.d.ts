import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { OrganizationQuestion, PlatformCheck, PlatformClient, PlatformClientOptions, PlatformError, PlatformIdentity, Reason, Role, ServiceReason, TokenValidator, TokenValidatorOptions, Waiting, createPlatformClient, createTokenValidator, isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs } from "./token-validator.js";
import { AdapterOptions, GuardOptions, PlatformOrganization } from "./request-guard.js";
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
};
type Named = keyof typeof NAME_LENGTHS;
/**
 * Whether a text may be the name: not empty nor too long, all of it visible, and nothing that looks like an address in the
 * web, because names stand in mails.
 */
export declare function isName(of: Named, text: string): boolean;
/** The canonical form of a user id in any case; null for everything else. */
export declare function canonicalUserId(value: unknown): string | null;
type AuthenticatorOptions = AdapterOptions<Request>;
/** The user who sent a request, and the check of their organization. */
interface Authenticated {
  readonly identity: PlatformIdentity;
  /**
   * Resolves with the organization that the request names in `X-Organization-Id`, or else with the token's own, if the
   * user has the role there (default `member`). Otherwise it resolves with the response to send instead.
   */
  requireOrganization(role?: Role): Promise<PlatformOrganization | Response>;
}
/** @throws the reason of `request.signal` when it has aborted */
type Authenticate = (request: Request) => Promise<Authenticated | Response>;
/**
 * Authenticates web-standard requests (Next.js, workers): resolves with the user, or with the response to send
 * instead. Create it once: it caches what was granted.
 */
export declare function createAuthenticator(options: AuthenticatorOptions): Authenticate;
export { type AppRouter, type Authenticate, type Authenticated, type AuthenticatorOptions, type GuardOptions, type Member, type Named, type Organization, type OrganizationQuestion, type Page, type PlatformCheck, type PlatformClient, type PlatformClientOptions, type PlatformError, type PlatformIdentity, type PlatformOrganization, type Reason, type Role, type ServiceReason, type TokenSupplier, type TokenValidator, type TokenValidatorOptions, type Waiting, createPlatformClient, createTokenValidator, isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs };