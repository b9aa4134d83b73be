import type { RowKey } from "../model.ts";
import type { PostgresColumn, PostgresTable } from "./catalog.ts";
import { type Connection, type ConnectionOptions, connect, type Query, type TextRow } from "./connection.ts";
import { readProblem, sqlState } from "./problems.ts";
import { quoted } from "./role.ts";

const MOST_ROWS = 5_000;
/** Where cells are large, a page has fewer rows. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Of a table without a key: its transaction stays open, also while nobody asks for more. */
const ROWS_OF_FETCH = 200;
const FETCH_IDLE_MS = 600_000;
const CANCELLED = "57014";

/** The text of a column in the SQL of a cell, which compares it byte by byte, whatever its own collation does. */
export function textOf(at: number): string {
  return `s.x${at}`;
}

/** How much is read together: a single row may be larger. */
export interface PageSize {
  readonly rows: number;
  readonly bytes: number;
}

/** What of a database is read. */
export interface Reading {
  readonly connection: Connection;
  readonly options: ConnectionOptions;
  readonly table: PostgresTable;
  /** Each is read once: a document is made a text from its own form, which is slow. */
  readonly columns: readonly PostgresColumn[];
  /** SQL of a text, or of null where a row has nothing to tell, over {@link textOf} the columns. */
  readonly cells: readonly string[];
  /** Of the parameters $1, $2 … of the cells, asked for each page. */
  readonly values?: () => readonly unknown[];
  readonly atOnce: PageSize | undefined;
  /** The key of the last row that was read before. */
  readonly after: RowKey | null;
  readonly signal: AbortSignal;
}

export interface Page {
  /** How many rows were read. */
  readonly rows: number;
  /** The rows of which a cell tells something. */
  readonly hits: readonly Hit[];
  /** The key of the last row; null of a table without a key. */
  readonly last: RowKey | null;
}

export interface Hit {
  readonly key: RowKey | null;
  readonly cells: TextRow;
}

/**
 * Every row of a table, of which only what its cells tell leaves the server.
 * @throws {LeakProblem}
 */
export async function* pagesOf(reading: Reading): AsyncGenerator<Page> {
  try {
    yield* reading.table.key === null ? pagesByCursor(reading) : pagesByKey(reading);
  } catch (error) {
    if (reading.signal.aborted) throw error;
    throw readProblem(error, reading.table.name);
  }
}

/** By the primary key, each page in a transaction of its own. Where a page takes too long, it tries a smaller one. */
async function* pagesByKey({
  connection,
  table,
  atOnce = { rows: MOST_ROWS, bytes: MOST_BYTES },
  signal,
  ...reading
}: Reading): AsyncGenerator<Page> {
  let { after } = reading;
  let limit = atOnce.rows;
  for (;;) {
    signal.throwIfAborted();
    const values = reading.values?.() ?? [];
    const statement = pageStatement({ table, ...reading }, values.length, after !== null);
    const { searchPath } = table;
    let page: Page | null;
    try {
      page = await connection.transaction({ mode: "READ ONLY", searchPath }, (query) =>
        readPage(query, statement, [...values, limit, atOnce.bytes, ...(after ?? [])], table),
      );
    } catch (error) {
      if (sqlState(error) !== CANCELLED || limit === 1) throw error;
      limit = Math.ceil(limit / 10);
      continue;
    }
    if (page === null) return;
    after = page.last;
    yield page;
  }
}

/**
 * The innermost query reads by the index of the key, the next one makes the cells. The window cuts them off where they
 * get too large. The outermost one leaves out the rows that have nothing to tell, except the last, which says how far it
 * came. An OFFSET keeps PostgreSQL from making the same text for each use of it.
 */
function pageStatement(
  { table: { source, keyColumns }, columns, cells }: Pick<Reading, "table" | "columns" | "cells">,
  values: number,
  isContinued: boolean,
): string {
  const limit = values + 1;
  const keys = keyColumns.map(({ name }) => `t.${quoted(name)}`).join(", ");
  const after = keyColumns.map(({ type, collation }, at) => {
    return `$${limit + 2 + at}::${type}${collation === null ? "" : ` COLLATE ${collation}`}`;
  });
  const each = (of: readonly unknown[], sql: (at: number) => string) => of.map((_, at) => sql(at)).join(", ");
  const bytes = cells.map((_, at) => `coalesce(pg_catalog.octet_length(r.c${at}), 0)::bigint`).join(" + ");
  return `SELECT p.n, ${each(keyColumns, (at) => `p.k${at}::text`)}, ${each(cells, (at) => `p.c${at}`)} FROM (
    SELECT q.*, pg_catalog.max(q.n) OVER () AS last FROM (
      SELECT r.*, pg_catalog.row_number() OVER w AS n, pg_catalog.sum(${bytes}) OVER w AS bytes FROM (
        SELECT ${each(keyColumns, (at) => `s.k${at}`)}, ${each(cells, (at) => `${cells[at]} AS c${at}`)} FROM (
          SELECT ${each(keyColumns, (at) => `t.${quoted(keyColumns[at]?.name ?? "")} AS k${at}`)}, ${textsOf(columns)}
          FROM ${source} t ${isContinued ? `WHERE (${keys}) > (${after.join(", ")})` : ""}
          ORDER BY ${keys} LIMIT $${limit}::int
        ) s OFFSET 0
      ) r WINDOW w AS (ORDER BY ${each(keyColumns, (at) => `r.k${at}`)} ROWS UNBOUNDED PRECEDING)
    ) q WHERE q.n = 1 OR q.bytes <= $${limit + 1}::numeric
  ) p WHERE p.n = p.last OR ${cells.map((_, at) => `p.c${at} IS NOT NULL`).join(" OR ")} ORDER BY p.n`;
}

function textsOf(columns: readonly PostgresColumn[]): string {
  return columns.map(({ text }, at) => `(${text}) COLLATE "C" AS x${at}`).join(", ");
}

async function readPage(
  query: Query,
  statement: string,
  values: readonly unknown[],
  { keyColumns: { length } }: PostgresTable,
): Promise<Page | null> {
  const rows = await query(statement, values);
  const keyOf = (row: TextRow) => row.slice(1, 1 + length).map((text) => text ?? "");
  const last = rows.at(-1);
  if (last === undefined) return null;
  const hits = rows.map((row) => ({ key: keyOf(row), cells: row.slice(1 + length) }));
  return { rows: Number(last[0]), hits: hits.filter(isHit), last: keyOf(last) };
}

function isHit({ cells }: Hit): boolean {
  return cells.some((cell) => cell !== null);
}

/** In one transaction, on a connection of its own, because others are made meanwhile. */
async function* pagesByCursor({
  options,
  table,
  columns,
  cells,
  values,
  atOnce,
  signal,
}: Reading): AsyncGenerator<Page> {
  const connection = await connect({ ...options, idleTimeoutMs: FETCH_IDLE_MS });
  try {
    const query = await connection.begin({ mode: "READ ONLY" });
    const texts = `SELECT ${textsOf(columns)} FROM ${table.source} t OFFSET 0`;
    const statement = `SELECT ${cells.join(", ")} FROM (${texts}) s`;
    await query(`DECLARE pages NO SCROLL CURSOR FOR ${statement}`, values?.() ?? []);
    for (;;) {
      signal.throwIfAborted();
      const rows = await query(`FETCH ${atOnce?.rows ?? ROWS_OF_FETCH} FROM pages`);
      if (rows.length === 0) return;
      const hits = rows.map((row) => ({ key: null, cells: row }));
      yield { rows: rows.length, hits: hits.filter(isHit), last: null };
    }
  } finally {
    await connection.close();
  }
}
