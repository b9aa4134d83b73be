import { vi } from "vitest";

interface Due {
  readonly atMs: number;
  readonly run: () => void;
}

/** The time of all machines, in one hand. Timers of the code under test follow it. */
export class VirtualTime {
  nowMs = 1_000_000_000_000;
  #due: Due[] = [];

  /** Until `vi.unstubAllGlobals`. */
  rule(): void {
    vi.stubGlobal("setTimeout", (run: () => void, ms: number) => this.after(ms, run));
    vi.stubGlobal("clearTimeout", (timer: Due | undefined) => {
      if (timer !== undefined) this.cancel(timer);
    });
  }

  after(ms: number, run: () => void): Due {
    const due = { atMs: this.nowMs + ms, run };
    this.#due.push(due);
    return due;
  }

  cancel(timer: Due): void {
    this.#due = this.#due.filter((due) => due !== timer);
  }

  wait(ms: number): Promise<void> {
    return ms === 0 ? Promise.resolve() : new Promise((resolve) => this.after(ms, resolve));
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#due.reduce<Due | null>(
        (first, due) => (first === null || due.atMs < first.atMs ? due : first),
        null,
      );
      if (next === null || next.atMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.cancel(next);
      next.run();
    }
    this.nowMs = untilMs;
  }
}

/** What starts without a reply starts in microtasks, so before the next turn of the event loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
