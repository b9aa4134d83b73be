import type { KeyObject } from "node:crypto";
import type { BearerToken } from "../../domain/bearer-token.ts";
import type { TokenVerifier, VerifiedClaims } from "../../domain/claims.ts";
import { Refusal } from "../../domain/refusal.ts";
import type { Clock } from "../clock.ts";
import { checkTimes, readClaims, readTimes, type TimePolicy } from "./claims-policy.ts";
import { parseCompactToken } from "./compact-token.ts";
import { checkHeader, keyIdOf } from "./header-policy.ts";
import { type IssuerRow, issuerTable, rowOf } from "./issuers.ts";
import { signatureHolds } from "./signature.ts";
import { createVerificationCache } from "./verification-cache.ts";

export interface TokenVerifierOptions {
  readonly rows: readonly IssuerRow[];
  readonly clock: Clock;
  readonly clockToleranceSeconds: number;
  /** How many verifications are remembered, at least 1. */
  readonly maxCached: number;
}

/**
 * Cheap rules first, then the key, the signature, and only then what the claims say: until the signature holds,
 * `iss` picks a row and nothing else of the claims is looked at.
 * @throws {TypeError} on rows that contradict each other
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { rows, clock, clockToleranceSeconds, maxCached } = options;
  const table = issuerTable(rows);
  const cache = createVerificationCache(maxCached);

  const timePolicy = ({ maxLifetimeSeconds }: IssuerRow): TimePolicy => ({
    nowSeconds: clock.wallMs() / 1_000,
    clockToleranceSeconds,
    maxLifetimeSeconds,
  });

  async function verifyAfresh(token: BearerToken, signal: AbortSignal): Promise<VerifiedClaims> {
    const parsed = parseCompactToken(token);
    const row = rowOf(table, parsed.claims);
    checkHeader(parsed.header, row);
    const kid = row.alg === "RS256" ? keyIdOf(parsed.header) : null;
    const key = await currentKey(row, kid, signal);
    if (!signatureHolds(row.alg, key, parsed)) throw new Refusal("TOKEN_INVALID", "signature: does not hold");
    const claims = readClaims(parsed.claims, row, timePolicy(row));
    cache.set(token, { row, kid, key, times: readTimes(parsed.claims), claims });
    return claims;
  }

  return {
    async verify(token, signal) {
      const known = cache.get(token);
      if (known === undefined) return verifyAfresh(token, signal);
      const key = await currentKey(known.row, known.kid, signal);
      if (!known.key.equals(key)) return verifyAfresh(token, signal);
      checkTimes(known.times, timePolicy(known.row));
      return known.claims;
    },
  };
}

async function currentKey(row: IssuerRow, kid: string | null, signal: AbortSignal): Promise<KeyObject> {
  const key = row.alg === "HS256" ? row.secret : kid === null ? null : await row.keys.find(kid, signal);
  if (key === null) throw new Refusal("TOKEN_INVALID", "kid: not in the issuer's key set");
  return key;
}
