import { escapeLiteral } from "pg";
import type { Objection, Parent, PlannedChange, PlannedRow, PlanRules, Tie } from "../changes.ts";
import { LeakProblem, type Table } from "../model.ts";
import type { PostgresTable } from "./catalog.ts";
import { type ForeignKey, type Layout, readLayout } from "./constraints.ts";
import { judgeTogether, touchedBy } from "./judge.ts";
import { describeError, sqlState } from "./problems.ts";
import { quoted } from "./role.ts";
import type { PostgresSource } from "./source.ts";
import { substitute } from "./substituted.ts";

interface TiedKey {
  readonly key: ForeignKey;
  readonly tie: Tie;
}

/**
 * What PostgreSQL would say of changed rows, asked before they are planned.
 * @throws {LeakProblem}
 */
export async function postgresRules(source: PostgresSource): Promise<PlanRules> {
  const { catalog, connection } = source;
  const layout = await connection.transaction({ mode: "READ ONLY" }, (query) =>
    readLayout(
      query,
      catalog.tables.map(({ oid }) => oid),
    ),
  );
  const tables = new Map(catalog.tables.map((table) => [table.oid, table]));
  const keys = layout.foreignKeys
    .filter(({ child }) => tables.has(child))
    .map((key) => ({ key, tie: tieOf(key, tables, catalog.skipped) }));
  return {
    ties: keys.map(({ tie }) => tie),
    judge: (table, rows, aliases) => judge(source, layout, table, rows, aliases),
    parents(tie, rows) {
      const found = keys.find((one) => one.tie === tie);
      if (found === undefined) throw new Error(`${tie.name} is not a foreign key of ${catalog.label}`);
      return parentsOf(source, layout, found, rows);
    },
    byHand,
    notes: (changed) =>
      catalog.tables.flatMap((table) => notesOf(table, layout, [...(changed.get(table.name) ?? [])])),
  };
}

const ON_UPDATE = { a: "keep", c: "cascade", r: "never", n: "never", d: "never" } as const;

function tieOf(
  { name, child, columns, parent, parentName, parentColumns, onUpdate }: ForeignKey,
  tables: ReadonlyMap<string, PostgresTable>,
  skipped: readonly string[],
): Tie {
  return {
    name: quoted(name),
    child: tables.get(child)?.name ?? "",
    columns,
    parent: tables.get(parent)?.name ?? parentName,
    parentColumns,
    isParentSkipped: skipped.some((each) => unquoted(each) === unquoted(parentName)),
    onUpdate: ON_UPDATE[onUpdate],
  };
}

/** PostgreSQL quotes a name only where that is needed. */
function unquoted(name: string): string {
  return name.replaceAll('"', "");
}

async function judge(
  source: PostgresSource,
  layout: Layout,
  { name }: Table,
  rows: readonly PlannedRow[],
  aliases: ReadonlyMap<string, readonly string[]>,
): Promise<readonly (Objection | null)[]> {
  const table = source.catalog.tables.find((one) => one.name === name);
  const found = new Map<PlannedRow, Objection>();
  for (const some of Map.groupBy(rows, (row) => JSON.stringify(wholeColumns(row))).values()) {
    const [first] = some;
    if (table === undefined || first === undefined || wholeColumns(first).length === 0) continue;
    const columns = wholeColumns(first);
    const objections = await source.connection
      .transaction({ mode: "READ ONLY" }, (query) =>
        judgeTogether({ query, layout, table, rows: some, columns, aliases }),
      )
      .catch(explain(table.name));
    for (const [at, objection] of objections) {
      const row = some[at];
      if (row !== undefined) found.set(row, objection);
    }
  }
  return rows.map((row) => found.get(row) ?? null);
}

/** Columns of which a row changes the whole value. */
function wholeColumns({ changes }: PlannedRow): string[] {
  return changes
    .filter(({ path }) => path.length === 0)
    .map(({ column }) => column)
    .sort();
}

async function parentsOf(
  { catalog, connection }: PostgresSource,
  layout: Layout,
  { key, tie }: TiedKey,
  rows: readonly PlannedRow[],
): Promise<readonly Parent[]> {
  const table = catalog.tables.find(({ oid }) => oid === key.child);
  const parent = catalog.tables.find(({ oid }) => oid === key.parent);
  const source = parent?.source ?? key.parentName;
  const found = new Map<PlannedRow, Parent>();
  for (const some of Map.groupBy(rows, (row) => JSON.stringify(wholeColumns(row))).values()) {
    const [first] = some;
    if (table === undefined || first === undefined) continue;
    const columns = wholeColumns(first);
    const { from, values } = substitute(table, layout, some, columns, new Map());
    const match = (side: "old" | "new") =>
      tie.columns.map((column, at) => {
        const changed = columns.indexOf(column);
        const own = side === "old" && changed !== -1 ? `"leak o${changed}"` : quoted(column);
        return `parent.${quoted(tie.parentColumns[at] ?? "")} ${key.equals[at]} n.${own}`;
      });
    const keyTexts = (parent?.keyColumns ?? []).map(
      ({ name }, at) => `parent.${quoted(name)}::text AS k${at}`,
    );
    const bound = tie.columns.map((column) => `n.${quoted(column)} IS NOT NULL`);
    const statement = `SELECT n."leak n", EXISTS (SELECT FROM ${source} parent WHERE ${match("new").join(" AND ")})::text,
        old.* FROM (SELECT * FROM ${from}) n LEFT JOIN LATERAL (
          SELECT ${keyTexts.join(", ") || "1"} FROM ${source} parent WHERE ${match("old").join(" AND ")} LIMIT 1) old ON true
        WHERE ${bound.join(" AND ")}`;
    const answers = await connection
      .transaction({ mode: "READ ONLY" }, (query) => query(statement, values))
      .catch(explain(source));
    for (const [n, hasNew, ...old] of answers) {
      const row = some[Number(n) - 1];
      const oldKey = keyTexts.length === 0 || old[0] === null ? null : old.map((text) => text ?? "");
      if (row !== undefined) found.set(row, { key: oldKey, hasNew: hasNew === "true" });
    }
  }
  return rows.map((row) => found.get(row) ?? null);
}

function byHand({ name }: Table, { column, path, subject, userId }: PlannedChange): string {
  const [own, from, to] = [quoted(column), escapeLiteral(subject), escapeLiteral(userId)];
  if (path.length > 0)
    return `Give it a key, or change ${own} by hand: SELECT * FROM ${name} WHERE pg_catalog.strpos(${own}::text, ${from}) > 0;`;
  return `Give it a key, or run: UPDATE ${name} SET ${own} = ${to} WHERE ${own} = ${from};`;
}

function notesOf(table: PostgresTable, layout: Layout, changed: readonly string[]): string[] {
  if (changed.length === 0) return [];
  const attributes = layout.columns.get(table.oid) ?? [];
  const touched = touchedBy(changed, attributes);
  const isTouched = (columns: readonly string[]) => columns.some((column) => touched.includes(column));
  const computed = touched.slice(changed.length);
  const partitionKeys = layout.partitions.get(table.oid)?.columns ?? [];
  const mayMove = isTouched(partitionKeys);
  const besides = (layout.besides.get(table.oid) ?? []).filter(
    ({ columns }) => columns.length === 0 || isTouched(columns),
  );
  const ofKind = (kind: string) => [
    ...new Set(besides.filter((one) => one.kind === kind).map(({ name }) => quoted(name))),
  ];
  const whole = new Set(table.columns.filter(({ form }) => form === "value").map(({ name }) => name));
  const unsure = (layout.indexes.get(table.oid) ?? [])
    .filter(({ uses, items }) =>
      [...uses, ...items.map(({ column }) => column ?? "")].some(
        (name) => touched.includes(name) && changed.includes(name) && !whole.has(name),
      ),
    )
    .map(({ name }) => quoted(name));
  const follows = layout.outside.filter(
    ({ parent, onUpdate, parentColumns }) =>
      parent === table.oid && onUpdate === "c" && isTouched(parentColumns),
  );
  const notes: [names: readonly string[], what: string][] = [
    [
      ofKind("trigger"),
      `triggers of ${table.name} fire for each row that is changed, and for each that is changed back`,
    ],
    [ofKind("rule"), `rules of ${table.name} rewrite each change`],
    [computed.map((name) => quoted(name)), `generated columns of ${table.name} follow by themselves`],
    [
      mayMove ? partitionKeys.map((name) => quoted(name)) : [],
      `rows of ${table.name} move to the partition of their new value, which deletes them and inserts them again, by what these columns say`,
    ],
    [
      mayMove ? ofKind("move-trigger") : [],
      `triggers of DELETE and INSERT of ${table.name} fire for each row that moves to another partition, and for each that moves back`,
    ],
    [
      follows.map(({ childName }) => childName),
      `rows of tables that are not walked follow ${table.name} by ON UPDATE CASCADE`,
    ],
    [
      [...unsure, ...ofKind("exclusion"), ...ofKind("partition-index")],
      `what these hold ${table.name} to is not judged before; apply lists what they refuse`,
    ],
  ];
  return notes.flatMap(([names, what]) => (names.length === 0 ? [] : [`${what}: ${names.join(", ")}`]));
}

function explain(table: string): (error: unknown) => never {
  return (error) => {
    const state = sqlState(error);
    if (state === null) throw error;
    if (state !== "42501") {
      const why = `PostgreSQL does not judge changed rows of ${table} (${describeError(error)})`;
      throw new LeakProblem(`${why}: an expression of a check or an index may refuse them`, { cause: error });
    }
    throw new LeakProblem(
      `${table} has to be read to judge its foreign keys: GRANT SELECT ON ${table} to the role that plans`,
      {
        cause: error,
      },
    );
  };
}
