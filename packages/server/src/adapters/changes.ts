import type { CacheKey } from "./cache-keys.ts";

/** What caches must forget because of one change. */
export interface Notice {
  /** No other notice has it. */
  readonly id: string;
  readonly keys: readonly CacheKey[];
}

/** Where processes tell each other of changes. */
export interface ChangeFeed {
  /** How many parts it has: they are counted from 0, and read one by one. */
  readonly shards: number;
  /**
   * The notices of a shard that bear the time `fromMs` or a later one, by the clock of the store, the oldest first.
   * @throws {Refusal} STORE_UNAVAILABLE when not all of them are read before `signal` aborts
   */
  read(shard: number, fromMs: number, signal: AbortSignal): Promise<readonly Notice[]>;
}
