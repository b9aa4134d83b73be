import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { Reason } from "./reasons.js";
import { GuardOptions, PlatformOrganization } from "./request-guard.js";
import { OrganizationQuestion, PlatformCheck, PlatformClient, PlatformClientOptions, PlatformIdentity, Role, TokenValidator, TokenValidatorOptions, Waiting, createPlatformClient, createTokenValidator } from "./token-validator.js";
import { TRPCClientError } from "@trpc/client";
/**
 * The error that a client's call rejects with. `error.data.reason` says why; without a response there is no `error.data`.
 * `dist/reasons.md` of this package has a section for each reason and says what to do about it.
 */
type PlatformError = TRPCClientError<AppRouter>;
/**
 * The reason in the answer of a service that forwards platform-api's reasons. PLATFORM_UNAVAILABLE is its own, for when
 * platform-api does not answer. `dist/reasons.md` of this package has a section for each: what happened, who can fix it.
 */
type ServiceReason = Reason | "PLATFORM_UNAVAILABLE";
/** Whether the error comes from this package's client or token validator, and not from another tRPC client. */
export declare function isPlatformError(error: unknown): error is PlatformError;
/**
 * The reason that the server sent; null if it sent none (unreachable, timed out, aborted), or if the error does not come
 * from this package. `dist/reasons.md` of this package has a section for each reason and says what to do about it.
 */
export declare function reasonOf(error: unknown): Reason | null;
/**
 * Whether platform-api refused the call with a reason; the same call would get the same answer. RATE_LIMITED is neither a
 * refusal (it says nothing about the token) nor an outage (the server is healthy): retry after {@link retryAfterMs}. The
 * same applies to a proxy's 429, which has no reason.
 */
export declare function isRefusal(error: unknown): boolean;
/**
 * Whether platform-api could not decide: it answered 5xx, or the answer is not its own (unreachable, too slow, not JSON,
 * a redirect, another server's error). Never report an outage as a bad token. An aborted call is not an outage, and
 * neither is a call whose token supplier failed.
 */
export declare function isOutage(error: unknown): boolean;
/**
 * How long to wait according to `Retry-After` (seconds or a date) of the server or a proxy, in milliseconds; null
 * without that header.
 */
export declare function retryAfterMs(error: unknown): number | null;
type AuthenticatorOptions = GuardOptions & {
  /** Returns the organization of a request, instead of `X-Organization-Id`; null or undefined for the token's own. */
  readonly organizationOf?: (request: Request) => string | null | undefined;
};
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
 * Authenticates web-standard requests (Hono, Next.js, workers): resolves with the user, or with the response to send
 * instead. Create it once: it caches what was granted.
 */
export declare function createAuthenticator(options: AuthenticatorOptions): Authenticate;
export { type AppRouter, type Authenticate, type Authenticated, type AuthenticatorOptions, type GuardOptions, type OrganizationQuestion, type PlatformCheck, type PlatformClient, type PlatformClientOptions, type PlatformError, type PlatformIdentity, type PlatformOrganization, type Reason, type Role, type ServiceReason, type TokenSupplier, type TokenValidator, type TokenValidatorOptions, type Waiting, createPlatformClient, createTokenValidator };