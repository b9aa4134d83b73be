import type { LeakSource, Progress, Resolution, Resolve } from "./model.ts";
import { readState, type StateFile, stateFile } from "./scan-state.ts";
import { createTally, type Found, type Tally } from "./scan-tally.ts";
import type { SubjectRule } from "./subjects.ts";

/** As {@link Resolve} takes them. */
const RESOLVED_TOGETHER = 100;

export interface ScanOptions {
  readonly source: LeakSource;
  readonly rule: SubjectRule;
  readonly resolve: Resolve;
  /** Where a scan that was stopped goes on from. */
  readonly stateFile: string;
  readonly onProgress: (progress: Progress) => void;
  /** Told once, where the scan goes on. */
  readonly onResumed: (rows: number, begunAt: string) => void;
  readonly signal: AbortSignal;
}

/** What was found in a column. */
export interface ColumnReport {
  readonly table: string;
  readonly column: string;
  /** Null where the store has no columns of a type. */
  readonly type: string | null;
  /** How many rows have a subject there. */
  readonly rows: number;
  /** How many different ones. */
  readonly subjects: number;
  /** Of these subjects: whose user is known by a stored link, by the directory, or not at all. */
  readonly byLink: number;
  readonly byDirectory: number;
  readonly unknown: number;
  /** How many of the known users have a row under their UUID, too. */
  readonly alsoByUserId: number;
  /** How many values only look like a subject. */
  readonly resembling: number;
  /** Its table has no primary key, so that its rows have to be changed by hand. */
  readonly isByHand: boolean;
}

export interface ScanReport {
  readonly store: string;
  readonly label: string;
  readonly fingerprint: string;
  /** Tables that were left out by name. */
  readonly skipped: readonly string[];
  readonly tables: number;
  readonly rows: number;
  readonly subjects: number;
  readonly columns: readonly ColumnReport[];
  /** Why subjects are unknown, with the most frequent reason first. */
  readonly unknown: readonly { readonly why: string; readonly subjects: number }[];
  readonly notes: readonly string[];
}

/**
 * Reads a whole store, and counts what it finds.
 * @returns null where it was stopped: the state file says how far it came
 * @throws {LeakProblem}
 */
export async function scan(options: ScanOptions): Promise<ScanReport | null> {
  const { source, rule, signal } = options;
  const { fingerprint, place } = source.catalog;
  const identity = { fingerprint, place, pattern: rule.pattern };
  const former = await readState(options.stateFile, identity);
  if (former !== null) options.onResumed(former.rows, former.begunAt);
  const begunAt = former?.begunAt ?? new Date().toISOString();
  const tally = createTally({ ...identity, begunAt }, former, source);
  const file = stateFile(options.stateFile);
  try {
    await walkAll(options, tally, file);
    const report = await reportOf(options, tally);
    await file.remove();
    return report;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

async function walkAll(
  { source, onProgress, signal }: ScanOptions,
  tally: Tally,
  file: StateFile,
): Promise<void> {
  const { tables } = source.catalog;
  const rows = tables.map((table) => table.rows);
  const all = rows.every((count) => count !== null) ? rows.reduce((sum, count) => sum + count, 0) : null;
  // Where the file cannot be written, that is known at once.
  await file.save(tally.state, true);
  for (const table of tables) {
    if (tally.isDone(table)) continue;
    let canGoOn = true;
    try {
      for await (const batch of source.walk(table, tally.position, signal)) {
        tally.add(table, batch);
        canGoOn = batch.position !== null;
        onProgress({ what: `rows read, now ${table.name}`, done: tally.rows, all });
        signal.throwIfAborted();
        if (canGoOn) await file.save(tally.state);
      }
    } catch (error) {
      // Also where the store fails: what was read is not read again.
      if (canGoOn) await file.save(tally.state, true);
      throw error;
    }
    tally.end(table);
    await file.save(tally.state, true);
  }
}

async function reportOf(options: ScanOptions, { subjects, columns, rows }: Tally): Promise<ScanReport> {
  const { catalog } = options.source;
  const resolutions = await resolveAll(subjects, options);
  const reports: ColumnReport[] = [];
  for (const [at, found] of columns.entries()) {
    options.onProgress({ what: "columns compared with the UUIDs", done: at, all: columns.length });
    reports.push(await columnReport(found, resolutions, options));
  }
  const whys = Map.groupBy(
    resolutions.filter((one) => one.userId === null),
    ({ why }) => why,
  );
  return {
    store: catalog.store,
    label: catalog.label,
    fingerprint: catalog.fingerprint,
    skipped: catalog.skipped,
    tables: catalog.tables.length,
    rows,
    subjects: subjects.length,
    columns: reports.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)),
    unknown: [...whys]
      .map(([why, { length }]) => ({ why, subjects: length }))
      .toSorted((one, other) => other.subjects - one.subjects),
    notes: catalog.notes,
  };
}

async function resolveAll(
  subjects: readonly string[],
  { resolve, onProgress, signal }: ScanOptions,
): Promise<readonly Resolution[]> {
  const resolutions: Resolution[] = [];
  for (let start = 0; start < subjects.length; start += RESOLVED_TOGETHER) {
    signal.throwIfAborted();
    onProgress({ what: "subjects resolved", done: start, all: subjects.length });
    const some = subjects.slice(start, start + RESOLVED_TOGETHER);
    const resolved = await resolve(some, signal);
    for (const subject of some)
      resolutions.push(resolved.get(subject) ?? { userId: null, why: "it was not resolved" });
  }
  return resolutions;
}

async function columnReport(
  { table, column, rows, subjects, resembling }: Found,
  all: readonly Resolution[],
  { source, signal }: ScanOptions,
): Promise<ColumnReport> {
  const own = [...subjects].map((index) => all[index]).filter((one) => one !== undefined);
  const by = (way: "link" | "directory") => own.filter((one) => one.userId !== null && one.by === way).length;
  const userIds = new Set(own.map(({ userId }) => userId).filter((userId) => userId !== null));
  const also = userIds.size === 0 ? [] : await source.findUserIds(table, column, [...userIds], signal);
  return {
    table: table.name,
    column,
    type: table.columns.find(({ name }) => name === column)?.type ?? null,
    rows,
    subjects: subjects.size,
    byLink: by("link"),
    byDirectory: by("directory"),
    unknown: own.filter(({ userId }) => userId === null).length,
    alsoByUserId: [...also].length,
    resembling,
    isByHand: table.key === null,
  };
}

function nameOf({ table, column }: ColumnReport): string {
  return JSON.stringify([table, column]);
}
