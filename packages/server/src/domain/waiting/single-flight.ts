import { Refusal } from "../refusal.ts";
import { abortable } from "./abortable.ts";
import { readOutsideCaches } from "./reads.ts";

interface Flight<T> {
  readonly outcome: Promise<T>;
  /** The signal of the caller that started it. */
  readonly signal: AbortSignal;
}

/**
 * Runs one piece of work per key at a time. Concurrent callers share the outcome. If the first caller's deadline expires, a
 * waiting caller with time left starts the work again. Outcomes are not kept.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** @throws what the work throws; DIRECTORY_UNAVAILABLE if `signal` aborts while waiting for another caller's work */
  async join(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      const flight = this.#flights.get(key);
      if (flight === undefined) return this.#open(key, work, signal);
      readOutsideCaches(); // what the other caller reads is not recorded for this one
      try {
        return await abortable(flight.outcome, signal);
      } catch (error) {
        if (!signal.aborted && flight.signal.aborted) continue;
        if (error !== signal.reason) throw error;
        // Requests that start together share a deadline. The work ends with it, and knows what it waited for.
        if (flight.signal.aborted) return await flight.outcome;
        // Here it is not known. The directory is the slowest.
        const detail = "the request ended before the work that it joined";
        throw new Refusal("DIRECTORY_UNAVAILABLE", detail, { cause: error });
      }
    }
  }

  #open(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const outcome = work().finally(() => this.#flights.delete(key));
    this.#flights.set(key, { outcome, signal });
    return outcome;
  }
}
