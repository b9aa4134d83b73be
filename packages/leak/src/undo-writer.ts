import { access, constants, type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { UndoCheck, UndoEnd, UndoHeader, UndoRow } from "./changes.ts";
import { UNDO_HEADER } from "./line-schemas.ts";
import { fileProblem, linesOf, MOST_LINE_BYTES } from "./lines.ts";
import { LeakProblem, RowRefused } from "./model.ts";
import { parse } from "./plan-file.ts";
import { checkOf, hashOf, verifyUndo } from "./undo-file.ts";

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
