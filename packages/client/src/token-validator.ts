import { AnswerCache } from "./answer-cache.ts";
import type { PlatformClient } from "./client.ts";
import { assertWithin } from "./option-bounds.ts";
import { isOrganizationName } from "./organization-name.ts";
import { localRefusal, type PlatformError, platformError } from "./platform-error.ts";
import { hasTokenLength, sendableToken, tokenInvalid } from "./sendable-token.ts";
import { tokenDigest } from "./token-digest.ts";

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

/** With the server's own 60 s and 5 s: what a removed member or a blocked user may still pass for. */
const MAX_CACHE_MS = 30_000;
const MAX_MEMBERSHIP_CACHE_MS = 5_000;

/** @throws {RangeError} naming the option that is out of bounds */
export function createTokenValidator({
  client,
  cacheMs = MAX_CACHE_MS,
  membershipCacheMs = MAX_MEMBERSHIP_CACHE_MS,
  maxEntries = 10_000,
  now = Date.now,
}: TokenValidatorOptions): TokenValidator {
  assertWithin("createTokenValidator: cacheMs", cacheMs, [0, MAX_CACHE_MS]);
  assertWithin("createTokenValidator: membershipCacheMs", membershipCacheMs, [0, MAX_MEMBERSHIP_CACHE_MS]);
  assertWithin("createTokenValidator: maxEntries", maxEntries, [1, 10_000_000]);
  const identities = new AnswerCache<PlatformIdentity>({
    maxAgeMs: cacheMs,
    maxJoinMs: MAX_CACHE_MS,
    maxEntries,
    now,
  });
  const checks = new AnswerCache<PlatformCheck>({
    maxAgeMs: membershipCacheMs,
    maxJoinMs: MAX_MEMBERSHIP_CACHE_MS,
    maxEntries,
    now,
  });

  async function ask(key: string, token: string): Promise<PlatformIdentity> {
    const context = callContext(token);
    return identities.ask(
      key,
      async () => usableIdentity(await client.auth.validate.query(undefined, { context })),
      expiryMs,
    );
  }

  async function askCheck(
    key: string,
    token: string,
    { organizationId, role = "member" }: OrganizationQuestion,
  ) {
    if (!isOrganizationName(organizationId)) {
      throw localRefusal("INPUT_INVALID", "organizationId: 1 to 256 characters");
    }
    // Nothing else says until when a "yes" is good; a token seen in the last half minute costs no question.
    const identity = identities.find(key) ?? (await ask(key, token));
    const checkKey = `${key} ${role} ${organizationId}`;
    const kept = checks.find(checkKey);
    if (kept !== undefined) return kept;
    const context = callContext(token);
    return checks.ask(
      checkKey,
      async () => usableCheck(await client.auth.check.query({ organizationId, role }, { context })),
      ({ allowed }) => (allowed ? expiryMs(identity) : 0),
    );
  }

  return {
    validate: (token, waiting) =>
      keyed(token, waiting?.signal, (key) => {
        const kept = identities.find(key);
        return kept !== undefined ? Promise.resolve(kept) : waitFor(ask(key, token), waiting?.signal);
      }),
    check: (token, question, waiting) =>
      keyed(token, waiting?.signal, (key) => waitFor(askCheck(key, token, question), waiting?.signal)),
  };
}

/** Looks before it judges: what cannot be sent was never answered, so it is not found, and is refused when asked. */
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
    signal?.throwIfAborted();
    return use(key);
  });
}

function callContext(token: string) {
  return { token: sendableToken(token), tokenHeader: "x-user-token" };
}

/** Ends the wait, not the work. */
function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

const ROLES: ReadonlySet<unknown> = new Set<PlatformCheck["role"]>(["member", "admin", "owner", null]);
const USER_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Frozen, because all who ask get the same object. An answer that names nobody is none: not a user, an outage. */
function usableIdentity(identity: PlatformIdentity | null | undefined): PlatformIdentity {
  if (!identity || !USER_ID.test(identity.userId) || Number.isNaN(expiryMs(identity))) {
    throw unusable("auth.validate");
  }
  const { organizationId }: { organizationId: unknown } = identity;
  if (organizationId !== null && typeof organizationId !== "string") throw unusable("auth.validate");
  return Object.freeze(identity);
}

function usableCheck(check: PlatformCheck | null | undefined): PlatformCheck {
  if (typeof check?.allowed !== "boolean" || !ROLES.has(check.role)) throw unusable("auth.check");
  return Object.freeze(check);
}

function unusable(procedure: string): PlatformError {
  return platformError(new Error(`${procedure}: the answer is none that platform-api gives`));
}

function expiryMs({ expiresAt }: PlatformIdentity): number {
  return Date.parse(expiresAt);
}
