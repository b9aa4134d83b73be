import { type CachedRead, endedReads, type Memory } from "../domain/index.ts";
import type { Caches } from "./cache-use.ts";
import type { Clock } from "./clock.ts";
import { Sieve, type Sieved } from "./sieve.ts";

/** No number of ended reads. */
const NEVER = -1;

/** A value that was made of cached reads. It counts only while all of them are current. */
export class Remembered<Value> implements Sieved {
  isUsed = false;
  readonly value: Value;
  readonly #reads: readonly CachedRead[];
  /** When the first of the reads ends by time. */
  #untilMs: number;
  /** How many reads had ended before their time when these were last seen to be current. */
  #endedReads = NEVER;

  /** @param reads at least one: nothing else would end it */
  constructor(value: Value, reads: readonly CachedRead[]) {
    this.value = value;
    this.#reads = reads;
    this.#untilMs = endOf(reads);
  }

  isCurrent(nowMs: number): boolean {
    return nowMs < this.#untilMs ? this.#areCurrent(nowMs) : this.#areRenewed(nowMs);
  }

  /** Whether none of the reads has ended before its time. */
  #areCurrent(nowMs: number): boolean {
    const ended = endedReads();
    if (this.#endedReads === ended) return true;
    if (this.#reads.some(({ untilMs }) => untilMs <= nowMs)) return false;
    this.#endedReads = ended;
    return true;
  }

  /** Whether the reads that had ended by time were repeated since, with the same result. */
  #areRenewed(nowMs: number): boolean {
    this.#untilMs = endOf(this.#reads);
    return nowMs < this.#untilMs;
  }
}

/** When the first of the reads ends, in whole milliseconds, which are compared faster. */
function endOf(reads: readonly CachedRead[]): number {
  return Math.floor(Math.min(...reads.map(({ untilMs }) => untilMs)));
}

/**
 * A memory of people.
 * @param max how many values, at least 1
 */
export function createMemory<Value>(max: number, clock: Clock, caches?: Caches): Memory<Value> {
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
      if (reads.length > 0) values.set(key, new Remembered(value, reads));
    },
  };
}
