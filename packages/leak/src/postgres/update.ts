import { z } from "zod";
import type { UndoChange } from "../changes.ts";
import { type RowKey, RowRefused } from "../model.ts";
import type { PostgresTable } from "./catalog.ts";
import type { Query } from "./connection.ts";
import { EQUALS } from "./constraints.ts";
import type { ColumnForm, Edit } from "./edits.ts";
import { quoted, rowsFrom } from "./role.ts";

/** A row that has to be changed, forth or back. */
export interface Wanted<Row> {
  readonly row: Row;
  readonly table: string;
  /** Where it stands now. */
  readonly key: RowKey;
  /** Every key that it has had or will have, as far as that is known. */
  readonly keys: readonly RowKey[];
  readonly unit: string | null;
  readonly edits: readonly (Edit & { readonly column: string; readonly undo: UndoChange })[];
}

/** A table, and what is needed to change it. */
export interface ChangedTable {
  readonly table: PostgresTable;
  readonly columns: ReadonlyMap<string, { readonly base: string; readonly form: ColumnForm }>;
  /** Of each column of its key: its type, and what compares it. */
  readonly keys: readonly { readonly base: string; readonly equals: string }[];
}

/** A row that holds what it should at all of its places. */
export interface Held<Row> {
  readonly wanted: Wanted<Row>;
  /** The old and the new text of each column. */
  readonly texts: readonly { readonly old: string; readonly text: string }[];
  /** How each edit's old value was written. */
  readonly written: ReadonlyMap<Edit, string | null>;
}

/** Rows of one table that change the same columns. */
export interface Group<Row> {
  readonly changed: ChangedTable;
  readonly columns: readonly string[];
  readonly rows: readonly Held<Row>[];
}

export interface Done<Row> extends Held<Row> {
  readonly keyAfter: RowKey;
}

/*
 * Statements run under the search path of the role, because triggers do. A user who can create something in a schema of that
 * path must not have it run with the role's rights: so every function, operator and type has its whole name.
 */
export const TEXT = "pg_catalog.text";

/** What finds the row `t` by the key of `u`. */
export function matchOf({ table, keys }: ChangedTable): string {
  return keys
    .map(({ base, equals }, at) => {
      return `t.${quoted(table.keyColumns[at]?.name ?? "")} ${equals} CAST(u.k${at} AS ${base})`;
    })
    .join(" AND ");
}

/**
 * One statement for all of them, because a foreign key is checked at its end: parents and children change together. Each part
 * is read in the order of the parts.
 */
export async function update<Row>(query: Query, groups: readonly Group<Row>[]): Promise<Done<Row>[]> {
  const values: unknown[] = [];
  const parameter = (texts: readonly (string | undefined)[]) => `$${values.push(texts)}::${TEXT}[]`;
  const parts = groups.map(({ changed, columns, rows }, part) => {
    const { table } = changed;
    const isValue = (column: string) => changed.columns.get(column)?.form === "value";
    const arrays = [
      ...table.keyColumns.map((_, at) => parameter(rows.map(({ wanted }) => wanted.key[at]))),
      ...columns.map((_, at) => parameter(rows.map(({ texts }) => texts[at]?.text))),
      ...columns.map((column, at) =>
        parameter(rows.map(({ texts }) => (isValue(column) ? texts[at]?.old : ""))),
      ),
    ];
    const names = [
      ...table.keyColumns.map((_, at) => `k${at}`),
      ...columns.map((_, at) => `v${at}`),
      ...columns.map((_, at) => `o${at}`),
      "n",
    ];
    const wanted = columns.map((name, at) => `CAST(u.v${at} AS ${changed.columns.get(name)?.base})`);
    const set = columns.map((name, at) => `${quoted(name)} = ${wanted[at]}`);
    const olds = columns.flatMap((name, at) =>
      isValue(name) ? [`t.${quoted(name)}::${TEXT} ${EQUALS} u.o${at}`] : [],
    );
    // PostgreSQL writes an array, and jsonb, in its own way. Where a trigger makes it null, it is not as it was set.
    const asSet = columns.map((name, at) => {
      return `t.${quoted(name)}::${TEXT} ${EQUALS} ${isValue(name) ? `u.v${at}` : `${wanted[at]}::${TEXT}`}`;
    });
    const key = table.keyColumns.map(({ name }) => `t.${quoted(name)}::${TEXT}`);
    return `s${part} AS (UPDATE ${table.source} t SET ${set.join(", ")}
      FROM ${rowsFrom(arrays)} WITH ORDINALITY AS u (${names.join(", ")})
      WHERE ${[matchOf(changed), ...olds].join(" AND ")}
      RETURNING u.n, ARRAY[${key.join(", ")}] AS key, (${asSet.join(" AND ")}) AS is_set)`;
  });
  const read = groups.map(
    (_, part) => `SELECT ${part}, n, pg_catalog.array_to_json(key)::${TEXT}, is_set::${TEXT} FROM s${part}`,
  );
  const done = await query(`WITH ${parts.join(", ")} ${read.join(" UNION ALL ")}`, values);
  const all = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  if (done.length !== all || done.some(([, , , isSet]) => isSet !== "true")) throw new RowRefused(OTHERWISE);
  return done.flatMap(([part, n, key]) => {
    const held = groups[Number(part)]?.rows[Number(n) - 1];
    return held === undefined ? [] : [{ ...held, keyAfter: KEY.parse(JSON.parse(key ?? "[]")) }];
  });
}

const KEY = z.array(z.string());
const OTHERWISE =
  "a trigger, a rule or a policy of the table keeps the row as it is, or changes it otherwise";
