import type { Progress } from "@platform-api/leak";
import type { Terminal } from "../../terminal/terminal.ts";

const LINE_EVERY_MS = 10_000;
const REWRITE_EVERY_MS = 200;
/** Before that, the time left would be a guess. */
const FIRST_GUESS_MS = 2_000;

export interface ProgressLine {
  report(progress: Progress): void;
  /** Takes the line away, so that the next text begins at the margin. */
  end(): void;
}

/** Tells on standard error how far a long step is: a line that is rewritten, or one every 10 s where nobody watches. */
export function progressLine({ err, rewrite }: Terminal, now: () => number = Date.now): ProgressLine {
  const everyMs = rewrite === undefined ? LINE_EVERY_MS : REWRITE_EVERY_MS;
  let toldAt = now();
  let first: { readonly step: string; readonly done: number; readonly at: number } | null = null;
  return {
    report(progress) {
      const step = stepOf(progress);
      if (first === null || first.step !== step) first = { step, done: progress.done, at: now() };
      if (now() - toldAt < everyMs) return;
      toldAt = now();
      const words = progressWords(progress, progress.done - first.done, now() - first.at);
      if (rewrite === undefined) err(`${words}\n`);
      else rewrite(words);
    },
    end: () => rewrite?.(""),
  };
}

/** What comes after a comma changes while the step is the same. */
function stepOf({ what }: Progress): string {
  return what.split(",")[0] ?? what;
}

/** @param gained in the last `ms` */
export function progressWords({ what, done, all }: Progress, gained: number, ms: number): string {
  const count = done.toLocaleString("en-US");
  if (all === null || all === 0) return `${count} ${what}`;
  const total = Math.max(all, done);
  const left = gained > 0 && ms >= FIRST_GUESS_MS ? ((total - done) / gained) * ms : null;
  const percent = Math.floor((100 * done) / total);
  const time = left === null ? "" : `, ${durationWords(left)} left`;
  return `${count} of about ${total.toLocaleString("en-US")} ${what} (${percent} %${time})`;
}

export function durationWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
