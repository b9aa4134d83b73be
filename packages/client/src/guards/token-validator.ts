import { isRole } from "@platform-api/server/wire";
import type { PlatformClient } from "../client.ts";
import { assertWithin, isOrganizationIdInput } from "../options.ts";
import { localRefusal, type PlatformError, platformError } from "../platform-error.ts";
import { hasTokenLength, sendableToken, tokenInvalid } from "../sendable-token.ts";
import { waitFor } from "../waiting.ts";
import { AnswerCache } from "./answer-cache.ts";
import { isUsableUser, type PlatformPrincipal, usablePrincipal } from "./principal.ts";
import { tokenDigest } from "./token-digest.ts";

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

/** With the server's own caches (5 s at most) this bounds how long a blocked user or removed member can still get in. */
const MAX_CACHE_MS = 5_000;

/** @throws {RangeError} naming the option that is out of bounds */
export function createTokenValidator({
  client,
  cacheMs = MAX_CACHE_MS,
  membershipCacheMs = MAX_CACHE_MS,
  maxEntries = 10_000,
  now = Date.now,
}: TokenValidatorOptions): TokenValidator {
  assertWithin("createTokenValidator: cacheMs", cacheMs, [0, MAX_CACHE_MS]);
  assertWithin("createTokenValidator: membershipCacheMs", membershipCacheMs, [0, MAX_CACHE_MS]);
  assertWithin("createTokenValidator: maxEntries", maxEntries, [1, 10_000_000]);
  const kept = (maxAgeMs: number) => ({ maxAgeMs, maxJoinMs: MAX_CACHE_MS, maxEntries, now });
  const identities = new AnswerCache<PlatformIdentity>(kept(cacheMs));
  const principals = new AnswerCache<PlatformPrincipal>(kept(cacheMs));
  const checks = new AnswerCache<PlatformCheck>(kept(membershipCacheMs));

  async function requestIdentity(key: string, token: string): Promise<PlatformIdentity> {
    const context = callContext(token);
    return identities.request(
      key,
      async () => usableIdentity(await client.auth.validate.query(undefined, { context })),
      expiryMs,
    );
  }

  /** The answer does not say when the token expires, so it is kept for `cacheMs` alone. */
  async function requestPrincipal(key: string, token: string): Promise<PlatformPrincipal> {
    const context = callContext(token);
    return principals.request(
      key,
      async () => principalIn(await client.auth.principal.query(undefined, { context })),
      () => Number.POSITIVE_INFINITY,
    );
  }

  async function requestCheck(
    key: string,
    token: string,
    { organizationId, role = "member" }: OrganizationQuestion,
  ) {
    if (!isOrganizationIdInput(organizationId)) {
      throw localRefusal("INPUT_INVALID", "organizationId: 1 to 256 characters");
    }
    // Only the identity says until when a grant is valid. It is cached, so it rarely costs a request.
    const identity = identities.find(key) ?? (await requestIdentity(key, token));
    const checkKey = `${key} ${role} ${organizationId}`;
    const found = checks.find(checkKey);
    if (found !== undefined) return found;
    const context = callContext(token);
    return checks.request(
      checkKey,
      async () => usableCheck(await client.auth.check.query({ organizationId, role }, { context })),
      ({ allowed }) => (allowed ? expiryMs(identity) : 0),
    );
  }

  /** What is cached, or else what is requested. */
  function known<T>(cache: AnswerCache<T>, request: (key: string, token: string) => Promise<T>) {
    return (token: string, waiting?: Waiting) =>
      keyed(token, waiting?.signal, (key) => {
        const found = cache.find(key);
        return found !== undefined ? Promise.resolve(found) : waitFor(request(key, token), waiting?.signal);
      });
  }

  return {
    validate: known(identities, requestIdentity),
    principal: known(principals, requestPrincipal),
    check: (token, question, waiting) =>
      keyed(token, waiting?.signal, (key) => waitFor(requestCheck(key, token, question), waiting?.signal)),
  };
}

/** Uses the cache before it checks the token: a token that cannot be sent is never cached, and is refused on request. */
function keyed<T>(
  token: unknown,
  signal: AbortSignal | undefined,
  use: (key: string) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  if (!hasTokenLength(token)) return Promise.reject(tokenInvalid());
  const digest = tokenDigest(token);
  if (typeof digest === "string") return use(digest);
  return digest.then((key) => {
    if (signal?.aborted) throw signal.reason;
    return use(key);
  });
}

function callContext(token: string) {
  return { token: sendableToken(token), tokenHeader: "x-user-token" };
}

/**
 * Frozen because callers share it. A response that has no valid user id, or does not say whether the user's own token was
 * sent, is treated as an outage.
 */
function usableIdentity(identity: PlatformIdentity | null | undefined): PlatformIdentity {
  if (!identity || !isUsableUser(identity) || Number.isNaN(expiryMs(identity)))
    throw unusable("auth.validate");
  Object.freeze(identity.actor);
  return Object.freeze(identity);
}

function principalIn(found: PlatformPrincipal | null | undefined): PlatformPrincipal {
  const principal = usablePrincipal(found);
  if (principal === null) throw unusable("auth.principal");
  return principal;
}

function usableCheck(check: PlatformCheck | null | undefined): PlatformCheck {
  if (typeof check?.allowed !== "boolean" || (check.role !== null && !isRole(check.role))) {
    throw unusable("auth.check");
  }
  return Object.freeze(check);
}

function unusable(procedure: string): PlatformError {
  return platformError(new Error(`${procedure}: unexpected response`));
}

function expiryMs({ expiresAt }: PlatformIdentity): number {
  return Date.parse(expiresAt);
}
