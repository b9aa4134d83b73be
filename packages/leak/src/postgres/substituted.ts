import type { PlannedRow } from "../changes.ts";
import type { PostgresTable } from "./catalog.ts";
import { EQUALS, keyEquals, type Layout } from "./constraints.ts";
import { quoted, rowsFrom } from "./role.ts";

/** Rows as they would be after their change, to ask PostgreSQL itself what it would say of them. */
export interface Substituted {
  /**
   * A subquery named as the table, so that expressions on its columns can be evaluated. Beside them it has `leak n` (which
   * row, from 1), `leak k0` … (its key), `leak o0` … (the old value of a changed column) and `leak c0` … (all values that
   * become the new one).
   */
  readonly from: string;
  readonly values: readonly unknown[];
}

/**
 * @param rows of one table, with keys, that change the same columns
 * @param columns that they change: those with a single text. Others are as they are now
 */
export function substitute(
  { oid, key, source, keyColumns, relation }: PostgresTable,
  layout: Layout,
  rows: readonly PlannedRow[],
  columns: readonly string[],
  aliases: ReadonlyMap<string, readonly string[]>,
): Substituted {
  const attributes = layout.columns.get(oid) ?? [];
  const equals = keyEquals({ oid, key }, layout);
  const changes = columns.map((name) =>
    rows.map(({ changes: all }) => all.find(({ column }) => column === name)),
  );
  const values = [
    ...keyColumns.map((_, at) => rows.map((row) => row.key[at])),
    ...changes.map((all) => all.map((change) => change?.userId)),
    ...changes.map((all) =>
      all.map((change) => arrayText([change?.userId ?? "", ...(aliases.get(change?.userId ?? "") ?? [])])),
    ),
  ];
  const names = [
    ...keyColumns.map((_, at) => `k${at}`),
    ...columns.map((_, at) => `v${at}`),
    ...columns.map((_, at) => `c${at}`),
  ];
  const own = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  const cells = attributes
    .filter(({ expression }) => expression === null)
    .map(({ name, base }) => {
      const at = columns.indexOf(name);
      return at === -1 ? `t.${quoted(name)}` : `CAST(u.v${at} AS ${base}) AS ${quoted(name)}`;
    });
  const beside = [
    `u.n AS "leak n"`,
    ...keyColumns.map(({ name }, at) => `t.${quoted(name)} AS "leak k${at}"`),
    ...columns.map((name, at) => `t.${quoted(name)} AS "leak o${at}"`),
    ...columns.map((name, at) => `CAST(u.c${at} AS ${own.get(name)?.arrayOf ?? "text[]"}) AS "leak c${at}"`),
  ];
  const match = keyColumns.map(
    ({ name, type }, at) => `t.${quoted(name)} ${equals[at] ?? EQUALS} CAST(u.k${at} AS ${type})`,
  );
  const generated = attributes.flatMap(({ name, expression }) =>
    expression === null ? [] : [`(${expression}) AS ${quoted(name)}`],
  );
  const table = quoted(relation);
  return {
    from: `(SELECT ${[`${table}.*`, ...generated].join(", ")} FROM (
        SELECT ${[...beside, ...cells].join(", ")}
        FROM ${rowsFrom(names.map((_, at) => `$${at + 1}::text[]`))} WITH ORDINALITY AS u (${names.join(", ")}, n)
          JOIN ${source} t ON ${match.join(" AND ")}
      ) AS ${table}) AS ${table}`,
    values,
  };
}

/** The text of a PostgreSQL array of texts. */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
