import type { Environment } from "../config/config.ts";

/** Everything a command uses of its process; tests pass their own. */
export interface Terminal {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Replaces the last line on standard error; absent without a terminal. */
  readonly rewrite?: (line: string) => void;
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

/** Somebody has to decide, and starting again does not help: exit 3. */
export class OperatorNeeded extends CommandFailure {}

/** Incorrect use of a command: exit 2. */
export class UsageError extends CommandFailure {}

/** Prints the result of a command, as JSON or in words. */
export function print(result: unknown, words: string, json: true | undefined, { out, env }: Terminal): void {
  out(json ? `${jsonText(result)}\n` : named(words, env));
}

/** The name of this program for its user, which `./platform` sets. */
export function commandName({ PLATFORM_API_COMMAND: name }: Environment): string {
  return name || "platform-api";
}

/** The program in a hint: quoted, or as one of the lines to run that `leak` prints. */
const IN_HINT = /(?<=`)platform-api(?= )|platform-api(?= leak (?:apply|undo) )/g;

/** A text whose hints name the program as its reader calls it. */
function named(text: string, env: Environment): string {
  return text.replaceAll(IN_HINT, () => commandName(env));
}

const PROGRESS_EVERY_MS = 2_000;

/** Tells on standard error how far a command is, now and then. */
export function progressOn({ err }: Terminal): (words: string) => void {
  let toldAt = Date.now();
  return (words) => {
    if (Date.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = Date.now();
    err(`${words}\n`);
  };
}

/** Cells of a table, from left to right. */
export type Row = readonly (string | null)[];

/** Rows as aligned columns under their headings, with a dash in each cell without a value. */
export function formatTable(headings: Row, rows: readonly Row[]): string {
  return tableInParts(headings)(rows);
}

/** The same for a table whose rows come in parts: a column keeps its width until a part has a longer cell. */
export function tableInParts(headings: Row): (rows: readonly Row[]) => string {
  let above: readonly Row[] = [headings];
  let widths = headings.map(() => 0);
  return (rows) => {
    const lines = [...above, ...rows].map((line) => line.map((cell) => printable(cell ?? "–")));
    above = [];
    for (const line of lines)
      widths = widths.map((width, column) => Math.max(width, line[column]?.length ?? 0));
    const aligned = lines.map((line) =>
      line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
    );
    return aligned.map((line) => `${line.trimEnd()}\n`).join("");
  };
}

/**
 * What moves the cursor, colours the screen, reverses a line or is not seen: control and format characters (C1 too),
 * separators of lines, lone surrogates, and what a font must show as nothing.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A value on one line, such as a cell of a table, with the codes of characters that a terminal would act on or hide. */
export function printable(value: string): string {
  return value.replaceAll(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Text of several lines, each {@link printable}. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** JSON on one line. Characters that a terminal would act on or hide are escaped as JSON has it. */
export function jsonText(value: unknown): string {
  return escaped(JSON.stringify(value) ?? "null");
}

/** The same on many lines, for people. */
export function jsonLines(value: unknown): string {
  return JSON.stringify(value, null, 2).split("\n").map(escaped).join("\n");
}

function escaped(text: string): string {
  return text.replaceAll(UNSAFE, (character) =>
    character
      .split("") // its UTF-16 code units
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/**
 * The terminal as commands may use it: whatever they print of a token, a file or an answer, it cannot act on it.
 * @param args of the command: one that has several lines is shown on one, wherever it is quoted
 */
export function guarded(
  { out, err, rewrite, ask, ...terminal }: Terminal,
  args: readonly string[],
): Terminal {
  const several = args.filter((arg) => arg.trim().includes("\n"));
  const shown = (text: string) =>
    printableLines(several.reduce((quoting, arg) => quoting.replaceAll(arg, () => printable(arg)), text));
  return {
    ...terminal,
    out: (text) => out(shown(text)),
    err: (text) => err(shown(named(text, terminal.env))),
    ...(rewrite && { rewrite: (line: string) => rewrite(printable(line)) }),
    ask: ask && ((question) => ask(shown(question))),
  };
}
