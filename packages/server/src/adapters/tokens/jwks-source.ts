import type { KeyObject } from "node:crypto";
import { abortable, Refusal } from "../../domain/index.ts";
import { MAX_TIMER_MS } from "../../wire/index.ts";
import type { Clock } from "../clock.ts";
import type { KeySource } from "./issuers.ts";
import { fetchJwks } from "./jwks-fetch.ts";
import { type KeySet, type SkippedKey, usableKeys } from "./key-policy.ts";

/** The outcome of one refresh, for logs and metrics, and how long it took. */
export type JwksRefresh = { readonly ms: number } & (
  | { readonly outcome: "replaced"; readonly usableKeys: number; readonly skipped: readonly SkippedKey[] }
  | { readonly outcome: "failed"; readonly cause: unknown }
);

export interface JwksSourceOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** How long a loaded set is used without another fetch. */
  readonly freshMs: number;
  /**
   * The least time from the start of one fetch to the start of the next, even if the first one failed. Without keys it
   * is a second at most.
   */
  readonly cooldownMs: number;
  /** How long the last good set is used while the endpoint fails, counted from its load. */
  readonly staleMs: number;
  /** For one fetch, including the body. */
  readonly deadlineMs: number;
  /** Must not throw. */
  readonly onRefresh: (refresh: JwksRefresh) => void;
}

/** Without keys nobody is let in, so there is more to gain than the endpoint has to lose. */
const MAX_COOLDOWN_WITHOUT_KEYS_MS = 1_000;

/** The timer's minimum: with a fresh time of 0 it would fetch without a pause. Requests do not wait for it. */
const MIN_TIMER_MS = 1_000;

/** The key set of an issuer, kept current. Nothing is fetched before `start` or the first `find`. */
export class JwksSource implements KeySource {
  readonly #options: JwksSourceOptions;
  #keys: KeySet["keys"] | null = null;
  #loadedAtMs = 0;
  #failing = false;
  #nextFetchAtMs = Number.NEGATIVE_INFINITY;
  #flight: { readonly done: Promise<void>; readonly controller: AbortController } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: JwksSourceOptions) {
    this.#options = options;
  }

  /** Starts the first load without waiting for it. */
  start(): void {
    void this.#refresh();
  }

  /** Stops the timer and the fetch in progress. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#flight?.controller.abort(new Error("closed"));
  }

  /** Whether the current set has a key. */
  usable(): boolean {
    return this.usableKeys() > 0;
  }

  /** How many keys the current set has. */
  usableKeys(): number {
    return this.#current()?.size ?? 0;
  }

  /** How long ago the last good set was requested; null before the first one. */
  ageMs(): number | null {
    return this.#keys === null ? null : this.#ageMs();
  }

  /**
   * Waits for at most one refresh. An id that is unknown during the cooldown is refused at once: the set is then
   * younger than the cooldown, and anyone with a made-up id could otherwise cause a wait or a 503.
   */
  async find(kid: string, signal: AbortSignal): Promise<KeyObject | null> {
    const known = this.#current()?.has(kid) ?? false;
    if (!known || this.#ageMs() >= this.#options.freshMs) {
      const refresh = this.#refresh();
      if (refresh !== null && !(known && this.#failing)) {
        await abortable(refresh, signal).catch((cause) => {
          throw new Refusal("KEYS_UNAVAILABLE", "jwks: the request ended before the refresh", { cause });
        });
      }
    }
    const keys = this.#current();
    const key = keys?.get(kid);
    if (key !== undefined) return key;
    if (keys === null) throw new Refusal("KEYS_UNAVAILABLE", "jwks: no key set");
    if (this.#failing) throw new Refusal("KEYS_UNAVAILABLE", "jwks: unknown kid while the endpoint fails");
    return null;
  }

  current(kid: string): KeyObject | null {
    const isFresh = this.#ageMs() < this.#options.freshMs;
    const keys = isFresh ? this.#keys : this.#failing ? this.#current() : null;
    return keys?.get(kid) ?? null;
  }

  /** Past the stale time the set ends only if the endpoint fails: a healthy one is fetched first. */
  #current(): KeySet["keys"] | null {
    const { freshMs, staleMs } = this.#options;
    return this.#failing && this.#ageMs() >= Math.max(freshMs, staleMs) ? null : this.#keys;
  }

  #ageMs(): number {
    return this.#options.clock.monotonicMs() - this.#loadedAtMs;
  }

  /** The refresh in progress, or a new one; null while the cooldown forbids it. Never rejects. */
  #refresh(): Promise<void> | null {
    if (this.#flight !== null) return this.#flight.done;
    const startedAtMs = this.#options.clock.monotonicMs();
    if (this.#closed || startedAtMs < this.#nextFetchAtMs) return null;
    this.#nextFetchAtMs = startedAtMs + this.#options.cooldownMs; // failed fetches count
    const controller = new AbortController();
    const done = this.#load(startedAtMs, controller);
    this.#flight = { done, controller };
    return done;
  }

  async #load(startedAtMs: number, controller: AbortController): Promise<void> {
    const { url, fetch, clock, deadlineMs, cooldownMs, random, onRefresh } = this.#options;
    const { signal } = controller;
    const ms = () => Math.round(clock.monotonicMs() - startedAtMs);
    const deadline = setTimeout(() => controller.abort(new Error("deadline")), timerMs(deadlineMs)).unref();
    try {
      const { keys, skipped } = await usableKeys(await abortable(fetchJwks(url, { fetch, signal }), signal));
      this.#keys = keys;
      this.#loadedAtMs = startedAtMs; // the response may be as old as its request
      this.#failing = false;
      onRefresh({ outcome: "replaced", ms: ms(), usableKeys: keys.size, skipped });
    } catch (cause) {
      this.#failing = true;
      this.#nextFetchAtMs =
        this.#current() === null
          ? startedAtMs + Math.min(cooldownMs, MAX_COOLDOWN_WITHOUT_KEYS_MS) * (1 + random())
          : startedAtMs + cooldownMs * (1 + 2 * random());
      onRefresh({ outcome: "failed", ms: ms(), cause });
    } finally {
      clearTimeout(deadline);
      controller.abort(); // releases the connection of a response that was not read to its end
      this.#flight = null;
      this.#schedule();
    }
  }

  /** Schedules a refresh without a request: before the set is due, or as soon as possible after a failure. */
  #schedule(): void {
    if (this.#closed) return;
    const { clock, freshMs, random } = this.#options;
    const dueAtMs = this.#failing
      ? this.#nextFetchAtMs
      : this.#loadedAtMs + freshMs * 0.8 * (0.9 + 0.2 * random());
    const delayMs = Math.max(dueAtMs, this.#nextFetchAtMs) - clock.monotonicMs();
    clearTimeout(this.#timer);
    const refresh = () => {
      if (this.#refresh() === null) this.#schedule(); // a timer may fire a millisecond early
    };
    this.#timer = setTimeout(refresh, timerMs(Math.max(delayMs, MIN_TIMER_MS))).unref();
  }
}

function timerMs(delayMs: number): number {
  return Math.min(delayMs, MAX_TIMER_MS);
}
