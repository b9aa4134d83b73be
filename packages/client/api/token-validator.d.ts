import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { TRPCClient, TRPCClientError } from "./trpc.js";
/**
 * Every reason for refusing a request: the same word in the domain, in `error.data.reason` and in the SDK. Each has a
 * section in `docs/reasons.md`.
 */
declare const REASONS: readonly ["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_REVOKED", "CREDENTIALS_CONFLICT", "USER_TOKEN_REQUIRED", "CLIENT_NOT_ALLOWED", "DELEGATION_NOT_ALLOWED", "EMAIL_MISSING", "EMAIL_INVALID", "EMAIL_UNVERIFIED", "DOMAIN_NOT_ALLOWED", "SSO_REQUIRED", "IDENTITY_CONFLICT", "IDENTITY_BLOCKED", "NOT_A_MEMBER", "MEMBERSHIP_REMOVED", "ROLE_REQUIRED", "NOT_JOINABLE", "LAST_OWNER", "CONFLICT", "NOT_READY", "LIMIT_REACHED", "INPUT_INVALID", "NOT_FOUND", "TOO_LARGE", "RATE_LIMITED", "KEYS_UNAVAILABLE", "DIRECTORY_UNAVAILABLE", "AUTH0_UNAVAILABLE", "STORE_UNAVAILABLE", "OVERLOADED", "DRAINING", "INTERNAL"];
export type Reason = (typeof REASONS)[number];
/** @ts-ignore: unknown without @trpc/client in the app */
type InstalledClient = import("@trpc/client").TRPCClient<AppRouter>;
/** @ts-ignore: unknown without @trpc/client in the app */
type InstalledError = import("@trpc/client").TRPCClientError<AppRouter>;
/**
 * The type of the app's own tRPC, which its other tRPC packages accept, or ours if the app has no tRPC. An unknown type
 * has every key; a comparison with `any` would make the result unknown, too.
 */
type IfInstalled<Installed, Own> = string extends keyof Installed ? Own : Installed;
/**
 * The error that a client's call rejects with. `error.data.reason` says why; without a response there is no `error.data`.
 * `dist/reasons.md` of this package has a section for each reason and says what to do about it.
 */
export type PlatformError = IfInstalled<InstalledError, TRPCClientError<AppRouter>>;
/**
 * The reason in the answer of a service that forwards platform-api's reasons. PLATFORM_UNAVAILABLE is its own, for when
 * platform-api does not answer. `dist/reasons.md` of this package has a section for each: what happened, who can fix it.
 */
export type ServiceReason = Reason | "PLATFORM_UNAVAILABLE";
/** A class that is a kind of `Error`. */
interface ErrorClass {
  readonly prototype: Error;
}
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
export interface PlatformClientOptions {
  /** The server's base address; `/trpc` is added. */
  readonly url: string;
  readonly token?: TokenSupplier | undefined;
  /** Browsers send `authorization` (`Bearer …`), services that forward a user's token send `x-user-token`. */
  readonly tokenHeader?: "authorization" | "x-user-token";
  /** How long one attempt may take in milliseconds, including the token supplier. The server answers within 3 s. */
  readonly timeoutMs?: number;
  /** How often a query is retried after an outage, at most 10. Mutations and OVERLOADED are never retried. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
  /** Your own tRPC's `TRPCClientError`: every error of this package is then an instance of it, too. */
  readonly errorClass?: ErrorClass;
}
export type PlatformClient = IfInstalled<InstalledClient, TRPCClient<AppRouter>>;
/**
 * Creates the typed client of platform-api. Calls are never batched: a batch has one set of headers, and in a service
 * two concurrent calls may be for two users. One client serves all users of a service: `context.token` of a call takes
 * precedence over `token`.
 * @throws {TypeError} when `url` is not an http(s) address, or already ends with `/trpc`
 * @throws {RangeError} naming the option that is out of bounds
 */
export declare function createPlatformClient(options: PlatformClientOptions): PlatformClient;
/** Whose token it is: the result of `auth.principal`. Only a user has a `userId`: ask for the `kind` first. */
export type PlatformPrincipal = Readonly<Awaited<ReturnType<PlatformClient["auth"]["principal"]["query"]>>>;
/** Whose tokens a guard accepts. */
export type Accepted = PlatformPrincipal["kind"];
/** Who it can be where a guard accepts these. */
export type PrincipalOf<A extends Accepted> = Extract<PlatformPrincipal, {
  readonly kind: A;
}>;
type Auth = PlatformClient["auth"];
/**
 * The user of a token: the result of `auth.validate`. Its `actor` is who acts for the user with a delegated token, for
 * example an agent or support staff; null for the user's own token. `clientId` is the application of the token.
 */
export type PlatformIdentity = Readonly<Awaited<ReturnType<Auth["validate"]["query"]>>>;
/** Whether the user has the role: the result of `auth.check`. */
export type PlatformCheck = Readonly<Awaited<ReturnType<Auth["check"]["query"]>>>;
/** From weakest to strongest: `member`, `admin`, `owner`. Each includes the ones before it. */
export type Role = NonNullable<PlatformCheck["role"]>;
export interface TokenValidatorOptions {
  /** Its `token` and `tokenHeader` are not used here: each request sends the user's token in `X-User-Token`. */
  readonly client: PlatformClient;
  /** How long an identity or a principal is cached, at most 5,000 ms; 0 disables both caches. */
  readonly cacheMs?: number;
  /** How long a granted membership is cached, at most 5,000 ms; 0 disables the cache. */
  readonly membershipCacheMs?: number;
  /** How many entries each of the three caches holds. The oldest are evicted first. */
  readonly maxEntries?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}
export interface OrganizationQuestion {
  readonly organizationId: string;
  /** Default: `member`. */
  readonly role?: Role | undefined;
}
export interface Waiting {
  /** Ends this caller's wait with the signal's reason. Other callers that wait for the same answer still get it. */
  readonly signal?: AbortSignal | undefined;
}
/** Validates the tokens of many users with platform-api and caches what it granted, never a failure or a refusal. */
export interface TokenValidator {
  /** @throws {PlatformError} the refusal (TOKEN_INVALID for any string that is not a token), or the outage */
  validate(token: string, waiting?: Waiting): Promise<PlatformIdentity>;
  /**
   * Whose token it is, where services may call as well.
   * @throws {PlatformError} the refusal (CLIENT_NOT_ALLOWED for a machine that is not listed), or the outage
   */
  principal(token: string, waiting?: Waiting): Promise<PlatformPrincipal>;
  /** @throws {PlatformError} a refusal of the token, INPUT_INVALID for a malformed organization id, or the outage */
  check(token: string, question: OrganizationQuestion, waiting?: Waiting): Promise<PlatformCheck>;
}
/** @throws {RangeError} naming the option that is out of bounds */
export declare function createTokenValidator({ client, cacheMs, membershipCacheMs, maxEntries, now }: TokenValidatorOptions): TokenValidator;
export {};