import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { OrganizationQuestion, PlatformCheck, PlatformClient, PlatformClientOptions, PlatformError, PlatformIdentity, Reason, Role, ServiceReason, TokenValidator, TokenValidatorOptions, Waiting, createPlatformClient, createTokenValidator, isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs } from "./token-validator.js";
import { AdapterOptions, GuardOptions, PlatformOrganization } from "./request-guard.js";
import { Member, Organization, Page } from "./organization.js";
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
export { type AppRouter, type Authenticate, type Authenticated, type AuthenticatorOptions, type GuardOptions, type Member, type Organization, type OrganizationQuestion, type Page, type PlatformCheck, type PlatformClient, type PlatformClientOptions, type PlatformError, type PlatformIdentity, type PlatformOrganization, type Reason, type Role, type ServiceReason, type TokenSupplier, type TokenValidator, type TokenValidatorOptions, type Waiting, createPlatformClient, createTokenValidator, isOutage, isPlatformError, isRefusal, reasonOf, retryAfterMs };