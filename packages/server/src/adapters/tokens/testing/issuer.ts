import type { KeyObject } from "node:crypto";
import { type BearerToken, Refusal, type Trace } from "../../../domain/index.ts";
import type { Caches } from "../../cache-use.ts";
import { usableKeys } from "../key-policy.ts";
import { createTokenVerifier, type TokenRules } from "../verifier.ts";
import { auth0Claims, compact, issuerRows, ManualClock, rs256, rsaKey, type Sign } from "./signed-token.ts";

export const KEY = rsaKey("key-1");
export const OTHER = rsaKey("key-2");
export const HEADER = { alg: "RS256", typ: "JWT", kid: KEY.kid };

/** An issuer with two published keys, and a verifier that accepts its tokens. */
export function startIssuer(maxCached = 100) {
  const clock = new ManualClock();
  const jwks: unknown[] = [KEY.jwk, OTHER.jwk];
  const current = new Map([KEY, OTHER].map(({ kid, publicKey }) => [kid, publicKey]));
  const state = { jwks, current, outage: false, lookups: 0 };
  const keys = {
    current: (kid: string): KeyObject | null => state.current.get(kid) ?? null,
    async find(kid: string) {
      state.lookups++;
      if (state.outage) throw new Refusal("KEYS_UNAVAILABLE", "jwks: no key set");
      return (await usableKeys(state.jwks)).keys.get(kid) ?? null;
    },
  };
  const rows = issuerRows(keys);
  const caches: Caches = new Map();
  const freshness = { untilMs: Number.NEGATIVE_INFINITY };
  const options = { rows, clock, clockToleranceSeconds: 30, maxCached, caches, freshness };
  const verifier = createTokenVerifier<unknown>(options);
  return {
    clock,
    state,
    freshness,
    use: caches.get("tokens"),
    now: () => clock.wallMs() / 1_000,
    sign: (header: object = {}, claims: object = {}, signer: Sign = rs256(KEY)) =>
      compact({ ...HEADER, ...header }, auth0Claims(claims), signer),
    /** Any claims, with a valid signature. */
    sealed: (claims: object | string) => compact(HEADER, claims, rs256(KEY)),
    recall: verifier.recall,
    remember: verifier.remember,
    verify: (token: BearerToken) => verifier.verify(token, new AbortController().signal),
    verifyAfresh: (token: BearerToken, trace: Trace<TokenRules>) =>
      verifier.verifyAfresh(token, new AbortController().signal, trace),
  };
}
