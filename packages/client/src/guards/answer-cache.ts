interface Kept<V> {
  readonly answer: V;
  readonly requestedAt: number;
  readonly until: number;
}

interface Flight<V> {
  readonly answer: Promise<V>;
  readonly requestedAt: number;
}

export interface AnswerCacheOptions {
  /** How long after its request an answer is reused; 0 disables the cache. */
  readonly maxAgeMs: number;
  /** How old a pending request may be for another caller to join it. */
  readonly maxJoinMs: number;
  readonly maxEntries: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Caches answers by key and sends one request at a time for each key. Age counts from the request, because an answer
 * may be as old as that. No caller owns a request. A failure reaches every caller that waits for it and is not cached.
 * When the cache is full, the oldest entries are evicted first.
 */
export class AnswerCache<V> {
  readonly #kept = new Map<string, Kept<V>>();
  readonly #flights = new Map<string, Flight<V>>();
  readonly #options: AnswerCacheOptions;

  constructor(options: AnswerCacheOptions) {
    this.#options = options;
  }

  find(key: string): V | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    const now = this.#options.now();
    // A clock that was set back must not extend an answer's life.
    if (now < kept.until && now >= kept.requestedAt) return kept.answer;
    this.#kept.delete(key);
    return undefined;
  }

  /** Joins the pending request or sends one. `keepUntil` returns when its answer expires, 0 to not cache it. */
  request(key: string, send: () => Promise<V>, keepUntil: (answer: V) => number): Promise<V> {
    const requestedAt = this.#options.now();
    const current = this.#flights.get(key);
    if (current !== undefined && requestedAt - current.requestedAt < this.#options.maxJoinMs)
      return current.answer;
    const answer = send()
      .then((value) => {
        this.#keep(key, { answer: value, requestedAt, until: keepUntil(value) });
        return value;
      })
      .finally(() => {
        if (this.#flights.get(key)?.answer === answer) this.#flights.delete(key);
      });
    this.#flights.set(key, { answer, requestedAt });
    return answer;
  }

  #keep(key: string, { answer, requestedAt, until }: Kept<V>): void {
    const { maxAgeMs, maxEntries, now } = this.#options;
    const kept = { answer, requestedAt, until: Math.min(until, requestedAt + maxAgeMs) };
    if (kept.until <= now() || (this.#kept.get(key)?.requestedAt ?? 0) > requestedAt) return;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxEntries) return;
      this.#kept.delete(oldest);
    }
  }
}
