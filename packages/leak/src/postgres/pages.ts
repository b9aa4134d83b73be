import type { RowKey } from "../model.ts";
import type { PostgresTable } from "./catalog.ts";
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

/** What of a database is read. */
export interface Reading {
  readonly connection: Connection;
  readonly options: ConnectionOptions;
  readonly table: PostgresTable;
  /** SQL of a text, or of null where a row `t` has nothing to tell. */
  readonly cells: readonly string[];
  /** Of the parameters $1, $2 … of the cells, asked for each page. */
  readonly values?: () => readonly unknown[];
  readonly rowsAtOnce: number | undefined;
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
  rowsAtOnce = MOST_ROWS,
  signal,
  ...reading
}: Reading): AsyncGenerator<Page> {
  let { after } = reading;
  let limit = rowsAtOnce;
  for (;;) {
    signal.throwIfAborted();
    const values = reading.values?.() ?? [];
    const statement = pageStatement(table, reading.cells, values.length, after !== null);
    const { searchPath } = table;
    let page: Page | null;
    try {
      page = await connection.transaction({ mode: "READ ONLY", searchPath }, (query) =>
        readPage(query, statement, [...values, limit, MOST_BYTES, ...(after ?? [])], table),
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
 * The innermost query reads by the index of the key; the window cuts it off where it gets too large; the outermost one
 * leaves out the rows that have nothing to tell, except the last, which says how far it came.
 */
function pageStatement(
  { source, keyColumns }: PostgresTable,
  cells: readonly string[],
  values: number,
  isContinued: boolean,
): string {
  const keys = keyColumns.map(({ name }) => `t.${quoted(name)}`).join(", ");
  const limit = values + 1;
  const after = keyColumns.map(({ type, collation }, at) => {
    return `$${limit + 2 + at}::${type}${collation === null ? "" : ` COLLATE ${collation}`}`;
  });
  const key = (row: string) => keyColumns.map((_, at) => `${row}.k${at}`);
  const bytes = cells.map((_, at) => `coalesce(pg_catalog.octet_length(r.c${at}), 0)::bigint`);
  return `SELECT ${["p.n", ...key("p").map((k) => `${k}::text`), ...cells.map((_, at) => `p.c${at}`)].join(", ")} FROM (
    SELECT q.*, pg_catalog.max(q.n) OVER () AS last FROM (
      SELECT r.*, pg_catalog.row_number() OVER w AS n, pg_catalog.sum(${bytes.join(" + ")}) OVER w AS bytes FROM (
        SELECT ${keyColumns.map(({ name }, at) => `t.${quoted(name)} AS k${at}`).join(", ")},
          ${cells.map((cell, at) => `${cell} AS c${at}`).join(", ")}
        FROM ${source} t ${isContinued ? `WHERE (${keys}) > (${after.join(", ")})` : ""}
        ORDER BY ${keys} LIMIT $${limit}::int
      ) r WINDOW w AS (ORDER BY ${key("r").join(", ")} ROWS UNBOUNDED PRECEDING)
    ) q WHERE q.n = 1 OR q.bytes <= $${limit + 1}::numeric
  ) p WHERE p.n = p.last OR ${cells.map((_, at) => `p.c${at} IS NOT NULL`).join(" OR ")} ORDER BY p.n`;
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
  cells,
  rowsAtOnce = ROWS_OF_FETCH,
  signal,
  ...reading
}: Reading): AsyncGenerator<Page> {
  const connection = await connect({ ...options, idleTimeoutMs: FETCH_IDLE_MS });
  try {
    const query = await connection.begin({ mode: "READ ONLY" });
    const statement = `SELECT ${cells.join(", ")} FROM ${table.source} t`;
    await query(`DECLARE pages NO SCROLL CURSOR FOR ${statement}`, reading.values?.() ?? []);
    for (;;) {
      signal.throwIfAborted();
      const rows = await query(`FETCH ${rowsAtOnce} FROM pages`);
      if (rows.length === 0) return;
      const hits = rows.map((row) => ({ key: null, cells: row }));
      yield { rows: rows.length, hits: hits.filter(isHit), last: null };
    }
  } finally {
    await connection.close();
  }
}
