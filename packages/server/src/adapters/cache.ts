import { isDeepStrictEqual } from "node:util";
import {
  type CachedRead,
  endRead,
  type Freshness,
  holds,
  readFromCache,
  readOutsideCaches,
  SingleFlight,
  unrecorded,
} from "../domain/index.ts";
import type { CacheKey } from "./cache-keys.ts";
import type { CacheName, Caches } from "./cache-use.ts";
import type { Clock } from "./clock.ts";
import { Sieve, type Sieved } from "./sieve.ts";

/** How long a value holds, at the longest, in a process that is not notified of changes. */
export const MAX_UNNOTIFIED_MS = 5_000;

interface Forgetful {
  forget(key: string): void;
  clear(): void;
}

/** The caches of a process that are notified of changes: by this process at once, by others within seconds. */
export class NotifiedCaches {
  /** Of everything in these caches. The follower of the changes sets it. */
  readonly freshness: Freshness = { untilMs: Number.NEGATIVE_INFINITY };
  /** How long a value is kept at the longest, counted from the start of its read. */
  readonly memoryTtlMs: number;
  readonly #caches = new Map<string, Forgetful[]>();

  constructor(memoryTtlMs: number) {
    this.memoryTtlMs = memoryTtlMs;
  }

  add(name: CacheName, cache: Forgetful): void {
    this.#caches.set(name, [...(this.#caches.get(name) ?? []), cache]);
  }

  /** Also discards the reads of these keys that are under way. */
  forget(keys: readonly CacheKey[]): void {
    for (const key of keys) {
      const end = key.indexOf(" ");
      for (const cache of this.#caches.get(key.slice(0, end)) ?? []) cache.forget(key.slice(end + 1));
    }
  }

  /** Also discards every read that is under way. */
  clear(): void {
    for (const cache of [...this.#caches.values()].flat()) cache.clear();
  }
}

export interface CacheOptions {
  /**
   * How long a value holds without notices, counted from the start of its read; more than 5 s count as 5 s. Less than that
   * is how long it holds at all. 0 disables the cache.
   */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly notified: NotifiedCaches;
  readonly caches?: Caches | undefined;
}

interface Entry<V> extends CachedRead, Sieved {
  readonly value: V;
  /** When what is made of the value changes next, though the value does not, in milliseconds since the epoch; null for never. */
  readonly turnsAtMs: number | null;
}

/** A running read. Its result is discarded for keys that are forgotten before it ends. */
interface Fill {
  /** Null where the keys are known only when it ends. */
  readonly key: string | null;
  readonly startMs: number;
  readonly forgotten: Set<string>;
  isAllForgotten: boolean;
}

/** What one read found, and what the cache holds of it. */
interface Found<V> {
  readonly value: V | null;
  readonly kept: CachedRead | null;
}

/** An answer that denies something. */
export interface Denied<V> {
  readonly value: V | null;
}

/** Where answers are kept that deny something. Its cache is notified of the same keys. */
interface Denials<V> {
  readonly cache: Cache<Denied<V>>;
  isDenied(value: V | null): boolean;
}

/** Which values a cache keeps, if not all that were found, and where it keeps the others. */
interface Keeping<V> {
  readonly keeps?: (value: V) => boolean;
  readonly denials?: Denials<V>;
}

/** What a cache holds beside its values. */
interface CacheKind<V> {
  readonly max: number;
  /** Under which its keys are notified; its own name unless given. */
  readonly notifiedAs?: CacheName;
  /** Whether its values end without a notice: creating an item sends none. */
  readonly isOfAbsences?: boolean;
  /** When, after now, what is made of a value changes though the value does not: in milliseconds since the epoch, as now. */
  readonly turnsAtMs?: (value: V, nowMs: number) => number | null;
}

/** Values by key. One read of a key is under way at a time. */
export class Cache<V> {
  readonly #entries: Sieve<Entry<V>>;
  readonly #options: CacheOptions;
  readonly #kind: CacheKind<V>;
  readonly #flights = new SingleFlight<Found<V>>("STORE_UNAVAILABLE");
  readonly #fills = new Set<Fill>();

  constructor(name: CacheName, kind: CacheKind<V>, options: CacheOptions) {
    this.#options = options;
    this.#kind = kind;
    // Answers made of an entry that is gone would not end with it when this process learns of a change.
    this.#entries = new Sieve<Entry<V>>(kind.max, (entry) => {
      if (Math.max(entry.untilMs, entry.lastMs) > options.clock.monotonicMs()) endRead(entry);
    });
    options.caches?.set(name, this.#entries);
    options.notified.add(kind.notifiedAs ?? name, this);
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#holds(entry)) {
      this.#entries.misses += 1;
      return undefined;
    }
    this.#entries.hits += 1;
    readFromCache(entry);
    return entry.value;
  }

  /** Runs a read. What it finds is kept, unless its key is forgotten before that. */
  async fill<T>(key: string | null, read: (fill: Fill) => Promise<T>): Promise<T> {
    const startMs = this.#options.clock.monotonicMs();
    const fill: Fill = { key, startMs, forgotten: new Set(), isAllForgotten: false };
    this.#fills.add(fill);
    try {
      return await read(fill);
    } finally {
      this.#fills.delete(fill);
    }
  }

  /** @returns null where the key was forgotten since the read began */
  keep(key: string, value: V, fill: Fill): CachedRead | null {
    const kept = this.#kept(key, value, fill);
    recordFound(kept);
    return kept;
  }

  #kept(key: string, value: V, { startMs, forgotten, isAllForgotten }: Fill): CachedRead | null {
    if (isAllForgotten || forgotten.has(key)) return null;
    const { ttlMs, notified } = this.#options;
    const nowMs = this.#options.clock.wallMs();
    const turnsAtMs = this.#kind.turnsAtMs?.(value, nowMs) ?? null;
    const endMs = this.#endAt(turnsAtMs, nowMs);
    const unnotifiedMs = startMs + Math.min(ttlMs, MAX_UNNOTIFIED_MS);
    const isBrief = this.#kind.isOfAbsences || ttlMs < MAX_UNNOTIFIED_MS; // as an operator wants it
    const untilMs = Math.min(unnotifiedMs, endMs);
    const lastMs = Math.min(isBrief ? unnotifiedMs : startMs + notified.memoryTtlMs, endMs);
    const known = this.#entries.peek(key);
    if (known?.turnsAtMs === turnsAtMs && isDeepStrictEqual(known.value, value)) {
      known.untilMs = Math.min(Math.max(known.untilMs, untilMs), endMs); // what was made of it holds for as long
      known.lastMs = Math.min(Math.max(known.lastMs, lastMs), endMs);
      return known;
    }
    const entry = { value, untilMs, lastMs, turnsAtMs, isUsed: false };
    this.#entries.set(key, entry);
    return entry;
  }

  /** The value, from `load` unless it is cached or being read. A null is not kept here, but may be in `denials`. */
  async read(
    key: string,
    load: () => Promise<V | null>,
    signal: AbortSignal,
    keeping: Keeping<V> = {},
  ): Promise<V | null> {
    const kept = this.get(key);
    if (kept !== undefined) return kept;
    const denied = keeping.denials?.cache.get(key);
    return denied === undefined ? this.renew(key, load, signal, keeping) : denied.value;
  }

  /** The same, though it is cached. */
  async renew(
    key: string,
    load: () => Promise<V | null>,
    signal: AbortSignal,
    { keeps = () => true, denials }: Keeping<V> = {},
  ): Promise<V | null> {
    const work = () =>
      this.fill(key, async (fill) => {
        const value = await load();
        const isDenied = denials?.isDenied(value) ?? false;
        if (!isDenied && value !== null && keeps(value)) return { value, kept: this.keep(key, value, fill) };
        this.#entries.delete(key); // it is not so any more
        return { value, kept: denials && isDenied ? denials.cache.keep(key, { value }, fill) : null };
      });
    const isRenewal = this.#entries.peek(key) !== undefined;
    const found = await unrecorded(() => this.#flights.join(key, work, signal), isRenewal);
    recordFound(found.kept);
    return found.value;
  }

  /** A time of the wall clock by the monotonic one, at most a millisecond early. */
  #endAt(turnsAtMs: number | null, nowMs: number): number {
    if (turnsAtMs === null) return Number.POSITIVE_INFINITY;
    return Math.floor(this.#options.clock.monotonicMs()) + turnsAtMs - nowMs;
  }

  #holds(entry: Entry<V>): boolean {
    const { clock, notified } = this.#options;
    return holds(entry, clock.monotonicMs(), notified.freshness);
  }

  clear(): void {
    for (const fill of this.#fills) fill.isAllForgotten = true;
    this.#flights.detachAll();
    this.#entries.clear();
  }

  forget(key: string): void {
    for (const fill of this.#fills) if (fill.key === null || fill.key === key) fill.forgotten.add(key);
    this.#flights.detach(key);
    const entry = this.#entries.peek(key);
    if (entry !== undefined) endRead(entry); // it stays, so that the next read of it is a renewal
  }
}

function recordFound(kept: CachedRead | null): void {
  if (kept === null) readOutsideCaches();
  else readFromCache(kept);
}
