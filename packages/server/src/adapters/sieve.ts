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
export class Sieve<V extends Sieved> {
  readonly #values = new Map<string, V>();
  readonly #max: number;
  readonly #removed: (value: V) => void;
  #hand = this.#values.entries();

  /**
   * @param max at least 1
   * @param removed called for each value that was removed or replaced
   */
  constructor(max: number, removed: (value: V) => void = () => {}) {
    this.#max = max;
    this.#removed = removed;
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) value.isUsed = true;
    return value;
  }

  set(key: string, value: V): void {
    this.delete(key);
    while (this.#values.size >= this.#max) this.#passOne();
    this.#values.set(key, value);
  }

  delete(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#removed(value);
  }

  #passOne(): void {
    const next = this.#hand.next();
    if (next.done) {
      this.#hand = this.#values.entries();
      return;
    }
    const [key, value] = next.value;
    if (value.isUsed) value.isUsed = false;
    else this.delete(key);
  }
}
