import { type Question, sleep } from "../../../domain/index.ts";
import { type Patience, pauseAfter } from "./patience.ts";

interface Open {
  readonly question: Question;
  dueMs: number;
  failures: number;
}

/** As many are stored with the place in the stream. */
const MAX_OPEN = 100;
const IDLE_MS = 3_600_000;

/** Whom to ask for, each subject once. One without an answer holds up no other. */
export class OpenQuestions {
  readonly #open = new Map<string, Open>();
  readonly #againMs: number;
  #change = new AbortController();

  /** @param againMs until a final answer is asked for again the first time; four times as long each time */
  constructor(againMs: number) {
    this.#againMs = againMs;
  }

  list(): readonly Question[] {
    return Array.from(this.#open.values(), ({ question }) => question);
  }

  add(question: Question, afterMs = 0): void {
    const { at: former = null } = this.#open.get(question.subject)?.question ?? {};
    const at = former !== null && former > (question.at ?? "") ? former : question.at;
    const dueMs = performance.now() + afterMs;
    this.#open.set(question.subject, { question: { ...question, at }, dueMs, failures: 0 });
    this.#changed();
  }

  /** Waits until there is room for one more. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#open.size >= MAX_OPEN) await this.#wait(IDLE_MS, signal);
  }

  /**
   * Asks what is due, one after the other. It never returns.
   * @param ask returns what to ask some seconds later; null for nothing
   */
  async answer(
    ask: (question: Question) => Promise<Question | null>,
    patience: Patience,
    signal: AbortSignal,
  ): Promise<never> {
    for (;;) {
      const open = await this.#due(signal);
      const { subject } = open.question;
      try {
        const next = await ask(open.question);
        // What has happened since it was asked is another question.
        if (this.#open.get(subject) !== open) continue;
        this.#open.delete(subject);
        if (next !== null) this.add(next, this.#againMs * 4 ** (next.answers - 1));
        this.#changed();
      } catch (error) {
        signal.throwIfAborted();
        open.failures += 1;
        open.dueMs = performance.now() + pauseAfter(error, open.failures, patience);
      }
    }
  }

  async #due(signal: AbortSignal): Promise<Open> {
    for (;;) {
      const [first] = [...this.#open.values()].sort((one, other) => one.dueMs - other.dueMs);
      const waitMs = first === undefined ? IDLE_MS : first.dueMs - performance.now();
      if (first !== undefined && waitMs <= 0) return first;
      await this.#wait(waitMs, signal);
    }
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, AbortSignal.any([signal, this.#change.signal])).catch(() => signal.throwIfAborted());
  }

  #changed(): void {
    this.#change.abort();
    this.#change = new AbortController();
  }
}
