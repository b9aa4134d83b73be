import type { Writable } from "node:stream";

/** About 2,000 lines. */
const MAX_WAITING = 1_048_576;

/** The destination of the log: one JSON object a line. */
export type Log = { write(line: string): unknown };

/**
 * Loses lines where the disk is full, or the reader stops or has gone: stdout alone would keep all that wait, and its
 * errors would end the process.
 */
export function lossyLog(stdout: Writable): Log {
  let begin = "";
  // A line that failed may be cut, so the next one begins a new line.
  const written = (error?: Error | null) => {
    begin = error ? "\n" : "";
  };
  stdout.on("error", () => {});
  // Node lets the process wait for a terminal, which Ctrl+S stops.
  if ("isTTY" in stdout) Reflect.get(stdout, "_handle")?.setBlocking(false);
  return {
    write: (line) => stdout.writableLength > MAX_WAITING || stdout.write(begin + line, written),
  };
}
