import { createHash } from "node:crypto";
import { access, constants, type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { UNDO_CHECK, UNDO_END, UNDO_HEADER, UNDO_ROW } from "./line-schemas.ts";
import { fileProblem, type Line, linesOf, MOST_LINE_BYTES } from "./lines.ts";
import {
  LeakProblem,
  RowRefused,
  type UndoCheck,
  type UndoEnd,
  type UndoHeader,
  type UndoRow,
} from "./model.ts";
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
   * False where `apply` was killed, or the file was cut since: which of both it was, nobody can see. The whole lines of its last
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

/** Appends batches to an undo file, each of them whole on the disk before its changes are committed. */
export class UndoWriter {
  readonly #file: string;
  readonly #handle: FileHandle;
  #last: string;

  private constructor(file: string, handle: FileHandle, last: string) {
    this.#file = file;
    this.#handle = handle;
    this.#last = last;
  }

  /**
   * Begins the file, or goes on with it.
   * @throws {LeakProblem} such as an undo file of another plan
   */
  static async open(file: string, header: UndoHeader): Promise<UndoWriter> {
    const written = `${JSON.stringify(header)}\n`;
    const handle = await open(file, "a+", 0o600).catch((error) => {
      throw fileProblem(error, file, "written");
    });
    try {
      if (!(await isPieceOf(written, handle)))
        return new UndoWriter(file, handle, await goOn(file, handle, header));
      await handle.truncate(0);
      await handle.appendFile(written);
      await handle.sync();
      await syncFolder(file);
      return new UndoWriter(file, handle, hashOf("", [Buffer.from(written)]));
    } catch (error) {
      await handle.close();
      throw fileProblem(error, file, "written");
    }
  }

  /**
   * @throws {LeakProblem} where it cannot be written; a torn batch at the end does no harm
   * @throws {RowRefused} a line that could not be read again; nothing is written
   */
  async append(rows: readonly UndoRow[]): Promise<void> {
    const lines = rows.map(lineOf);
    if (lines.some(({ length }) => length > MOST_LINE_BYTES)) throw new RowRefused(TOO_LARGE);
    const check = checkOf(this.#last, lines);
    await this.#write([...lines, lineOf(check)]);
    this.#last = check.sha256;
  }

  /** Says that nothing is missing. */
  end(): Promise<void> {
    const end: UndoEnd = { kind: "end", sha256: this.#last };
    return this.#write([lineOf(end)]);
  }

  async #write(lines: readonly Uint8Array[]): Promise<void> {
    try {
      await this.#handle.appendFile(Buffer.concat(lines));
      await this.#handle.sync();
    } catch (error) {
      throw fileProblem(error, this.#file, "written");
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

const TOO_LARGE =
  "it has more subjects than a line of the undo file can hold: change it by hand, or in smaller parts";

/** Whether a file is empty, or has nothing but a piece of what was to be written: any other one is somebody else's. */
async function isPieceOf(written: string, handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  const whole = Buffer.from(written);
  if (size >= whole.length) return false;
  const { buffer } = await handle.read(Buffer.alloc(size), 0, size, 0);
  return whole.subarray(0, size).equals(buffer);
}

/** @returns the hash of the last check */
async function goOn(file: string, handle: FileHandle, header: UndoHeader): Promise<string> {
  const { header: found, sha256, unchecked, end } = await verifyUndo(file);
  refuseOther(file, found, header);
  await handle.truncate(end);
  if (unchecked.length === 0) return sha256;
  const lines = unchecked.map(({ bytes }) => bytes);
  const check = checkOf(sha256, lines);
  await handle.appendFile(lineOf(check));
  return check.sha256;
}

function checkOf(last: string, lines: readonly Uint8Array[]): UndoCheck {
  return { kind: "check", rows: lines.length, sha256: hashOf(last, lines) };
}

function lineOf(line: UndoRow | UndoCheck | UndoEnd): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** Whether a file is the way back of a plan. */
export async function isUndoOf(file: string, plan: string): Promise<boolean> {
  for await (const line of linesOf(file, { isOptional: true }))
    return parse(line, UNDO_HEADER)?.plan === plan;
  return false;
}

/**
 * Whether the file can be begun, or gone on with.
 * @throws {LeakProblem}
 */
export async function checkUndoFile(file: string, header: UndoHeader): Promise<void> {
  for await (const { isWhole } of linesOf(file, { isOptional: true })) {
    if (isWhole) refuseOther(file, (await verifyUndo(file)).header, header);
    return;
  }
  await access(dirname(file), constants.W_OK).catch((error) => {
    throw fileProblem(error, file, "written");
  });
}

/** @throws {LeakProblem} an undo file names the rows of one plan in one place, or the way back would lead elsewhere */
function refuseOther(file: string, found: UndoHeader, header: UndoHeader): void {
  if (found.plan !== header.plan || found.fingerprint !== header.fingerprint) {
    throw new LeakProblem(
      `${file} is the undo file of another plan: keep it, and name another file with --undo. Nothing was changed`,
    );
  }
  if (found.place === header.place) return;
  throw new LeakProblem(
    `${file} is the undo file of ${found.place}, and this is ${header.place}: keep it, and name another file with --undo. Nothing was changed`,
  );
}

/** A new file can be lost with its folder. */
async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), "r");
  await folder.sync().catch(() => {});
  await folder.close();
}

function hashOf(last: string, lines: readonly Uint8Array[]): string {
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
