import { sleep, unrecorded, within } from "../domain/index.ts";
import { MAX_UNNOTIFIED_MS, type NotifiedCaches } from "./cache.ts";
import type { CacheKey } from "./cache-keys.ts";
import type { Clock } from "./clock.ts";

/** What caches must forget because of one change. */
export interface Notice {
  /** No other notice has it. */
  readonly id: string;
  readonly keys: readonly CacheKey[];
}

/** Where the processes tell one another of changes. Each notice is stored together with its change. */
export interface ChangeFeed {
  /** How many parts it has, which are counted from 0. */
  readonly shards: number;
  /**
   * The notices of a shard, in any order, whose time is `fromMs` or later, by the store's clock, read consistently.
   * @throws {Refusal} STORE_UNAVAILABLE when not all of them are read before `signal` aborts
   */
  read(shard: number, fromMs: number, signal: AbortSignal): Promise<readonly Notice[]>;
}

/** How a poll of all shards ended, and how long it took. */
export type ChangesPoll = { readonly ms: number } & (
  | { readonly outcome: "complete"; readonly notices: number }
  | { readonly outcome: "failed"; readonly cause: unknown }
);

export interface ChangesOptions {
  readonly feed: ChangeFeed;
  readonly notified: NotifiedCaches;
  readonly clock: Clock;
  /** The store's time, in milliseconds since the epoch, as its last reply said it; this machine's before any reply. */
  readonly storeClock: { nowMs(): number };
  /** From the beginning of a poll to that of the next; 0: nothing is asked. */
  readonly pollMs: number;
  /** Must not throw. */
  readonly onPoll: (poll: ChangesPoll) => void;
}

/**
 * A notice may bear a time so long before its change was stored: 10 s for the clock of its writer, 10 s for that of its
 * reader, and 5 s from the stamp of a change to its reply. One that takes longer is put again.
 */
const OVERLAP_MS = 25_000;
/**
 * How many polls forget the keys of a notice. The store isolates a transaction from each read of an item, not from a query:
 * the first poll may see the notice a moment before another read sees the change.
 */
const FORGOTTEN_BY_POLLS = 2;
/** After so long without a complete poll, everything is forgotten: notices are not kept for ever. */
const MAX_GAP_MS = 60_000;
/** By how much the store's time may turn out to be another one while a poll runs. */
const MAX_CORRECTION_MS = 5_000;

interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly storeMs: number;
}

/**
 * Makes the caches forget what others change, and says until when they hold what they have. Made while they are empty.
 * Nothing is asked before `start`. Polls do not overlap. After one that fails or is late, the next follows at its time.
 */
export function followChanges({ feed, notified, clock, storeClock, pollMs, onPoll }: ChangesOptions) {
  const closed = new AbortController();
  const shards = Array.from({ length: feed.shards }, (_, shard) => shard);
  /** By how many complete polls each notice has been found, of those that the last one has found. */
  let seen = new Map<string, number>();
  /** Every change before this moment is known: the beginning of the last complete poll, or when the caches were empty. */
  let known = now();
  let complete = known;

  function now(): Moment {
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs(), storeMs: storeClock.nowMs() };
  }

  /** By the clock that says more: the monotonic one stands still while the machine sleeps, the other may be set back. */
  function sinceMs({ monotonicMs, wallMs }: Moment): number {
    return Math.max(clock.monotonicMs() - monotonicMs, clock.wallMs() - wallMs);
  }

  /** The store's time of a moment: as it was known then, or as it is known now, whichever makes a poll read more. */
  function storeMsOf(moment: Moment): number {
    return Math.min(moment.storeMs, storeClock.nowMs() - sinceMs(moment));
  }

  async function readShard(shard: number, fromMs: number, signal: AbortSignal): Promise<readonly Notice[]> {
    // As a renewal, so that it does not wait behind the first requests of others.
    const notices = await unrecorded(() => feed.read(shard, fromMs, signal), true);
    for (const { id, keys } of notices) if ((seen.get(id) ?? 0) < FORGOTTEN_BY_POLLS) notified.forget(keys);
    return notices;
  }

  async function pollFrom(begin: Moment): Promise<number> {
    if (sinceMs(known) > MAX_GAP_MS) {
      notified.clear();
      known = begin;
    }
    const fromMs = storeMsOf(known) - OVERLAP_MS;
    const read = await within(MAX_UNNOTIFIED_MS, closed.signal, (signal) =>
      Promise.all(shards.map((shard) => readShard(shard, fromMs, signal))),
    );
    if (storeMsOf(known) - OVERLAP_MS < fromMs - MAX_CORRECTION_MS)
      throw new Error("notices were asked for by a wrong time");
    notified.freshness.untilMs = begin.monotonicMs + MAX_UNNOTIFIED_MS;
    complete = begin;
    known = begin;
    seen = new Map(read.flat().map(({ id }) => [id, (seen.get(id) ?? 0) + 1]));
    return seen.size;
  }

  async function follow(): Promise<void> {
    while (!closed.signal.aborted) {
      const begin = now();
      const poll = await pollFrom(begin).then(
        (notices) => ({ outcome: "complete", notices }) as const,
        (cause: unknown) => ({ outcome: "failed", cause }) as const,
      );
      if (closed.signal.aborted) return;
      const ms = sinceMs(begin);
      onPoll({ ...poll, ms });
      // A store that cannot answer polls gets at most half as many, so that it has time for requests.
      const pauseMs = poll.outcome === "failed" ? Math.max(ms, pollMs - ms) : Math.max(0, pollMs - ms);
      await sleep(pauseMs, closed.signal).catch(() => {});
    }
  }

  return {
    start(): void {
      if (pollMs > 0) void follow();
    },
    close(): void {
      closed.abort();
    },
    /** How long ago the last complete poll began, or this was made; null where nothing is asked. */
    lastPollAgeMs: () => (pollMs === 0 ? null : sinceMs(complete)),
  };
}
