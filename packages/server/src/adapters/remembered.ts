import { type CachedRead, endedReads, type Freshness, holds, type Memory } from "../domain/index.ts";
import type { CacheOptions } from "./cache.ts";
import { Sieve, type Sieved } from "./sieve.ts";

/** No number of ended reads. */
const NEVER = -1;

/** A value that was made of cached reads. It counts only while all of them are current. */
export class Remembered<Value> implements Sieved {
  isUsed = false;
  readonly value: Value;
  readonly #reads: readonly CachedRead[];
  readonly #freshness: Freshness;
  /** Until when the first of the reads to end holds. */
  #oldest: CachedRead;
  /** How many reads had ended before their time when these were last seen to be current. */
  #endedReads = NEVER;

  /**
   * @param reads at least one: nothing else would end it
   * @param freshness of what was read
   */
  constructor(value: Value, reads: readonly CachedRead[], freshness: Freshness) {
    this.value = value;
    this.#reads = reads;
    this.#freshness = freshness;
    this.#oldest = oldestOf(reads);
  }

  isCurrent(nowMs: number): boolean {
    return holds(this.#oldest, nowMs, this.#freshness) ? this.#areCurrent(nowMs) : this.#areRenewed(nowMs);
  }

  /** Whether none of the reads has ended before its time. */
  #areCurrent(nowMs: number): boolean {
    const ended = endedReads();
    if (this.#endedReads === ended) return true;
    if (!this.#reads.every((read) => holds(read, nowMs, this.#freshness))) return false;
    this.#endedReads = ended;
    return true;
  }

  /** Whether the reads that had ended by time were repeated since, with the same result. */
  #areRenewed(nowMs: number): boolean {
    this.#oldest = oldestOf(this.#reads);
    return holds(this.#oldest, nowMs, this.#freshness);
  }
}

/** When the first of the reads ends, in whole milliseconds, which are compared faster. */
function oldestOf(reads: readonly CachedRead[]): CachedRead {
  const first = (times: readonly number[]) => Math.floor(Math.min(...times));
  return {
    untilMs: first(reads.map(({ untilMs }) => untilMs)),
    lastMs: first(reads.map(({ lastMs }) => lastMs)),
  };
}

/**
 * A memory of people.
 * @param max how many values, at least 1
 */
export function createMemory<Value>(
  max: number,
  { clock, notified: { freshness }, caches }: Pick<CacheOptions, "clock" | "notified" | "caches">,
): Memory<Value> {
  const values = new Sieve<Remembered<Value>>(max);
  caches?.set("people", values);
  return {
    recall(key) {
      const known = values.get(key);
      if (known?.isCurrent(clock.monotonicMs())) {
        values.hits += 1;
        return known.value;
      }
      values.misses += 1;
      return null;
    },
    remember(key, value, reads) {
      if (reads.length > 0) values.set(key, new Remembered(value, reads, freshness));
    },
  };
}
