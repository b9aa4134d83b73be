import { PlatformClient } from "./client.js";
type Auth = PlatformClient["auth"];
/** Whose token it is: what `auth.validate` answers. */
export type PlatformIdentity = Readonly<Awaited<ReturnType<Auth["validate"]["query"]>>>;
/** Whether the person has the role: what `auth.check` answers. */
export type PlatformCheck = Readonly<Awaited<ReturnType<Auth["check"]["query"]>>>;
/** Weakest first: `member`, `admin`, `owner`; each includes the ones before it. */
export type Role = NonNullable<PlatformCheck["role"]>;
export interface TokenValidatorOptions {
  /** Its own `token` and `tokenHeader` do not matter here: each question carries its token as `X-User-Token`. */
  readonly client: PlatformClient;
  /** How long an identity is remembered, at most 30,000 ms; 0 remembers none. */
  readonly cacheMs?: number;
  /** How long a granted membership is remembered, at most 5,000 ms; 0 remembers none. */
  readonly membershipCacheMs?: number;
  /** How many of each are remembered; the oldest go first. */
  readonly maxEntries?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}
export interface OrganizationQuestion {
  readonly organizationId: string;
  /** `member` unless said. */
  readonly role?: Role | undefined;
}
export interface Waiting {
  /** Ends this caller's wait, with its reason; whoever else waits for the same answer still gets it. */
  readonly signal?: AbortSignal | undefined;
}
/** Asks platform-api about many people's tokens and remembers what it granted; a failure or a "no" never. */
export interface TokenValidator {
  /** @throws {PlatformError} the refusal (TOKEN_INVALID whatever the string is), or the outage */
  validate(token: string, waiting?: Waiting): Promise<PlatformIdentity>;
  /** @throws {PlatformError} a refusal of the token, INPUT_INVALID for no organization's name, or the outage */
  check(token: string, question: OrganizationQuestion, waiting?: Waiting): Promise<PlatformCheck>;
}
/** @throws {RangeError} naming the option that is out of bounds */
export declare function createTokenValidator({ client, cacheMs, membershipCacheMs, maxEntries, now }: TokenValidatorOptions): TokenValidator;
export {};