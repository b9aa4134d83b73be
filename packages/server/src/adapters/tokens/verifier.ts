import { hash, type KeyObject } from "node:crypto";
import {
  type BearerToken,
  type Freshness,
  noTrace,
  type TokenVerifier,
  type Trace,
  type VerifiedClaims,
} from "../../domain/index.ts";
import type { Caches } from "../cache-use.ts";
import type { Clock } from "../clock.ts";
import { Remembered } from "../remembered.ts";
import { Sieve, type Sieved } from "../sieve.ts";
import {
  type ClaimsRules,
  checkTimes,
  isWithin,
  readClaims,
  readTimes,
  type TimePolicy,
  type TokenTimes,
} from "./claims-policy.ts";
import { type IssuerRow, issuerTable } from "./issuers.ts";
import { currentKey, type OpeningRules, openToken } from "./open-token.ts";

export interface TokenVerifierOptions {
  readonly rows: readonly IssuerRow[];
  readonly clock: Clock;
  readonly clockToleranceSeconds: number;
  /** How many verifications are cached, at least 1. */
  readonly maxCached: number;
  readonly caches?: Caches;
  /** Of what users were made of; without it this process is not notified of changes. */
  readonly freshness?: Freshness;
}

/** The rules in the order in which they are checked, each with its input. */
export interface TokenRules extends OpeningRules, ClaimsRules {}

/** A verified token and the key that verified it. It counts only while the key is in the current set. */
interface Verification<Known> extends Sieved, TokenTimes {
  readonly row: IssuerRow;
  readonly kid: string | null;
  key: KeyObject;
  readonly claims: VerifiedClaims;
  /** What is known of its user. */
  known: Remembered<Known> | null;
}

export interface TracedTokenVerifier<Known = unknown> extends TokenVerifier<Known> {
  /** Like `verify`, but checks every rule even if the token is in the cache. */
  verifyAfresh(token: BearerToken, signal: AbortSignal, trace: Trace<TokenRules>): Promise<VerifiedClaims>;
}

/**
 * Checks the claims of a token only after it was opened.
 * @throws {TypeError} when rows contradict each other
 */
export function createTokenVerifier<Known>(options: TokenVerifierOptions): TracedTokenVerifier<Known> {
  const { rows, clock, clockToleranceSeconds, maxCached } = options;
  const { freshness = { untilMs: Number.NEGATIVE_INFINITY } } = options;
  const table = issuerTable(rows);
  const cache = new Sieve<Verification<Known>>(maxCached);
  options.caches?.set("tokens", cache);

  const timePolicy = ({ maxLifetimeSeconds }: IssuerRow): TimePolicy => ({
    nowSeconds: clock.wallMs() / 1_000,
    clockToleranceSeconds,
    maxLifetimeSeconds,
  });

  async function verifyAfresh(
    token: BearerToken,
    signal: AbortSignal,
    trace: Trace<TokenRules> = noTrace,
  ): Promise<VerifiedClaims> {
    const { claims: unverified, row, kid, key } = await openToken(token, table, signal, trace);
    const claims = readClaims({ claims: unverified, row, policy: timePolicy(row) }, trace);
    const { exp, iat, nbf } = readTimes(unverified);
    cache.set(digest(token), { row, kid, key, exp, iat, nbf, claims, isUsed: false, known: null });
    return claims;
  }

  return {
    verifyAfresh,
    async verify(token, signal) {
      const known = cache.get(digest(token));
      const key = known && (await currentKey(known.row, known.kid, signal));
      if (known === undefined || !key?.equals(known.key)) {
        cache.misses += 1;
        return verifyAfresh(token, signal);
      }
      cache.hits += 1;
      checkTimes(known, timePolicy(known.row));
      return known.claims;
    },
    recall(token) {
      const verified = cache.get(digest(token));
      if (!verified?.known?.isCurrent(clock.monotonicMs())) return null;
      if (!isCurrent(verified, clock, clockToleranceSeconds)) return null;
      cache.hits += 1; // a miss is counted by `verify`, which follows it
      keepDigest();
      return verified.known.value;
    },
    remember(token, known, reads) {
      const verified = cache.peek(digest(token));
      if (verified === undefined || reads.length === 0) return; // nothing would ever end it
      verified.known = new Remembered(known, reads, freshness);
    },
  };
}

/** Whether the token would pass again, now and without waiting. */
function isCurrent(verified: Verification<unknown>, clock: Clock, clockToleranceSeconds: number): boolean {
  const { row, kid } = verified;
  if (!isWithin(verified, { nowSeconds: clock.wallMs() / 1_000, clockToleranceSeconds })) return false;
  const key = row.alg === "HS256" ? row.secret : row.keys.current(kid ?? "");
  if (key === null) return false;
  if (key !== verified.key) {
    if (!verified.key.equals(key)) return false;
    verified.key = key; // the same key in a newer set
  }
  return true;
}

interface Digested {
  readonly token: string;
  readonly digest: string;
}

let latest: Digested = { token: "", digest: "" };

/** Of tokens that were found: each in the place that the end of its signature says, until another takes it. */
const found = new Array<Digested | null>(8_192).fill(null);
const MAX_FOUND_LENGTH = 4_096;

/**
 * Covers the whole token: a prefix or a short hash could give one person another's claims (CVE-2026-35030). A request
 * asks for it up to four times, mostly in a row, and SHA-256 takes more time than the rest of an answer from memory.
 */
function digest(token: BearerToken): string {
  if (latest.token !== token) {
    const known = found[placeOf(token)];
    latest = known?.token === token ? known : { token, digest: hash("sha256", token, "base64") };
  }
  return latest.digest;
}

/** Keeps the digest of the latest token, which was found by it. A flood of new tokens takes no places. */
function keepDigest(): void {
  const place = placeOf(latest.token);
  if (found[place] !== latest && latest.token.length <= MAX_FOUND_LENGTH) found[place] = latest;
}

/** Any spread will do. The last character of a signature is left out, because it holds few bits. */
function placeOf(token: string): number {
  let spread = 0;
  for (let fromEnd = 2; fromEnd <= 5; fromEnd++)
    spread = spread * 31 + token.charCodeAt(token.length - fromEnd);
  return spread & (found.length - 1);
}
