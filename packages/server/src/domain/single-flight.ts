/**
 * Runs one piece of work per key at a time; whoever asks meanwhile gets the same outcome. The work belongs to
 * no caller: it goes on when the request that opened it is gone. Outcomes are not kept.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  join(key: string, work: () => Promise<T>): Promise<T> {
    const current = this.#flights.get(key);
    if (current !== undefined) return current;
    const flight = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }
}
