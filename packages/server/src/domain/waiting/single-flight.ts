import type { Reason } from "../../wire/index.ts";
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
 * waiting caller with time left starts the work again, as it does if the first one got no turn in time, or its own token was
 * revoked. Outcomes are not kept.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #slowest: Reason;

  /** @param slowest why a caller is refused whose time ends while it waits: the upstream that takes the longest */
  constructor(slowest: Reason) {
    this.#slowest = slowest;
  }

  /** @throws what the work throws; a refusal for the slowest upstream if `signal` aborts while waiting for another's work */
  async join(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      const flight = this.#flights.get(key);
      if (flight === undefined) return this.#open(key, work, signal);
      readOutsideCaches(); // what the other caller reads is not recorded for this one
      try {
        return await abortable(flight.outcome, signal);
      } catch (error) {
        if (!signal.aborted && (flight.signal.aborted || isOfCaller(error))) continue; // this caller may still have time
        if (error !== signal.reason) throw error;
        // Requests that start together share a deadline. The work ends with it, and knows what it waited for.
        if (flight.signal.aborted) return await flight.outcome;
        const detail = "the request ended before the work that it joined";
        throw new Refusal(this.#slowest, detail, { cause: error });
      }
    }
  }

  #open(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const flight = { outcome: work().finally(() => this.#land(key, flight)), signal };
    this.#flights.set(key, flight);
    return flight.outcome;
  }

  #land(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  /** Later callers do not join the running work of this key. */
  detach(key: string): void {
    this.#flights.delete(key);
  }

  /** Later callers join no running work. */
  detachAll(): void {
    this.#flights.clear();
  }
}

/** Whether the first caller was refused for its own turn or token. */
function isOfCaller(error: unknown): boolean {
  return error instanceof Refusal && (error.reason === "OVERLOADED" || error.reason === "TOKEN_REVOKED");
}
