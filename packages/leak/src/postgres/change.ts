import { setImmediate } from "node:timers/promises";
import type { UndoRow } from "../changes.ts";
import type { PostgresTable } from "./catalog.ts";
import type { Query } from "./connection.ts";
import { EQUALS, keyEquals, type Layout } from "./constraints.ts";
import { type Edit, edit } from "./edits.ts";
import { quoted, rowsFrom } from "./role.ts";
import {
  type ChangedTable,
  type Done,
  type Group,
  type Held,
  matchOf,
  TEXT,
  update,
  type Wanted,
} from "./update.ts";

/** For how long rows are edited, which may be large, before a signal is heard. */
const DEAF_MS = 50;

export function changedTable(table: PostgresTable, layout: Layout): ChangedTable {
  const attributes = new Map((layout.columns.get(table.oid) ?? []).map((one) => [one.name, one]));
  const columns = table.columns.map(({ name, form }) => {
    const base = attributes.get(name)?.base ?? TEXT;
    const isMany = base === "pg_catalog._json" || base === "pg_catalog._jsonb";
    return [name, { base, form: isMany ? "documents" : form }] as const;
  });
  const equals = keyEquals(table, layout);
  const keys = table.keyColumns.map(({ name }, at) => {
    return { base: attributes.get(name)?.base ?? TEXT, equals: equals[at] ?? EQUALS };
  });
  return { table, columns: new Map(columns), keys };
}

/**
 * Changes rows in the transaction of `query`, those of a statement at once.
 * @throws {RowRefused} PostgreSQL takes the change, and yet a row is not as it should be
 */
export async function changeRows<Row>(
  query: Query,
  tables: (name: string) => ChangedTable,
  rows: readonly Wanted<Row>[],
  signal: AbortSignal,
): Promise<Changes> {
  const undo: UndoRow[] = [];
  let changedBefore = 0;
  for (const some of statementsOf(rows)) {
    const groups: Group<Row>[] = [];
    for (const group of Map.groupBy(some, groupOf).values()) {
      const [first] = group;
      if (first === undefined) continue;
      const columns = [...new Set(first.edits.map(({ column }) => column))];
      const held = await holding(query, tables(first.table), columns, group, signal);
      if (held.length > 0) groups.push({ changed: tables(first.table), columns, rows: held });
    }
    const done = groups.length === 0 ? [] : await update(query, groups);
    const order = new Map(some.map((row, at) => [row, at]));
    done.sort((one, other) => (order.get(one.wanted) ?? 0) - (order.get(other.wanted) ?? 0));
    for (const one of done) undo.push(undoOf(one));
    const changed = new Set(done.map(({ wanted }) => wanted));
    changedBefore += await countChanged(
      query,
      tables,
      some.filter((row) => !changed.has(row)),
      signal,
    );
  }
  return { undo, changedBefore };
}

/** How many of the rows that do not hold what they should hold what they would be changed to. */
async function countChanged<Row>(
  query: Query,
  tables: (name: string) => ChangedTable,
  rows: readonly Wanted<Row>[],
  signal: AbortSignal,
): Promise<number> {
  const others = rows.map((row) => changedFrom(row, tables(row.table)));
  let count = 0;
  for (const group of Map.groupBy(others, groupOf).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const columns = [...new Set(first.edits.map(({ column }) => column))];
    count += (await holding(query, tables(first.table), columns, group, signal, "")).length;
  }
  return count;
}

/** The row after its change. One that follows a parent's key by itself is not found. */
function changedFrom<Row>(row: Wanted<Row>, { table }: ChangedTable): Wanted<Row> {
  const key = row.key.map((text, at) => {
    const own = row.edits.find(
      ({ column, path }) => column === table.keyColumns[at]?.name && path.length === 0,
    );
    return own === undefined ? text : own.to;
  });
  const edits = row.edits.map((one) => ({ ...one, from: one.to, to: one.from, written: null }));
  return { ...row, key, edits };
}

interface Changes {
  /** What would be undone, in the order of the rows; a row that does not hold what it should is left out. */
  readonly undo: readonly UndoRow[];
  /** How many of those that are left out hold what they would be changed to. */
  readonly changedBefore: number;
}

/** A statement can change a row once. */
function statementsOf<Row>(rows: readonly Wanted<Row>[]): Wanted<Row>[][] {
  const statements: Wanted<Row>[][] = [];
  let taken = new Set<string>();
  for (const row of rows) {
    const ids = row.keys.map((key) => JSON.stringify([row.table, key]));
    let last = statements.at(-1);
    if (last === undefined || ids.some((id) => taken.has(id))) {
      last = [];
      statements.push(last);
      taken = new Set();
    }
    last.push(row);
    for (const id of ids) taken.add(id);
  }
  return statements;
}

function groupOf({ table, edits }: Wanted<unknown>): string {
  return JSON.stringify([table, [...new Set(edits.map(({ column }) => column))].sort()]);
}

/** Locks rows, and leaves out those that do not hold what they should at all of their places. */
async function holding<Row>(
  query: Query,
  changed: ChangedTable,
  columns: readonly string[],
  rows: readonly Wanted<Row>[],
  signal: AbortSignal,
  lock: "FOR UPDATE OF t" | "" = "FOR UPDATE OF t",
): Promise<Held<Row>[]> {
  const { table } = changed;
  const keys = table.keyColumns.map((_, at) => rows.map(({ key }) => key[at]));
  const names = table.keyColumns.map((_, at) => `k${at}`);
  const found = await query(
    `SELECT u.n, ${columns.map((column) => `t.${quoted(column)}::${TEXT}`).join(", ")}
      FROM ${rowsFrom(keys.map((_, at) => `$${at + 1}::${TEXT}[]`))} WITH ORDINALITY AS u (${[...names, "n"].join(", ")})
        JOIN ${table.source} t ON ${matchOf(changed)} ORDER BY u.n ${lock}`,
    keys,
  );
  const held: Held<Row>[] = [];
  let heardAt = performance.now();
  for (const [n, ...cells] of found) {
    const wanted = rows[Number(n) - 1];
    const one = wanted === undefined ? null : heldBy(wanted, changed, columns, cells);
    if (one !== null) held.push(one);
    if (performance.now() - heardAt < DEAF_MS) continue;
    // A signal is told to a process only while it waits.
    await setImmediate();
    signal.throwIfAborted();
    heardAt = performance.now();
  }
  return held;
}

function heldBy<Row>(
  wanted: Wanted<Row>,
  changed: ChangedTable,
  columns: readonly string[],
  cells: readonly (string | null)[],
): Held<Row> | null {
  const written = new Map<Edit, string | null>();
  const texts: Held<Row>["texts"][number][] = [];
  for (const [at, column] of columns.entries()) {
    const edits = wanted.edits.filter((one) => one.column === column);
    const old = cells[at] ?? null;
    const edited = old === null ? null : edit(old, changed.columns.get(column)?.form ?? "value", edits);
    if (old === null || edited === null) return null;
    texts.push({ old, text: edited.text });
    for (const [order, one] of edits.entries()) written.set(one, edited.written[order] ?? null);
  }
  return { wanted, texts, written };
}

function undoOf<Row>({ wanted, written, keyAfter }: Done<Row>): UndoRow {
  const { table, key, unit, edits } = wanted;
  const changes = edits.map((one) => ({ ...one.undo, written: written.get(one) ?? null }));
  return { kind: "undo", table, keyBefore: key, keyAfter, changes, unit };
}
