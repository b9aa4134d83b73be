import { batchesOf } from "./batches.ts";
import type { Applied, LeakTarget, PlannedRow, UndoHeader, UndoRow } from "./changes.ts";
import { lockFile, onlyNameOf } from "./file-lock.ts";
import { LeakProblem, type Progress } from "./model.ts";
import { checkLayout, checkPlace, undoTables } from "./origin.ts";
import { plannedRows, type VerifiedPlan } from "./plan-file.ts";
import { undoBatches, type VerifiedUndo } from "./undo-file.ts";
import { checkUndoFile, isUndoOf, UndoWriter } from "./undo-writer.ts";

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
  /** Rows that held the new value already. */
  readonly changedBefore: number;
  /** Rows that no longer hold what the file says. */
  readonly skipped: number;
  readonly refused: readonly Refused[];
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
}

export interface ApplyReport extends ChangeReport {
  /** Null where it was stopped. */
  readonly left: readonly Left[] | null;
}

/** The plan, and the file for the way back. */
export interface ChangedFiles {
  readonly plan: string;
  readonly undo: string;
}

/**
 * Everything that can be known before anything is changed.
 * @param isElsewhere the store of the plan is known to be this one, under another name
 * @throws {LeakProblem}
 */
export async function checkApply(
  files: ChangedFiles,
  plan: VerifiedPlan,
  target: LeakTarget,
  isElsewhere: boolean,
  signal: AbortSignal,
): Promise<void> {
  checkPlace(files.plan, plan.header.place, target.catalog, isElsewhere);
  onlyNameOf(files.undo);
  await checkPlan(files, plan, target.catalog);
  await checkUndoFile(files.undo, undoHeader(plan, target.catalog));
  await target.prepare?.(plan.changed, signal);
}

/** The same for the way back. */
export async function checkUndo(
  file: string,
  undo: VerifiedUndo,
  target: LeakTarget,
  isElsewhere: boolean,
  signal: AbortSignal,
): Promise<void> {
  onlyNameOf(file);
  checkStore(file, undo.header, target.catalog);
  checkPlace(file, undo.header.place, target.catalog, isElsewhere);
  checkLayout(file, undo.header, undo.changed, target.catalog);
  await target.prepare?.(undo.changed, signal);
}

type Report = (progress: Progress) => void;

/**
 * Changes what the plan names, batch by batch. After any stop it goes on where it is started again.
 * @throws {LeakProblem} what stops it; batches that were committed stay, and are in the undo file
 */
export async function applyPlan(
  files: ChangedFiles,
  plan: VerifiedPlan,
  target: LeakTarget,
  report: Report,
  signal: AbortSignal,
): Promise<ApplyReport> {
  const { seal, changed } = plan;
  await checkPlan(files, plan, target.catalog);
  const release = lockFile(files.undo);
  let undo: UndoWriter | null = null;
  try {
    await target.prepare?.(changed, signal);
    undo = await UndoWriter.open(files.undo, undoHeader(plan, target.catalog));
    const writer = undo;
    const apply = (rows: readonly PlannedRow[]) =>
      target.apply(rows, (before: readonly UndoRow[]) => writer.append(before), signal);
    const batches = batchesOf(plannedRows(files.plan));
    const sum = await changeAll({ what: "rows changed", all: seal.rows }, batches, apply, report, signal);
    // What is stopped goes on, and a copy of before must not look like all of it.
    if (!sum.isStopped) await undo.end();
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
  checkLayout(file, undo.header, undo.changed, target.catalog);
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
  const sum = { rows: 0, changed: 0, changedBefore: 0, skipped: 0 };
  for await (const rows of batches) {
    if (signal.aborted) break;
    const applied = await change(rows);
    sum.rows += rows.length;
    sum.changed += applied.changed;
    sum.changedBefore += applied.changedBefore;
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
  { store }: { readonly store: string },
  catalog: LeakTarget["catalog"],
): void {
  if (store !== catalog.store) {
    throw new LeakProblem(
      `${file} is for ${store}, not for ${catalog.store}: name that store. Nothing was changed`,
    );
  }
}

/** A plan was judged by all that the layout says, so that it is for this layout alone. */
async function checkPlan(
  { plan: file, undo }: ChangedFiles,
  { header, seal }: VerifiedPlan,
  catalog: LeakTarget["catalog"],
): Promise<void> {
  checkStore(file, header, catalog);
  if (header.fingerprint === catalog.fingerprint) return;
  const cure = (await isUndoOf(undo, seal.sha256))
    ? `It has been applied in part: \`leak undo ${undo}\` takes that back, as long as the tables that it names are there; or a new \`leak plan\`, in another file, goes on from what is there`
    : "Name the database (and --schema) that it was made from, or make it again with `leak plan`";
  throw new LeakProblem(
    `${file} was made from another database than ${catalog.label}, from other schemas, or before its tables were changed. ${cure}. Nothing was changed`,
  );
}

function undoHeader(
  { header: { store, schemas, fingerprint }, seal, changed }: VerifiedPlan,
  catalog: LeakTarget["catalog"],
): UndoHeader {
  const { place } = catalog;
  const { sha256: plan, rows } = seal;
  const tables = undoTables(catalog, changed);
  return { kind: "undo-header", version: 1, store, schemas, fingerprint, place, plan, rows, tables };
}
