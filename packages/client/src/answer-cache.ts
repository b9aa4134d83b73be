interface Kept<V> {
  readonly answer: V;
  readonly askedAt: number;
  readonly until: number;
}

interface Flight<V> {
  readonly answer: Promise<V>;
  readonly askedAt: number;
}

export interface AnswerCacheOptions {
  /** How long after the question an answer is given again; 0 keeps none. */
  readonly maxAgeMs: number;
  /** How old a question still under way may be for another asker to join it. */
  readonly maxJoinMs: number;
  readonly maxEntries: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Answers of one kind, by key: one question at a time for each key, and its answer for a while after. Age counts
 * from the question, because that is what an answer is no older than. A question belongs to no asker; a failure
 * reaches all who wait for it and is not kept. The oldest go first when there are too many.
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
    // A clock that was set back must not lengthen an answer's life.
    if (now < kept.until && now >= kept.askedAt) return kept.answer;
    this.#kept.delete(key);
    return undefined;
  }

  /** Joins the question under way, or asks it; `keepUntil` says until when its answer is good, 0 for not at all. */
  ask(key: string, question: () => Promise<V>, keepUntil: (answer: V) => number): Promise<V> {
    const askedAt = this.#options.now();
    const current = this.#flights.get(key);
    if (current !== undefined && askedAt - current.askedAt < this.#options.maxJoinMs) return current.answer;
    const answer = question()
      .then((value) => {
        this.#keep(key, { answer: value, askedAt, until: keepUntil(value) });
        return value;
      })
      .finally(() => {
        if (this.#flights.get(key)?.answer === answer) this.#flights.delete(key);
      });
    this.#flights.set(key, { answer, askedAt });
    return answer;
  }

  #keep(key: string, { answer, askedAt, until }: Kept<V>): void {
    const { maxAgeMs, maxEntries, now } = this.#options;
    const kept = { answer, askedAt, until: Math.min(until, askedAt + maxAgeMs) };
    if (kept.until <= now() || (this.#kept.get(key)?.askedAt ?? 0) > askedAt) return;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxEntries) return;
      this.#kept.delete(oldest);
    }
  }
}
