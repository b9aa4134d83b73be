import { AppRouter, PlatformClient, PlatformClientOptions, TokenSupplier, createPlatformClient } from "./client.js";
import { Reason } from "./refusal.js";
import { GuardOptions, PlatformOrganization } from "./request-guard.js";
import { OrganizationQuestion, PlatformCheck, PlatformIdentity, Role, TokenValidator, TokenValidatorOptions, Waiting, createTokenValidator } from "./token-validator.js";
import { TRPCClientError } from "@trpc/client";
/**
 * What a call of the client rejects with: `error.data.reason` says why, `error.data` is absent without an answer. What
 * to do about a reason: its section in `dist/reasons.md` of this package.
 */
type PlatformError = TRPCClientError<AppRouter>;
/**
 * The one word of a service that forwards reasons; the last is its own, for when platform-api gives no answer. What
 * happened and who can mend it: a section for each in `dist/reasons.md` of this package.
 */
type ServiceReason = Reason | "PLATFORM_UNAVAILABLE";
/** Whether a call of this package's client ended with it, or the validator did; not the error of another tRPC client. */
export declare function isPlatformError(error: unknown): error is PlatformError;
/**
 * The server's reason, or null where the server gave none: unreachable, timed out, aborted, or no error of ours. What
 * to do about it: its section in `dist/reasons.md` of this package.
 */
export declare function reasonOf(error: unknown): Reason | null;
/**
 * Whether platform-api has said no, with a reason: the same call gets the same answer. RATE_LIMITED is no refusal
 * (it says nothing of the token) and no outage (the server is well): ask again after {@link retryAfterMs}. Nor is a
 * 429 of a proxy, which has no reason.
 */
export declare function isRefusal(error: unknown): boolean;
/**
 * Whether platform-api could not say: it answered 5xx, or there was no answer of its own (unreachable, too slow, not
 * JSON, a redirect, another server's error). Never report it as a bad token. An aborted call is no outage, nor is one
 * whose token could not be had.
 */
export declare function isOutage(error: unknown): boolean;
/**
 * How long the server, or a proxy in its place, asked to wait (`Retry-After`, in seconds or as a date), in
 * milliseconds; null if it did not.
 */
export declare function retryAfterMs(error: unknown): number | null;
type AuthenticatorOptions = GuardOptions & {
  /** Where a request names its organization, in place of `X-Organization-Id`; nothing is the token's own. */
  readonly organizationOf?: (request: Request) => string | null | undefined;
};
/** Who asks, and the way to ask what for. */
interface Authenticated {
  readonly identity: PlatformIdentity;
  /**
   * The organization that the request names in `X-Organization-Id`, or else the token's own, if the person has the
   * role there, `member` unless said; or the response that says why not.
   */
  requireOrganization(role?: Role): Promise<PlatformOrganization | Response>;
}
/** @throws the reason of `request.signal`, once the caller has gone */
type Authenticate = (request: Request) => Promise<Authenticated | Response>;
/**
 * Tells who sent a web-standard request (Hono, Next.js, workers), or the response to give instead. Make it once: it
 * remembers what was granted.
 */
export declare function createAuthenticator(options: AuthenticatorOptions): Authenticate;
export { type AppRouter, type Authenticate, type Authenticated, type AuthenticatorOptions, type GuardOptions, type OrganizationQuestion, type PlatformCheck, type PlatformClient, type PlatformClientOptions, type PlatformError, type PlatformIdentity, type PlatformOrganization, type Reason, type Role, type ServiceReason, type TokenSupplier, type TokenValidator, type TokenValidatorOptions, type Waiting, createPlatformClient, createTokenValidator };