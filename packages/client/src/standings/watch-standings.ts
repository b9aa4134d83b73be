import { MAX_TIMER_MS } from "@platform-api/server/wire";
import type { PlatformClient } from "../client.ts";
import type { Waiting } from "../guards/token-validator.ts";
import { assertWithin } from "../options.ts";
import { isOutage, reasonOf, statusOf } from "../platform-error.ts";
import { namedError, waitFor } from "../waiting.ts";
import { requestsOf, sendQuestions, unexpected } from "./send-questions.ts";
import { answerIn, StandingEnded, type StandingQuestion, sentQuestion } from "./standing.ts";
import { type Entry, type Listener, Watched } from "./watched.ts";

export interface StandingsOptions {
  /** Its token is the service's own, of a client that an operator has listed with `standing`. */
  readonly platform: PlatformClient;
  /** How often is asked, at once for all that is watched. Default: 5,000. */
  readonly everyMs?: number;
  /** How long work may go on after the last answer. Default: 60,000. */
  readonly graceMs?: number;
  /** What becomes of work then. By default it ends with STORE_UNAVAILABLE; otherwise it goes on until there is an answer. */
  readonly onOutage?: "end" | "continue";
  /**
   * Receives each error against which waiting does not help, so that an operator can see it: CLIENT_NOT_ALLOWED,
   * ROLE_REQUIRED or TOKEN_INVALID of the service itself, or a token function that fails. It is waited out as an outage.
   */
  readonly onError?: (error: unknown) => void;
}

/** Aborts with a {@link StandingEnded} when the user's work must end. Its disposal ends only the watch. */
export interface WatchedSignal extends AbortSignal {
  [Symbol.dispose](): void;
}

/** Watches whether users still stand. */
export interface Standings {
  /** @throws {TypeError} for a question that the server would refuse */
  watch(question: StandingQuestion): WatchedSignal;
  /**
   * Asks now, for example before a step, and resolves if the user stands. It waits an outage out as long as `watch` does.
   * @throws {StandingEnded} why the user's work must end
   */
  ask(question: StandingQuestion, waiting?: Waiting): Promise<void>;
  /** Asks no more. Signals that are still watched abort with an AbortError, because they would miss an end. */
  [Symbol.dispose](): void;
}

/** @throws {RangeError} naming the option that is out of bounds */
export function watchStandings(options: StandingsOptions): Standings {
  const watch = new Watch(options);
  return {
    watch(question) {
      const controller = new AbortController();
      const stop = watch.add(question, { stands() {}, ends: (why) => controller.abort(why) });
      return Object.assign(controller.signal, { [Symbol.dispose]: stop });
    },
    async ask(question, { signal } = {}) {
      if (signal?.aborted) throw signal.reason;
      let stop = () => {};
      const answer = new Promise<void>((resolve, reject) => {
        stop = watch.add(question, { stands: resolve, ends: reject }, "now");
      });
      return waitFor(answer, signal).finally(stop);
    },
    [Symbol.dispose]: () => watch.close(),
  };
}

/** How long a question may take, if the interval is not longer: an attempt of the client. */
const QUESTION_MS = 4_000;
/** How long the last one may take, at the end of the grace. */
const LAST_QUESTION_MS = 1_000;

/** What one `watchStandings` watches. Its times are of `performance.now()`, because a clock can be set. */
class Watch {
  readonly #platform: PlatformClient;
  readonly #everyMs: number;
  readonly #graceMs: number;
  readonly #endsInOutage: boolean;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #watched = new Watched();
  /** Those to ask about at once, together. */
  readonly #urgent = new Set<Entry>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of `ask`. Somebody waits for them, so they keep a process running; a watch alone does not. */
  #awaited = 0;
  #lastAskedAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;
  #isClosed = false;

  constructor({ platform, everyMs = 5_000, graceMs = 60_000, onOutage, onError }: StandingsOptions) {
    assertWithin("watchStandings: everyMs", everyMs, [1, MAX_TIMER_MS]);
    assertWithin("watchStandings: graceMs", graceMs, [0, MAX_TIMER_MS]);
    this.#platform = platform;
    this.#everyMs = everyMs;
    this.#graceMs = graceMs;
    this.#endsInOutage = onOutage !== "continue";
    this.#onError = onError;
  }

  /** @returns what ends it */
  add(question: StandingQuestion, told: Omit<Listener, "since">, when: "now" | "next" = "next"): () => void {
    const sent = sentQuestion(question);
    if (this.#isClosed) throw new Error("watchStandings: it has been disposed of");
    const since = performance.now();
    const listener = { ...told, since };
    const entry = this.#watched.add(sent, listener);
    const isNextNow = !this.#isAsking && this.#lastAskedAt + this.#everyMs <= since;
    let isAwaited = when === "now";
    if (isAwaited) this.#awaited += 1;
    if (when === "now" && !isNextNow) this.#askNow(entry);
    this.#schedule();
    return () => {
      this.#watched.remove(entry, listener);
      if (isAwaited) this.#awaited -= 1;
      isAwaited = false;
      this.#schedule();
    };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const why = namedError("AbortError", "watchStandings: it was disposed of, and watches no more");
    for (const entry of this.#watched.entries()) this.#watched.ends(entry, Number.POSITIVE_INFINITY, why);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const entries = this.#watched.entries();
    if (this.#isAsking || entries.length === 0) return;
    const now = performance.now();
    let next = this.#lastAskedAt + this.#everyMs;
    // Nothing ends by a timer alone: a process that was suspended asks first.
    for (const { hasFailed, knownAt } of entries) {
      const end = knownAt + this.#graceMs;
      if (hasFailed && end > now && end < next) next = end;
    }
    this.#timer = setTimeout(() => void this.#askAll(), Math.max(0, Math.ceil(next - now)));
    if (this.#awaited === 0) this.#timer.unref?.();
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true;
    this.#lastAskedAt = performance.now();
    await this.#ask(this.#watched.entries());
    this.#isAsking = false;
    this.#schedule();
  }

  #askNow(entry: Entry): void {
    if (this.#urgent.size === 0) {
      queueMicrotask(async () => {
        const entries = [...this.#urgent];
        this.#urgent.clear();
        await this.#ask(entries);
        this.#schedule();
      });
    }
    this.#urgent.add(entry);
  }

  async #ask(entries: readonly Entry[]): Promise<void> {
    const askedAt = performance.now();
    await Promise.all(requestsOf(entries).map((request) => this.#request(request, askedAt)));
  }

  /** Never rejects. */
  async #request(entries: readonly Entry[], askedAt: number): Promise<void> {
    try {
      const answers = await sendQuestions(this.#platform, entries, this.#limitMs(entries));
      entries.forEach((entry, i) => {
        this.#take(entry, answers[i], askedAt);
      });
    } catch (error) {
      if (reasonOf(error) === "INPUT_INVALID" && entries.length > 1) {
        // One question that is refused must not keep the others from their answers.
        const half = Math.ceil(entries.length / 2);
        const halves = [entries.slice(0, half), entries.slice(half)];
        await Promise.all(halves.map((each) => this.#request(each, askedAt)));
        return;
      }
      this.#report(error);
      for (const entry of entries) this.#miss(entry, error);
    }
  }

  /** An answer after the grace is too late, unless nobody could ask before. */
  #limitMs(entries: readonly Entry[]): number {
    const now = performance.now();
    let limit = Math.max(this.#everyMs, QUESTION_MS);
    for (const { knownAt, hasFailed } of entries) {
      const left = Math.ceil(knownAt + this.#graceMs - now);
      if (left > 0) limit = Math.min(limit, left);
      else if (hasFailed) limit = Math.min(limit, LAST_QUESTION_MS);
    }
    return limit;
  }

  #take(entry: Entry, found: unknown, askedAt: number): void {
    const answer = answerIn(found);
    if (answer === null) this.#miss(entry, unexpected());
    else if (answer.reason !== null) this.#watched.ends(entry, askedAt, new StandingEnded(answer.reason));
    else {
      entry.knownAt = Math.max(entry.knownAt, askedAt);
      entry.hasFailed = false;
      this.#watched.stands(entry, askedAt);
    }
  }

  #miss(entry: Entry, cause: unknown): void {
    entry.hasFailed = true;
    if (performance.now() - entry.knownAt < this.#graceMs) return;
    if (this.#endsInOutage) {
      this.#watched.ends(entry, Number.POSITIVE_INFINITY, new StandingEnded("STORE_UNAVAILABLE", cause));
    } else this.#watched.stands(entry, Number.POSITIVE_INFINITY);
  }

  /** RATE_LIMITED says nothing about the service's configuration. */
  #report(error: unknown): void {
    if (isOutage(error) || statusOf(error) === 429) return;
    queueMicrotask(() => this.#onError?.(error)); // what it throws must not end the watch
  }
}
