import type { RateLimiterMemory } from "rate-limiter-flexible";
import { once } from "../once.ts";
import { Sieve, type Sieved } from "./sieve.ts";

export interface RateLimiterOptions {
  /** How many calls a key may make in a minute, which begins with its first call. 0 turns the limit off. */
  readonly perMinute: number;
  /** How many keys are counted, at least 1. */
  readonly maxKeys: number;
  /** Called for each call beyond the limit. */
  readonly onLimited: () => void;
}

/**
 * Limits calls by key, in the memory of this process.
 * @returns counts one call: the seconds until the key may call again; null if the call is within the limit
 */
export function createRateLimiter({ perMinute, maxKeys, onLimited }: RateLimiterOptions) {
  const limiter = once(() => createLimiter(perMinute));
  const keys = new Sieve<CountedKey>(
    maxKeys,
    ({ key }) => void limiter().then((counted) => counted.delete(key)),
  );

  return async (key: string): Promise<number | null> => {
    if (perMinute === 0) return null;
    const counted = await limiter();
    if (keys.get(key) === undefined) keys.set(key, { key, isUsed: false });
    const { consumedPoints, msBeforeNext } = await counted.penalty(key); // `consume` would throw at the limit
    if (consumedPoints <= perMinute) return null;
    onLimited();
    return Math.max(1, Math.ceil(msBeforeNext / 1_000));
  };
}

interface CountedKey extends Sieved {
  readonly key: string;
}

/** Loaded by the first call, because a server starts sooner without it. */
async function createLimiter(perMinute: number): Promise<RateLimiterMemory> {
  const { RateLimiterMemory } = await import("rate-limiter-flexible");
  return new RateLimiterMemory({ points: perMinute, duration: 60 });
}
