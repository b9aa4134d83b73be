import type { CacheUse } from "./cache-use.ts";

/** What a {@link Sieve} holds. */
export interface Sieved {
  /** Whether it was found since the hand last passed it. */
  isUsed: boolean;
}

/**
 * Values by key, at most `max`. Makes room by SIEVE (Zhang et al., NSDI 2024): a hand goes from the oldest value to the
 * newest and round again, and removes the first one that was not found since it last passed. So values that are asked
 * for stay during a flood of others, and a hit costs one write.
 */
export class Sieve<V extends Sieved> implements CacheUse {
  readonly #values = new Map<string, V>();
  readonly #max: number;
  /** Counted by the owner, who knows whether what was found is still good. */
  hits = 0;
  misses = 0;
  readonly #removed: (value: V) => void;
  /** Null until it is needed: while it rests, it would keep the room of deleted values. */
  #hand: Iterator<[string, V], undefined> | null = null;

  /**
   * @param max at least 1
   * @param removed called for each value that was removed or replaced
   */
  constructor(max: number, removed: (value: V) => void = () => {}) {
    this.#max = max;
    this.#removed = removed;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) value.isUsed = true;
    return value;
  }

  /** The value, without counting that it was found. */
  peek(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    const known = this.#values.get(key);
    if (known === undefined) this.#makeRoom();
    this.#values.set(key, value);
    if (known !== undefined) this.#removed(known);
  }

  delete(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#removed(value);
  }

  clear(): void {
    for (const key of [...this.#values.keys()]) this.delete(key);
  }

  #makeRoom(): void {
    if (this.#values.size < this.#max) this.#hand = null;
    while (this.#values.size >= this.#max) {
      this.#hand ??= this.#values.entries();
      const next = this.#hand.next();
      if (next.done) this.#hand = null;
      else this.#pass(...next.value);
    }
  }

  #pass(key: string, value: V): void {
    if (value.isUsed) value.isUsed = false;
    else this.delete(key);
  }
}
