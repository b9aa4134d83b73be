import { type Clock, systemClock } from "../../clock.ts";

/** A moment by the store's clock, and by the monotonic one of this process. */
export interface Moment {
  readonly storeMs: number;
  readonly monotonicMs: number;
}

/** By how much an older reply is taken for one that was overtaken. By more, the store's own clock has changed. */
const MAX_OVERTAKEN_MS = 5_000;

/**
 * The store's time, which the notices of all processes bear: the `Date` of its last reply, and the time since that came in.
 * It is late by the way of that reply and by up to a second, because the header has no fractions. But from the moment a reply
 * comes in, its second is never before the one in which that reply was sent: a sign-out relies on it.
 */
export class StoreClock {
  readonly #clock: Clock;
  #date: string | undefined;
  #dateMs = Number.NEGATIVE_INFINITY;
  /** The store's time when the monotonic clock was 0; null before the first reply. */
  #originMs: number | null = null;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Called with the headers of each reply, when it comes in. One without a request id is a proxy's. */
  hear(headers: Readonly<Record<string, string | undefined>>): void {
    const { date } = headers;
    if (date === this.#date || date === undefined || headers["x-amzn-requestid"] === undefined) return;
    const ms = Date.parse(date);
    if (Number.isNaN(ms) || (ms < this.#dateMs && ms >= this.#dateMs - MAX_OVERTAKEN_MS)) return;
    this.#date = date;
    this.#dateMs = ms;
    this.#originMs = ms - this.#clock.monotonicMs();
  }

  /** Milliseconds since the epoch, whole ones; by this machine's clock before the first reply. */
  nowMs(): number {
    return this.now().storeMs;
  }

  /** By how much this machine's clock is ahead of the store's. */
  offsetMs(): number {
    return this.#clock.wallMs() - this.nowMs();
  }

  now(): Moment {
    const monotonicMs = this.#clock.monotonicMs();
    const storeMs = this.#originMs === null ? this.#clock.wallMs() : this.#originMs + monotonicMs;
    return { storeMs: Math.floor(storeMs), monotonicMs };
  }

  /** The time since then, by the clock that says more: the monotonic one stands still while the machine sleeps. */
  sinceMs({ storeMs, monotonicMs }: Moment): number {
    const now = this.now();
    return Math.max(now.storeMs - storeMs, now.monotonicMs - monotonicMs);
  }
}
