import { write, writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";

/** What waits while the outlet is busy: 20,000 access lines. The outlet itself never has more than that either. */
const MAX_WAITING = 4_194_304;
const LINE_END = 10;
const NOTHING = Buffer.alloc(0);

/** Takes whole lines, and a text only when it is done with the one before. */
export interface Outlet {
  /** Does not block. @param done called later, with the number of lines that were lost */
  write(lines: string, done: (lost: number) => void): void;
  /** Writes as much as it can before it returns. */
  writeNow(lines: string): void;
}

/**
 * Loses lines where the disk is full, or the reader stops or has gone, and goes on as soon as it can. pino's own
 * destination keeps every line, and blocks the process until it is written (sonic-boom, `flushSync` and EAGAIN).
 */
export class LossyLog {
  readonly #open: () => Outlet;
  #outlet: Outlet | null = null;
  #waiting = "";
  #isBusy = false;
  #lost = 0;

  /** @param open called with the first line */
  constructor(open: () => Outlet) {
    this.#open = open;
  }

  /** Lines that could not be written. */
  get lost(): number {
    return this.#lost;
  }

  write(lines: string): void {
    if (this.#waiting.length + lines.length > MAX_WAITING) {
      this.#lost += linesIn(lines);
      return;
    }
    this.#waiting += lines;
    if (!this.#isBusy) this.#next();
  }

  /** For a process that exits: nothing is written later. */
  writeNow(): void {
    this.#outlet?.writeNow(this.#take());
  }

  #next(): void {
    this.#outlet ??= this.#open();
    this.#isBusy = true;
    this.#outlet.write(this.#take(), (lost) => {
      this.#isBusy = false;
      this.#lost += lost;
      if (this.#waiting !== "") this.#next();
    });
  }

  #take(): string {
    const lines = this.#waiting;
    this.#waiting = "";
    return lines;
  }
}

/** The log of a service. */
export function stdoutLog(): LossyLog {
  return new LossyLog(() => {
    const { stdout } = process;
    // Node writes to files while the process waits, and takes a part of a text for all of it.
    return stdout instanceof Socket ? streamOutlet(stdout) : fileOutlet(1);
  });
}

/** A pipe, a socket or a terminal. What of a failed text was written is not known, so the next one begins a new line. */
export function streamOutlet(stream: Writable): Outlet {
  let begin = "";
  stream.on("error", () => {}); // `write` is told, too
  // Node lets the process wait for a terminal, which Ctrl+S stops.
  if ("isTTY" in stream) Reflect.get(stream, "_handle")?.setBlocking(false);
  return {
    write(lines, done) {
      stream.write(begin + lines, (error) => {
        begin = error ? "\n" : "";
        done(error ? linesIn(lines) : 0);
      });
    },
    writeNow: (lines) => void stream.write(begin + lines),
  };
}

/** A file. The rest of a line that was cut comes before the next line. */
export function fileOutlet(fd: number): Outlet {
  let rest = NOTHING;
  const withRest = (lines: string) => {
    const bytes = Buffer.concat([rest, Buffer.from(lines)]);
    rest = NOTHING;
    return bytes;
  };
  return {
    write(lines, done) {
      let isCut = rest.length > 0;
      const bytes = withRest(lines);
      const writeFrom = (start: number): void =>
        write(fd, bytes, start, (error, count) => {
          const end = error ? start : start + count;
          if (end > 0) isCut = bytes[end - 1] !== LINE_END;
          if (!error && count > 0 && end < bytes.length) return writeFrom(end);
          rest = Buffer.from(isCut ? bytes.subarray(end, bytes.indexOf(LINE_END, end) + 1) : NOTHING);
          done(linesIn(bytes.toString("latin1", end + rest.length)));
        });
      writeFrom(0);
    },
    writeNow(lines) {
      try {
        for (
          let left = withRest(lines), count = -1;
          left.length > 0 && count !== 0;
          left = left.subarray(count)
        )
          count = writeSync(fd, left);
      } catch {
        // The process exits, and nothing else could hold these lines.
      }
    },
  };
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
