import { AppRouter, TokenSupplier } from "./token-supplier.js";
import { TRPCClient } from "@trpc/client";
export interface PlatformClientOptions {
  /** The server's base address; `/trpc` is added. */
  readonly url: string;
  readonly token?: TokenSupplier | undefined;
  /** Browsers send `authorization` (`Bearer …`), services that forward a user's token send `x-user-token`. */
  readonly tokenHeader?: "authorization" | "x-user-token";
  /** How long one attempt may take in milliseconds, including the token supplier. The server answers within 3 s. */
  readonly timeoutMs?: number;
  /** How often a query is retried after an outage, at most 10. Mutations are never retried. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
}
export type PlatformClient = TRPCClient<AppRouter>;
/**
 * Creates the typed client of platform-api. Calls are never batched: a batch has one set of headers, and in a service
 * two concurrent calls may be for two users. One client serves all users of a service: `context.token` of a call takes
 * precedence over `token`.
 * @throws {TypeError} when `url` is not an http(s) address, or already ends with `/trpc`
 * @throws {RangeError} naming the option that is out of bounds
 */
export declare function createPlatformClient(options: PlatformClientOptions): PlatformClient;
type Auth = PlatformClient["auth"];
/** The user of a token: the result of `auth.validate`. */
export type PlatformIdentity = Readonly<Awaited<ReturnType<Auth["validate"]["query"]>>>;
/** Whether the user has the role: the result of `auth.check`. */
export type PlatformCheck = Readonly<Awaited<ReturnType<Auth["check"]["query"]>>>;
/** From weakest to strongest: `member`, `admin`, `owner`. Each includes the ones before it. */
export type Role = NonNullable<PlatformCheck["role"]>;
export interface TokenValidatorOptions {
  /** Its `token` and `tokenHeader` are not used here: each request sends the user's token in `X-User-Token`. */
  readonly client: PlatformClient;
  /** How long an identity is cached, at most 30,000 ms; 0 disables the cache. */
  readonly cacheMs?: number;
  /** How long a granted membership is cached, at most 5,000 ms; 0 disables the cache. */
  readonly membershipCacheMs?: number;
  /** How many entries each of the two caches holds. The oldest are evicted first. */
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
  /** @throws {PlatformError} a refusal of the token, INPUT_INVALID for a malformed organization id, or the outage */
  check(token: string, question: OrganizationQuestion, waiting?: Waiting): Promise<PlatformCheck>;
}
/** @throws {RangeError} naming the option that is out of bounds */
export declare function createTokenValidator({ client, cacheMs, membershipCacheMs, maxEntries, now }: TokenValidatorOptions): TokenValidator;
export {};