import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename } from "node:fs/promises";
import type { z } from "zod";
import type { PlanHeader, PlanLine, PlannedRow, PlanSeal } from "./changes.ts";
import { KIND, PLAN_HEADER, PLAN_SEAL, PLANNED_ROW } from "./line-schemas.ts";
import { checkRegular, fileProblem, type Line, linesOf } from "./lines.ts";
import { LeakProblem } from "./model.ts";
import type { SubjectRule } from "./subjects.ts";

const FLUSH_CHARACTERS = 1 << 18;

/** Appends lines to a new file, in large pieces. */
export class LineWriter {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  #waiting = "";

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** @throws {LeakProblem} */
  static async create(file: string): Promise<LineWriter> {
    checkRegular(file);
    const handle = await open(file, "w", 0o600).catch((error) => {
      throw fileProblem(error, file, "written");
    });
    return new LineWriter(file, handle);
  }

  async write(line: string): Promise<void> {
    this.#waiting += `${line}\n`;
    if (this.#waiting.length > FLUSH_CHARACTERS) await this.flush();
  }

  /** Everything is on the disk when it returns. */
  async flush(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = "";
    this.#hash.update(text);
    try {
      await this.#handle.appendFile(text);
      await this.#handle.datasync();
    } catch (error) {
      throw fileProblem(error, this.#file, "written");
    }
  }

  /** SHA-256, in hex, of everything that was flushed. */
  get sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Writes a plan under another name, and gives it its own once it is whole. */
export class PlanWriter {
  readonly #file: string;
  readonly #lines: LineWriter;
  #rows = 0;
  #conflicts = 0;

  private constructor(file: string, lines: LineWriter) {
    this.#file = file;
    this.#lines = lines;
  }

  /** @throws {LeakProblem} */
  static async create(file: string, header: PlanHeader): Promise<PlanWriter> {
    const lines = await LineWriter.create(`${file}.new`);
    await lines.write(JSON.stringify(header));
    return new PlanWriter(file, lines);
  }

  async write(line: Exclude<PlanLine, PlanHeader | PlanSeal>): Promise<void> {
    if (line.kind === "row") this.#rows += 1;
    if (line.kind === "conflict") this.#conflicts += 1;
    await this.#lines.write(JSON.stringify(line));
  }

  /** Appends lines that were written apart, each of them a conflict. */
  async copyConflicts(file: string): Promise<void> {
    for await (const { text } of linesOf(file)) {
      this.#conflicts += 1;
      await this.#lines.write(text);
    }
  }

  /** @throws {LeakProblem} */
  async seal(): Promise<PlanSeal> {
    await this.#lines.flush();
    const { sha256 } = this.#lines;
    const seal: PlanSeal = { kind: "seal", rows: this.#rows, conflicts: this.#conflicts, sha256 };
    await this.#lines.write(JSON.stringify(seal));
    await this.#lines.flush();
    await this.#lines.close();
    await rename(`${this.#file}.new`, this.#file).catch((error) => {
      throw fileProblem(error, this.#file, "written");
    });
    return seal;
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

/** A plan that is whole and as it was made. */
export interface VerifiedPlan {
  readonly header: PlanHeader;
  readonly seal: PlanSeal;
  /** The columns that it changes, by the name of their table. */
  readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
  /** The UUID that takes the place of each subject. */
  readonly users: ReadonlyMap<string, string>;
}

/**
 * Reads the whole file, of which it keeps the different subjects.
 * @throws {LeakProblem} it is not a plan, or not all of one, or somebody has edited it
 */
export async function verifyPlan(file: string, rule: Pick<SubjectRule, "isSubject">): Promise<VerifiedPlan> {
  const hash = createHash("sha256");
  const changed = new Map<string, Set<string>>();
  const users = new Map<string, string>();
  const counts = { row: 0, conflict: 0 };
  let header: PlanHeader | null = null;
  let seal: PlanSeal | null = null;
  for await (const line of linesOf(file)) {
    if (seal !== null) throw edited(file);
    header ??= parseHeader(line, file);
    const kind = kindOf(line);
    if (kind === null) throw line.isWhole ? edited(file) : cut(file);
    if (kind === "seal") seal = parse(line, PLAN_SEAL);
    else hash.update(line.bytes);
    if (kind === "row" || kind === "conflict") counts[kind] += 1;
    if (kind !== "row") continue;
    const row = parse(line, PLANNED_ROW) ?? raise(edited(file));
    remember(changed, row);
    for (const { subject, userId } of row.changes) {
      if (!rule.isSubject(subject)) throw noSubject(file);
      if ((users.get(subject) ?? userId) !== userId) throw edited(file);
      users.set(subject, userId);
    }
  }
  if (header === null) throw new LeakProblem(`${file} is empty: it is not a plan`);
  if (seal === null) throw cut(file);
  const isAsMade =
    hash.digest("hex") === seal.sha256 && counts.row === seal.rows && counts.conflict === seal.conflicts;
  if (!isAsMade) throw edited(file);
  return { header, seal, changed, users };
}

/** The rows of a plan that was verified, in their order. */
export async function* plannedRows(file: string): AsyncGenerator<PlannedRow> {
  for await (const line of linesOf(file))
    if (kindOf(line) === "row") yield parse(line, PLANNED_ROW) ?? raise(edited(file));
}

/** @returns null where the line is something else */
export function parse<T>({ json }: Line, schema: z.ZodType<T>): T | null {
  return schema.safeParse(json).data ?? null;
}

/** What the line says that it is; null where it does not say. */
export function kindOf({ json, isWhole }: Line): string | null {
  const { data } = KIND.safeParse(json);
  return isWhole && data !== undefined ? data.kind : null;
}

export function raise(error: Error): never {
  throw error;
}

function remember(changed: Map<string, Set<string>>, { table, changes }: PlannedRow): void {
  const columns = changed.get(table) ?? new Set();
  for (const { column } of changes) columns.add(column);
  changed.set(table, columns);
}

function parseHeader(line: Line, file: string): PlanHeader {
  const header = parse(line, PLAN_HEADER);
  if (header !== null && line.isWhole) return header;
  const { data } = KIND.safeParse(line.json);
  if (data?.kind === "plan" && data.version !== 1) {
    throw new LeakProblem(
      `${file} is a plan of another version of this program: make it again with \`leak plan\``,
    );
  }
  if (data?.kind === "undo-header") {
    throw new LeakProblem(`${file} is an undo file, not a plan: to go back, use \`leak undo ${file}\``);
  }
  if (data?.kind === "part") {
    throw new LeakProblem(`${file} is the beginning of a plan: repeat the \`leak plan\` that was stopped`);
  }
  throw new LeakProblem(`${file} is not a plan of \`leak plan\`: its first line is something else`);
}

/** Whatever its seal says: anybody can compute a hash. */
function noSubject(file: string): LeakProblem {
  return new LeakProblem(
    `${file} would change what is not a subject of a known strategy: run this with the environment that made the plan (AUTH0_OTHER_STRATEGIES), or make it again with \`leak plan\`. Nothing was changed`,
  );
}

function cut(file: string): LeakProblem {
  return new LeakProblem(
    `${file} is not whole: its end is missing. Copy it again, or make it again with \`leak plan\`. Nothing was changed`,
  );
}

function edited(file: string): LeakProblem {
  return new LeakProblem(
    `${file} has been edited since it was made: its lines and its seal differ. Make it again with \`leak plan\`; a row that must stay as it is has to be decided in the database. Nothing was changed`,
  );
}
