import type { Environment } from "../config.ts";

/** Everything a command uses of its process; tests pass their own. */
export interface Terminal {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Asks the operator a question; null without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** The operating system's user, for the audit. */
  readonly operator: string;
  /** Calls back when the process receives a signal to stop. */
  readonly onStop: (stop: () => void) => void;
}

/** A failure, whose message says how to fix it: exit 1. */
export class CommandFailure extends Error {}

/** Incorrect use of a command: exit 2. */
export class UsageError extends CommandFailure {}

/** Prints the result of a command, as JSON or in words. */
export function print(result: unknown, words: string, json: true | undefined, { out }: Terminal): void {
  out(json ? `${JSON.stringify(result)}\n` : words);
}

/** Rows as aligned columns under their headings, with a dash in each cell without a value. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): string {
  const lines = [headings, ...rows].map((line) => line.map((cell) => printable(cell ?? "–")));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const aligned = lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
  );
  return aligned.map((line) => `${line.trimEnd()}\n`).join("");
}

/** A cell may hold a value of a token: characters that move the cursor or colour the screen appear as their codes. */
export function printable(cell: string): string {
  return cell.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
