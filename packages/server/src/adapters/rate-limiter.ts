import type { Clock } from "./clock.ts";
import { Sieve, type Sieved } from "./sieve.ts";

const WINDOW_MS = 60_000;

export interface RateLimiterOptions {
  /** How many calls a key may make in a minute, which begins with its first call. 0 turns the limit off. */
  readonly perMinute: number;
  /** How many keys are counted, at least 1. */
  readonly maxKeys: number;
  readonly clock: Clock;
  /** Called for each call beyond the limit. */
  readonly onLimited: () => void;
}

/** The calls of a key in its minute. */
interface Window extends Sieved {
  calls: number;
  readonly endsMs: number;
}

/**
 * Limits calls by key, in the memory of this process.
 * @returns counts a call, once or so many times: the seconds until the key may call again; null if the call is within the limit
 */
export function createRateLimiter({ perMinute, maxKeys, clock, onLimited }: RateLimiterOptions) {
  const windows = new Sieve<Window>(maxKeys);
  return (key: string, times = 1): number | null => {
    if (perMinute === 0) return null;
    const nowMs = clock.monotonicMs();
    let window = windows.get(key);
    if (window === undefined || window.endsMs <= nowMs) {
      window = { calls: 0, endsMs: nowMs + WINDOW_MS, isUsed: false };
      windows.set(key, window);
    }
    window.calls += times;
    if (window.calls <= perMinute) return null;
    onLimited();
    return Math.ceil((window.endsMs - nowMs) / 1_000);
  };
}
