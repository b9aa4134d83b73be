import { batchesOf } from "./batches.ts";
import { lockFile } from "./file-lock.ts";
import {
  type Applied,
  LeakProblem,
  type LeakTarget,
  type PlannedRow,
  type Progress,
  type UndoRow,
} from "./model.ts";
import { plannedRows, type VerifiedPlan } from "./plan-file.ts";
import { UndoWriter, undoBatches, type VerifiedUndo } from "./undo-file.ts";

/** What the store refused, by its reason. */
export interface Refused {
  readonly table: string;
  readonly why: string;
  readonly rows: number;
  /** Keys of some of them. */
  readonly examples: readonly (readonly string[])[];
}

/** A column of a planned table that still has subjects. */
export interface Left {
  readonly table: string;
  readonly column: string;
  readonly rows: number;
  readonly subjects: number;
}

export interface ChangeReport {
  /** Rows that the file names, as far as they were read. */
  readonly rows: number;
  readonly changed: number;
  readonly skipped: number;
  readonly refused: readonly Refused[];
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
}

export interface ApplyReport extends ChangeReport {
  /** Null where it was stopped. */
  readonly left: readonly Left[] | null;
}

type Report = (progress: Progress) => void;

/**
 * Changes what the plan names, batch by batch. After any stop it goes on where it is started again.
 * @throws {LeakProblem} what stops it; batches that were committed stay, and are in the undo file
 */
export async function applyPlan(
  files: { readonly plan: string; readonly undo: string },
  { header, seal, changed }: VerifiedPlan,
  target: LeakTarget,
  report: Report,
  signal: AbortSignal,
): Promise<ApplyReport> {
  const { store, schemas, fingerprint } = header;
  checkStore(files.plan, header, target.catalog);
  const release = lockFile(files.undo);
  let undo: UndoWriter | null = null;
  try {
    await target.prepare?.(changed, signal);
    undo = await UndoWriter.open(files.undo, {
      kind: "undo-header",
      version: 1,
      store,
      schemas,
      fingerprint,
      plan: seal.sha256,
      rows: seal.rows,
    });
    const writer = undo;
    const apply = (rows: readonly PlannedRow[]) =>
      target.apply(rows, (before: readonly UndoRow[]) => writer.append(before), signal);
    const batches = batchesOf(plannedRows(files.plan));
    const sum = await changeAll({ what: "rows changed", all: seal.rows }, batches, apply, report, signal);
    await undo.end();
    const left = sum.isStopped
      ? null
      : await whatIsLeft(target, changed, report, signal).catch(nullIf(signal));
    return { ...sum, isStopped: sum.isStopped || left === null, left };
  } finally {
    await undo?.close();
    release();
  }
}

/** The way back, from the last batch to the first. */
export async function undoChanges(
  file: string,
  undo: VerifiedUndo,
  target: LeakTarget,
  report: Report,
  signal: AbortSignal,
): Promise<ChangeReport> {
  checkStore(file, undo.header, target.catalog);
  const release = lockFile(file);
  try {
    await target.prepare?.(undo.changed, signal);
    const change = (rows: readonly UndoRow[]) => target.undo(rows, signal);
    const batches = undoBatches(file, undo);
    return await changeAll({ what: "rows changed back", all: undo.rows }, batches, change, report, signal);
  } finally {
    release();
  }
}

async function changeAll<Row extends { readonly table: string }>(
  { what, all }: { readonly what: string; readonly all: number },
  batches: AsyncIterable<readonly Row[]>,
  change: (rows: readonly Row[]) => Promise<Applied>,
  report: Report,
  signal: AbortSignal,
): Promise<ChangeReport> {
  const refused = new Map<string, { -readonly [K in keyof Refused]: Refused[K] }>();
  const sum = { rows: 0, changed: 0, skipped: 0 };
  for await (const rows of batches) {
    if (signal.aborted) break;
    const applied = await change(rows);
    sum.rows += rows.length;
    sum.changed += applied.changed;
    sum.skipped += applied.skipped;
    for (const { row, why } of applied.refused) {
      const name = JSON.stringify([row.table, why]);
      const known = refused.get(name) ?? { table: row.table, why, rows: 0, examples: [] };
      const examples = known.examples.length < MOST_EXAMPLES ? [...known.examples, row.key] : known.examples;
      refused.set(name, { ...known, rows: known.rows + 1, examples });
    }
    report({ what, done: sum.rows, all });
  }
  return { ...sum, refused: [...refused.values()], isStopped: signal.aborted };
}

const MOST_EXAMPLES = 3;

/** Reads the planned tables again. */
async function whatIsLeft(
  source: LeakTarget,
  changed: VerifiedPlan["changed"],
  report: Report,
  signal: AbortSignal,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  for (const table of source.catalog.tables.filter(({ name }) => changed.has(name))) {
    const columns = new Map<string, { rows: number; subjects: Set<string> }>();
    let done = 0;
    for await (const { rows, found } of source.walk(table, null, signal)) {
      for (const { places } of found) {
        for (const column of new Set(places.map((place) => place.column))) {
          const known = columns.get(column) ?? { rows: 0, subjects: new Set() };
          known.rows += 1;
          columns.set(column, known);
        }
        for (const { column, subject } of places) columns.get(column)?.subjects.add(subject);
      }
      done += rows;
      report({ what: `rows read again, now in ${table.name}`, done, all: table.rows });
    }
    for (const [column, { rows, subjects }] of columns)
      left.push({ table: table.name, column, rows, subjects: subjects.size });
  }
  return left;
}

/** A walk throws where it is stopped. */
function nullIf(signal: AbortSignal): (error: unknown) => null {
  return (error) => {
    if (signal.aborted) return null;
    throw error;
  };
}

function checkStore(
  file: string,
  { store, fingerprint }: { readonly store: string; readonly fingerprint: string },
  catalog: LeakTarget["catalog"],
): void {
  if (store !== catalog.store) {
    throw new LeakProblem(
      `${file} is for ${store}, not for ${catalog.store}: name that store. Nothing was changed`,
    );
  }
  if (fingerprint !== catalog.fingerprint) {
    throw new LeakProblem(
      `${file} was made from another database than ${catalog.label}, from other schemas, or before its tables were changed: name the database (and --schema) that it was made from, or make it again with \`leak plan\`. Nothing was changed`,
    );
  }
}
