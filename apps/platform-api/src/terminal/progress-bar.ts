import { progressOn, type Terminal } from "./terminal.ts";

const REWRITE_EVERY_MS = 100;
const CELLS = 30;

export interface ProgressBar {
  /** @param what such as "lines checked" */
  report(done: number, all: number, what: string): void;
  /** Takes the bar away, so that the next text begins at the margin. */
  end(): void;
}

/** Tells on standard error how far a command is: a bar that is rewritten, or a line now and then where nobody watches. */
export function progressBar(terminal: Terminal, now: () => number = Date.now): ProgressBar {
  const { rewrite } = terminal;
  const tell = progressOn(terminal);
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    report(done, all, what) {
      if (rewrite === undefined) return tell(`${done} of ${all} ${what}`);
      if (done < all && now() - drawnAt < REWRITE_EVERY_MS) return;
      drawnAt = now();
      rewrite(barOf(done, all, what));
    },
    end: () => rewrite?.(""),
  };
}

export function barOf(done: number, all: number, what: string): string {
  const part = all === 0 ? 1 : Math.min(1, done / all);
  const cells = "█".repeat(Math.floor(part * CELLS)).padEnd(CELLS, "░");
  const percent = String(Math.floor(part * 100)).padStart(3);
  return `${cells} ${percent} %  ${done.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} ${what}`;
}
