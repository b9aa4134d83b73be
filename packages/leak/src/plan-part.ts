import { open, rm, truncate } from "node:fs/promises";
import type { z } from "zod";
import { FOUND, type Found, PART_HEADER, PLAN_HEADER, POSITION } from "./line-schemas.ts";
import { fileProblem, type Line, linesOf } from "./lines.ts";
import {
  type Batch,
  type Catalog,
  LeakProblem,
  type LeakSource,
  type Place,
  type Progress,
  type Table,
} from "./model.ts";
import { checkBegun } from "./origin.ts";
import { kindOf, parse } from "./plan-file.ts";

/** Everything that a plan has to know of the rows that were read, by table and column. */
export type Subjects = Map<string, Map<string, Set<string>>>;

/** An address, or a token. */
const PERSONAL = /[^\s@|]+@[^\s@]+\.[^\s@]+|\beyJ[\w-]{8,}\.[\w-]+\./;

export interface Collected {
  readonly subjects: Subjects;
  /** Tables with keys that must not be written down: their rows are changed by hand. */
  readonly personal: ReadonlySet<string>;
}

interface Begun extends Collected {
  readonly personal: Set<string>;
  readonly positions: ReadonlyMap<string, z.infer<typeof POSITION>>;
  /** Null where it is begun now. */
  begunAt: string | null;
}

export function isPersonal(text: string): boolean {
  return PERSONAL.test(text);
}

/**
 * Reads every table, and writes what it finds to a file. It goes on with a file that is not whole.
 * @throws {LeakProblem}
 */
export async function collect(
  file: string,
  source: LeakSource,
  report: (progress: Progress) => void,
  signal: AbortSignal,
  onResumed: (begunAt: string) => void = () => {},
): Promise<Collected> {
  const begun = await goOn(file, source);
  if (begun.begunAt !== null) onResumed(begun.begunAt);
  const handle = await open(file, "a", 0o600);
  const append = async (lines: readonly unknown[]) => {
    try {
      await handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      await handle.datasync();
    } catch (error) {
      throw fileProblem(error, file, "written");
    }
  };
  try {
    for (const table of source.catalog.tables) {
      const before = begun.positions.get(table.name);
      if (before?.isDone) continue;
      let { rows = 0, position = null } = before ?? {};
      const end = (isDone: boolean) => ({ kind: "position", table: table.name, rows, position, isDone });
      for await (const batch of source.walk(table, position, signal)) {
        rows += batch.rows;
        position = batch.position;
        await append([...foundIn(table, batch, begun), end(false)]);
        report({ what: `rows read, now in ${table.name}`, done: rows, all: table.rows });
        stopIf(signal);
      }
      await append([end(true)]);
    }
  } finally {
    await handle.close();
  }
  return begun;
}

/** The rows that were found. */
export async function* foundRows(file: string): AsyncGenerator<Found> {
  for await (const line of linesOf(file)) {
    const found = kindOf(line) === "found" ? parse(line, FOUND) : null;
    if (found !== null) yield found;
  }
}

function foundIn(table: Table, { found }: Batch, collected: Begun): Found[] {
  return found.flatMap(({ key, places }) => {
    const subjects = new Set(places.map(({ subject }) => subject));
    const isHidden = key?.some((text) => isPersonal(text) && !subjects.has(text)) ?? true;
    const base = { kind: "found", table: table.name, key: isHidden ? null : key, unit: null } as const;
    const { planned, left } = leaveByHand(places, subjects);
    if (key !== null && isHidden) collected.personal.add(table.name);
    const rows: Found[] = left.map((one) => ({ ...base, ...one }));
    if (planned.length > 0) rows.push({ ...base, places: planned, left: null });
    for (const row of rows) remember(row, false, collected);
    return rows;
  });
}

/** Splits the places of a row: a line must not have addresses and tokens, and has to stay short. */
function leaveByHand(places: readonly Place[], subjects: ReadonlySet<string>) {
  const isHidden = (step: string | number) =>
    typeof step === "string" && isPersonal(step) && !subjects.has(step);
  const isLarge = places.length > MOST_PLACES || pathCharacters(places) > MOST_PATH_CHARACTERS;
  const left: Pick<Found, "places" | "left">[] = [];
  const planned: Place[] = [];
  for (const [column, own] of Map.groupBy(places, (place) => place.column)) {
    const isPersonalColumn = isHidden(column) || own.some(({ path }) => path.some(isHidden));
    if (!isPersonalColumn && !(isLarge && own.some(({ path }) => path.length > 0))) {
      for (const place of own) planned.push(place);
      continue;
    }
    const shown = isHidden(column) ? "(a name that is not shown)" : column;
    const some = own.slice(0, MOST_SHOWN).map(({ subject }) => ({ column: shown, path: [], subject }));
    const why = isPersonalColumn
      ? "whose names look like addresses or tokens, which a plan must not hold"
      : "which are more than a line of a plan may have";
    const text = `${shown} has subjects at ${own.length} places, ${why}. Change them by hand, or leave the row.`;
    left.push({ places: some, left: text });
  }
  return { planned, left };
}

const MOST_PLACES = 10_000;
const MOST_PATH_CHARACTERS = 4_000_000;
const MOST_SHOWN = 3;

function pathCharacters(places: readonly Place[]): number {
  let sum = 0;
  for (const { path } of places) for (const step of path) sum += String(step).length + 3;
  return sum;
}

function remember(
  { table, places, left }: Pick<Found, "table" | "places" | "left">,
  isHidden: boolean,
  { subjects, personal }: Begun,
): void {
  if (isHidden) personal.add(table);
  if (left !== null) return;
  const columns = subjects.get(table) ?? new Map<string, Set<string>>();
  subjects.set(table, columns);
  for (const { column, subject } of places) {
    const known = columns.get(column) ?? new Set();
    columns.set(column, known.add(subject));
  }
}

/**
 * A plan is written over no file except what a run of it has left that was stopped.
 * @throws {LeakProblem}
 */
export async function refuseExisting(file: string, { catalog }: LeakSource): Promise<void> {
  const isBegun = (await firstLine(`${file}.part`)) !== null;
  for (const name of [file, `${file}.new`]) {
    const line = await firstLine(name);
    if (line === null || (isBegun && name !== file)) continue;
    const plan = parse(line, PLAN_HEADER);
    if (isBegun && plan?.fingerprint === catalog.fingerprint && plan.place === catalog.place) continue;
    const kinds: Readonly<Record<string, string>> = {
      plan: "is a finished plan: apply it, or delete it",
      "undo-header": "is an undo file, the way back of a repair: keep it",
    };
    const what =
      kinds[kindOf(line) ?? ""] ?? "exists, and is not a plan that was begun: keep it, or delete it";
    throw new LeakProblem(`${name} ${what}; or name another file with -o. Nothing was written`);
  }
}

/** Null of a file that is empty, or does not exist. */
async function firstLine(file: string): Promise<Line | null> {
  for await (const line of linesOf(file, { isOptional: true })) return line;
  return null;
}

/** Reads a file that was begun, and cuts off what was read after its last position; or begins one. */
async function goOn(file: string, { catalog }: LeakSource): Promise<Begun> {
  const { fingerprint, place } = catalog;
  const header = { kind: "part", version: 1, fingerprint, place, begunAt: new Date().toISOString() };
  const positions = new Map<string, z.infer<typeof POSITION>>();
  const begun: Begun = { subjects: new Map(), personal: new Set(), positions, begunAt: null };
  const keyed = new Set(catalog.tables.filter(({ key }) => key !== null).map(({ name }) => name));
  let whole = 0;
  let waiting: Found[] = [];
  let isFirst = true;
  for await (const line of linesOf(file, { isOptional: true })) {
    if (isFirst) begun.begunAt = begunOf(file, line.isWhole ? parse(line, PART_HEADER) : null, catalog);
    if (isFirst) whole = line.end;
    isFirst = false;
    const kind = kindOf(line);
    const found = kind === "found" ? parse(line, FOUND) : null;
    if (found !== null) waiting.push(found);
    const position = kind === "position" ? parse(line, POSITION) : null;
    if (position === null) continue;
    for (const row of waiting) remember(row, row.key === null && keyed.has(row.table), begun);
    waiting = [];
    positions.set(position.table, position);
    whole = line.end;
  }
  if (isFirst) await begin(file, JSON.stringify(header));
  else await truncate(file, whole);
  return begun;
}

async function begin(file: string, header: string): Promise<void> {
  try {
    const handle = await open(file, "w", 0o600);
    await handle.appendFile(`${header}\n`);
    await handle.close();
  } catch (error) {
    throw fileProblem(error, file, "written");
  }
}

/** @throws {LeakProblem} it is of another store, or too old */
function begunOf(
  file: string,
  header: z.infer<typeof PART_HEADER> | null,
  { fingerprint, place }: Catalog,
): string {
  if (header !== null) checkBegun(file, header, place);
  if (header?.fingerprint === fingerprint) return header.begunAt;
  throw new LeakProblem(
    `${file} is the beginning of a plan of another database, or of one whose tables were changed since: delete it, or name another file with -o`,
  );
}

export function stopIf({ aborted }: AbortSignal): void {
  if (aborted) throw new LeakProblem("stopped: repeat the same command, and it goes on from there");
}

/** What a plan leaves beside itself is of no use once it is whole. */
export function removeFile(file: string): Promise<void> {
  return rm(file, { force: true });
}
