import type { SentQuestion } from "./standing.ts";

/** Who waits for answers to a question. */
export interface Listener {
  /** When they began, by `performance.now()`. An answer to what was asked before says nothing to them. */
  readonly since: number;
  stands(): void;
  ends(why: Error): void;
}

/** A question, and all who wait for its answers. */
export class Entry {
  readonly question: SentQuestion;
  readonly listeners = new Set<Listener>();
  /** When the last answer was asked for; before the first one, when the entry was made. By `performance.now()`. */
  knownAt: number;
  /** Whether there was no answer since. */
  hasFailed = false;

  constructor(question: SentQuestion, knownAt: number) {
    this.question = question;
    this.knownAt = knownAt;
  }
}

/** All that is watched: equal questions are one entry. */
export class Watched {
  readonly #entries = new Map<string, Entry>();

  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  add(question: SentQuestion, listener: Listener): Entry {
    const key = JSON.stringify(question);
    const entry = this.#entries.get(key) ?? new Entry(question, listener.since);
    this.#entries.set(key, entry);
    entry.listeners.add(listener);
    return entry;
  }

  remove(entry: Entry, listener: Listener): void {
    entry.listeners.delete(listener);
    const key = JSON.stringify(entry.question);
    if (entry.listeners.size === 0 && this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  /** Tells those who began before `askedAt` that the user stands. */
  stands(entry: Entry, askedAt: number): void {
    for (const listener of entry.listeners) if (listener.since <= askedAt) listener.stands();
  }

  /** Tells those who began before `askedAt` why it ends, and forgets them. */
  ends(entry: Entry, askedAt: number, why: Error): void {
    for (const listener of entry.listeners) {
      if (listener.since > askedAt) continue;
      this.remove(entry, listener);
      listener.ends(why);
    }
  }
}
