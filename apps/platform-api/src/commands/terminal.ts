import type { Environment } from "../config.ts";

/** What a command works with; tests give their own. */
export interface Terminal {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Asks whoever sits there; null where nobody does: no terminal. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Whose commands these are, for the audit: the name of the operating system's user. */
  readonly operator: string;
  /** Calls back at a signal to stop. */
  readonly onStop: (stop: () => void) => void;
}

/** A failure, in words that say how to mend it: exit 1. */
export class CommandFailure extends Error {}

/** Wrong use of a command: exit 2. */
export class UsageError extends Error {}

/** Rows as aligned columns under their headings. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((line) => line.map(printable));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** A cell may hold what a token said: what would move the cursor or colour the screen is shown as its code. */
export function printable(cell: string): string {
  return cell.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
