import type { UndoHeader } from "./changes.ts";
import { type Catalog, LeakProblem } from "./model.ts";

/*
 * What a file was made from. A copy of a database has the same fingerprint, and what was read of the copy says nothing of
 * the database that it was made from.
 */

const OLDEST_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** How long ago that was, such as `5 min`. */
export function ageWords(date: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(date)) / MINUTE_MS));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} days`;
}

/**
 * Whether what was begun may be gone on with.
 * @throws {LeakProblem} it is of another place, or too old: what was read then may hold something else now
 */
export function checkBegun(
  file: string,
  { place, begunAt }: { readonly place: string; readonly begunAt: string },
  here: Catalog["place"],
  now = Date.now(),
): void {
  if (place !== here) {
    throw new LeakProblem(
      `${file} was begun on ${place}, and this is ${here}: remove it to begin again, or name another file`,
    );
  }
  if (now - Date.parse(begunAt) <= OLDEST_MS) return;
  throw new LeakProblem(
    `${file} was begun ${ageWords(begunAt, now)} ago, and what it has read may have changed since: remove it to begin again`,
  );
}

/** @throws {LeakProblem} */
export function checkPlace(
  file: string,
  place: string,
  { place: here }: Pick<Catalog, "place">,
  isElsewhere: boolean,
): void {
  if (place === here || isElsewhere) return;
  throw new LeakProblem(
    `${file} is for ${place}, and this is ${here}: name the database or table that it was made from. Where this is the same one under another name (after a failover, or of a renamed host), add --elsewhere; never for a copy. Nothing was changed`,
  );
}

/** What an undo file has to remember of the tables of a plan. */
export function undoTables(
  { tables }: Pick<Catalog, "tables">,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
): UndoHeader["tables"] {
  return tables
    .filter(({ name }) => changed.has(name))
    .map(({ name, key, columns }) => ({
      name,
      key: key ?? [],
      columns: columns
        .filter((column) => changed.get(name)?.has(column.name))
        .map((column) => ({ name: column.name, type: column.type })),
    }));
}

/**
 * The way back needs the tables that it names, and nothing else of the layout.
 * @throws {LeakProblem} which says what does not fit
 */
export function checkLayout(
  file: string,
  { tables }: Pick<UndoHeader, "tables">,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
  catalog: Pick<Catalog, "tables" | "place">,
): void {
  const misfits = tables.flatMap(({ name, key, columns }) => {
    const named = changed.get(name);
    if (named === undefined) return [];
    const now = catalog.tables.find((table) => table.name === name);
    if (now === undefined) return [`there is no table ${name} with columns that can hold a subject`];
    const others = columns.filter(
      (column) =>
        named.has(column.name) &&
        !now.columns.some((one) => one.name === column.name && kindOf(one.type) === kindOf(column.type)),
    );
    return [
      ...(JSON.stringify(now.key ?? []) === JSON.stringify(key)
        ? []
        : [`the primary key of ${name} is (${(now.key ?? []).join(", ")}), and was (${key.join(", ")})`]),
      ...others.map((column) => `${name} has no column ${column.name} of the type ${column.type}`),
    ];
  });
  if (misfits.length === 0) return;
  throw new LeakProblem(
    `${file} does not fit ${catalog.place} any more: ${misfits.join("; ")}. Bring that back, then run the same command again. Nothing was changed`,
  );
}

/** A longer column takes the same values, and what a shorter one refuses is listed row by row. */
function kindOf(type: string): string {
  return type.replaceAll(/\(\d+\)/g, "");
}
