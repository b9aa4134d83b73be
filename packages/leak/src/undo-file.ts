import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { UNDO_CHECK, UNDO_HEADER, UNDO_ROW } from "./line-schemas.ts";
import { fileProblem, type Line, linesOf } from "./lines.ts";
import { LeakProblem, type UndoCheck, type UndoHeader, type UndoRow } from "./model.ts";
import { kindOf, parse, raise } from "./plan-file.ts";

/** Where a batch stands in the file. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** An undo file that is as it was written. */
export interface VerifiedUndo {
  readonly header: UndoHeader;
  readonly rows: number;
  readonly batches: readonly Span[];
  /** Hash of the last check, on which the next one builds. */
  readonly sha256: string;
  /** Whether it ends within a batch, which was never committed. */
  readonly isTorn: boolean;
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
  /** Since the last check: a batch, and before it perhaps a torn one. */
  let lines: Line[] = [];
  for await (const line of linesOf(file)) {
    if (header === null) {
      header = parseHeader(line, file);
      last = hashOf("", [line.bytes]);
      continue;
    }
    const check = kindOf(line) === "check" ? parse(line, UNDO_CHECK) : null;
    if (check === null) {
      lines.push(line);
      continue;
    }
    const batch = lines.slice(-check.rows);
    lines = [];
    if (
      batch.length !== check.rows ||
      hashOf(
        last,
        batch.map(({ bytes }) => bytes),
      ) !== check.sha256
    )
      throw edited(file);
    for (const each of batch) remember(changed, parse(each, UNDO_ROW) ?? raise(edited(file)));
    batches.push({ start: batch[0]?.start ?? 0, end: line.start });
    last = check.sha256;
    rows += check.rows;
  }
  if (header === null) throw new LeakProblem(`${file} is empty: it is not an undo file`);
  return { header, rows, batches, sha256: last, isTorn: lines.length > 0, changed };
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
    try {
      const handle = await open(file, "a+", 0o600);
      const { size } = await handle.stat();
      const isBegun = size > Buffer.byteLength(written) || (size > 0 && (await hasHeader(file)));
      if (!isBegun) {
        // Nothing but a piece of a header was ever written.
        if (size > 0) await handle.truncate(0);
        await handle.appendFile(written);
        await handle.sync();
        await syncFolder(file);
        return new UndoWriter(file, handle, hashOf("", [Buffer.from(written)]));
      }
      return new UndoWriter(file, handle, await goOn(file, handle, header));
    } catch (error) {
      throw fileProblem(error, file, "written");
    }
  }

  /** @throws {LeakProblem} where it cannot be written; a torn batch at the end does no harm */
  async append(rows: readonly UndoRow[]): Promise<void> {
    const lines = rows.map((row) => Buffer.from(`${JSON.stringify(row)}\n`));
    const check: UndoCheck = { kind: "check", rows: rows.length, sha256: hashOf(this.#last, lines) };
    try {
      await this.#handle.appendFile(Buffer.concat([...lines, Buffer.from(`${JSON.stringify(check)}\n`)]));
      await this.#handle.sync();
    } catch (error) {
      throw fileProblem(error, this.#file, "written");
    }
    this.#last = check.sha256;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function hasHeader(file: string): Promise<boolean> {
  for await (const line of linesOf(file)) return line.isWhole;
  return false;
}

/** @returns the hash of the last check */
async function goOn(file: string, handle: FileHandle, header: UndoHeader): Promise<string> {
  const { header: found, sha256, isTorn } = await verifyUndo(file);
  if (found.plan !== header.plan || found.fingerprint !== header.fingerprint) {
    throw new LeakProblem(
      `${file} is the undo file of another plan: keep it, and name another file with --undo. Nothing was changed`,
    );
  }
  if (isTorn) await handle.appendFile("\n");
  return sha256;
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
