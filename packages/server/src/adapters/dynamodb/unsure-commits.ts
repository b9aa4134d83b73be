import type { CacheKey } from "../cache-keys.ts";

/** From the end of one round of notices to the beginning of the next. */
export const REPEAT_MS = 3_000;
/**
 * How long a request may be accepted after it was given up: "In most cases, a request must reach AWS within five minutes of
 * the time stamp in the request" (IAM User Guide, AWS Signature Version 4 for API requests,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). The stamp is of this machine's clock, which may be
 * ahead by as much: AWS refuses it from there on.
 */
export const ACCEPTED_MS = 600_000;
/** Keys of a shard that are repeated: each process reads about eight of their notices in each poll. */
export const MAX_KEYS = 500;

export interface UnsureCommitsOptions {
  /** Stores a notice of the keys, with the present time. */
  readonly put: (shard: number, keys: readonly CacheKey[]) => Promise<void>;
  readonly monotonicMs: () => number;
  /** Must not throw, or keep the process alive. */
  readonly pause: (ms: number) => Promise<void>;
  readonly closed: AbortSignal;
}

/**
 * Repeats the notices of commits that got no answer. A proxy may hold such a request and deliver it minutes later, and then
 * the notice that is stored with it bears a time that readers have behind them. When exactly it is stored does not matter:
 * the next notice comes after it, and the last one after the last moment at which it can be. This process reads them as all
 * others do. A request that is delivered though another attempt has succeeded changes nothing: all attempts of a commit have
 * one token, which DynamoDB knows for 10 minutes.
 *
 * Of too many keys, those are given up that have been repeated for the longest time.
 */
export function unsureCommits({ put, monotonicMs, pause, closed }: UnsureCommitsOptions) {
  /** By shard, the keys, and until when their commits may be stored; the oldest first. */
  const shards = new Map<number, Map<CacheKey, number>>();
  let isRepeating = false;

  async function repeatIn(shard: number, untilMs: Map<CacheKey, number>): Promise<void> {
    const beganMs = monotonicMs();
    const keys = [...untilMs.keys()];
    await put(shard, keys);
    for (const key of keys) if ((untilMs.get(key) ?? beganMs) <= beganMs) untilMs.delete(key);
    if (untilMs.size === 0) shards.delete(shard);
  }

  async function repeat(): Promise<void> {
    isRepeating = true;
    while (shards.size > 0) {
      await pause(REPEAT_MS);
      if (closed.aborted) return;
      await Promise.allSettled([...shards].map(([shard, untilMs]) => repeatIn(shard, untilMs)));
    }
    isRepeating = false;
  }

  return {
    /** Called when a commit fails that may be stored all the same. */
    add(shard: number, keys: readonly CacheKey[]): void {
      const untilMs = shards.get(shard) ?? new Map<CacheKey, number>();
      shards.set(shard, untilMs);
      for (const key of keys) {
        untilMs.delete(key); // it becomes the newest
        untilMs.set(key, monotonicMs() + ACCEPTED_MS);
      }
      for (const oldest of [...untilMs.keys()].slice(0, -MAX_KEYS)) untilMs.delete(oldest);
      if (!isRepeating) void repeat();
    },
  };
}
