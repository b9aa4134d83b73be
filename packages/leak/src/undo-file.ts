import { createHash } from "node:crypto";
import type { UndoCheck, UndoHeader, UndoRow } from "./changes.ts";
import { UNDO_CHECK, UNDO_END, UNDO_HEADER, UNDO_ROW } from "./line-schemas.ts";
import { type Line, linesOf } from "./lines.ts";
import { LeakProblem } from "./model.ts";
import { kindOf, parse, raise } from "./plan-file.ts";

/** Where a batch stands in the file. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** An undo file that is as it was written, as far as it goes. */
export interface VerifiedUndo {
  readonly header: UndoHeader;
  /** That can be undone. */
  readonly rows: number;
  readonly batches: readonly Span[];
  /** Hash of the last check, on which the next one builds. */
  readonly sha256: string;
  /**
   * False where `apply` was stopped or killed, or the file was cut since: which of these it was, nobody can see. The whole lines of its last
   * batch are used: a row is changed back only if it holds what its line says.
   */
  readonly isEnded: boolean;
  /** The whole lines at its end that no check follows. */
  readonly unchecked: readonly Line[];
  /** Where its last whole line ends. */
  readonly end: number;
  /** The columns that would be changed, by the name of their table. */
  readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Reads the whole file, of which it keeps where each batch stands.
 * @throws {LeakProblem} it is not an undo file, or somebody has edited it
 */
export async function verifyUndo(file: string): Promise<VerifiedUndo> {
  const changed = new Map<string, Set<string>>();
  const batches: Span[] = [];
  let header: UndoHeader | null = null;
  let last = "";
  let rows = 0;
  let isEnded = false;
  let end = 0;
  /** Since the last check. */
  let lines: Line[] = [];
  const take = (batch: readonly Line[]) => {
    for (const each of batch) remember(changed, parse(each, UNDO_ROW) ?? raise(edited(file)));
    batches.push({ start: batch[0]?.start ?? 0, end: batch.at(-1)?.end ?? 0 });
    rows += batch.length;
  };
  for await (const line of linesOf(file)) {
    if (line.isWhole) end = line.end;
    if (header === null) {
      header = parseHeader(line, file);
      last = hashOf("", [line.bytes]);
      continue;
    }
    isEnded = kindOf(line) === "end";
    if (isEnded) {
      if (parse(line, UNDO_END)?.sha256 !== last || lines.length > 0) throw edited(file);
      continue;
    }
    const check = kindOf(line) === "check" ? parse(line, UNDO_CHECK) : null;
    if (check === null) {
      lines.push(line);
      continue;
    }
    const batch = lines;
    lines = [];
    const bytes = batch.map((each) => each.bytes);
    if (batch.length !== check.rows || checkOf(last, bytes).sha256 !== check.sha256) throw edited(file);
    take(batch);
    last = check.sha256;
  }
  if (header === null) throw new LeakProblem(`${file} is empty: it is not an undo file`);
  const unchecked = lines.filter(({ isWhole }) => isWhole);
  if (unchecked.length > 0) take(unchecked);
  return { header, rows, batches, sha256: last, isEnded, unchecked, end, changed };
}

/** Whether it names every row of its plan, so that nothing can be missing although it has no end. */
export async function namesAll(file: string, undo: VerifiedUndo): Promise<boolean> {
  const planned = undo.header.rows;
  if (undo.rows < planned) return false;
  // A batch that was tried twice is in it twice.
  const names = new Set<string>();
  for await (const rows of undoBatches(file, undo))
    for (const { table, keyBefore, changes } of rows) {
      const places = changes.map(({ column, path }) => [column, path]);
      names.add(hashOf(JSON.stringify([table, keyBefore, places]), []).slice(0, 16));
    }
  return names.size >= planned;
}

/** The batches of a file that was verified, the last one first, and their rows the last one first. */
export async function* undoBatches(file: string, { batches }: VerifiedUndo): AsyncGenerator<UndoRow[]> {
  for (const { start, end } of batches.toReversed()) {
    const rows: UndoRow[] = [];
    for await (const line of linesOf(file, { from: start, to: end }))
      rows.push(parse(line, UNDO_ROW) ?? raise(edited(file)));
    yield rows.reverse();
  }
}

/** What ends a batch of these lines. */
export function checkOf(last: string, lines: readonly Uint8Array[]): UndoCheck {
  return { kind: "check", rows: lines.length, sha256: hashOf(last, lines) };
}

/** @param last the hash before it */
export function hashOf(last: string, lines: readonly Uint8Array[]): string {
  const hash = createHash("sha256").update(last);
  for (const line of lines) hash.update(line);
  return hash.digest("hex");
}

function remember(changed: Map<string, Set<string>>, { table, changes }: UndoRow): void {
  const columns = changed.get(table) ?? new Set();
  for (const { column } of changes) columns.add(column);
  changed.set(table, columns);
}

function parseHeader(line: Line, file: string): UndoHeader {
  const header = parse(line, UNDO_HEADER);
  if (header !== null && line.isWhole) return header;
  const isPlan = kindOf(line) === "plan";
  throw new LeakProblem(
    isPlan
      ? `${file} is a plan, not an undo file: to change what it names, use \`leak apply ${file}\``
      : `${file} is not an undo file of \`leak apply\`: its first line is something else`,
  );
}

function edited(file: string): LeakProblem {
  return new LeakProblem(
    `${file} has been edited since it was written: its lines and their check differ. Use a copy that has not. Nothing was changed`,
  );
}
