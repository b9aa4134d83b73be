import type { LeakTarget, PlannedRow, UndoRow } from "../changes.ts";
import { LeakProblem } from "../model.ts";
import { changedTable } from "./change.ts";
import type { Connection } from "./connection.ts";
import { type Layout, readLayout, takersOf } from "./constraints.ts";
import { takerNames } from "./judge.ts";
import { quoted } from "./role.ts";
import { openPostgres, type PostgresOptions } from "./source.ts";
import type { ChangedTable, Wanted } from "./update.ts";
import { Writer } from "./writer.ts";

/**
 * A database whose rows are changed.
 * @throws {LeakProblem}
 */
export async function openPostgresTarget(options: PostgresOptions): Promise<LeakTarget> {
  const source = await openPostgres(options);
  const { catalog, connection } = source;
  const layout = await connection.transaction({ mode: "READ ONLY" }, (query) =>
    readLayout(
      query,
      catalog.tables.map(({ oid }) => oid),
    ),
  );
  const tables = new Map(catalog.tables.map((table) => [table.name, changedTable(table, layout)]));
  const writer = new Writer(options.url, tables);
  return {
    ...source,
    prepare(changed) {
      refuseMoves(tables, layout, changed);
      return prepare(connection, tables, changed);
    },
    apply: (rows, before, signal) => writer.change(rows.map(forth), before, signal),
    undo: (rows, signal) => writer.change(rows.map(back), async () => {}, signal),
    async close() {
      await writer.close();
      await source.close();
    },
  };
}

function forth(row: PlannedRow): Wanted<PlannedRow> {
  const { table, key, unit } = row;
  const edits = row.changes.map((change) => {
    const { column, path, subject: from, userId: to } = change;
    return { column, path, from, to, written: null, undo: { ...change, written: null } };
  });
  return { row, table, key, keys: [key], unit, edits };
}

function back(undo: UndoRow): Wanted<PlannedRow> {
  const { table, keyBefore, keyAfter, changes, unit } = undo;
  const edits = changes.map((change) => {
    const { column, path, subject: to, userId: from, written } = change;
    return { column, path, from, to, written, undo: change };
  });
  const row: PlannedRow = { kind: "row", table, key: keyAfter, changes, unit };
  return { row, table, key: keyAfter, keys: [keyAfter, keyBefore], unit, edits };
}

/**
 * A plan has no such row. A foreign key that was added since, or an older PostgreSQL, would take rows that no undo file names.
 * @throws {LeakProblem}
 */
export function refuseMoves(
  tables: ReadonlyMap<string, Pick<ChangedTable, "table">>,
  { partitions }: Pick<Layout, "partitions">,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  for (const [name, columns] of changed) {
    const parts = partitions.get(tables.get(name)?.table.oid ?? "");
    const takers = parts === undefined ? [] : takersOf(parts, [...columns]);
    if (takers.length > 0)
      throw new LeakProblem(
        `before PostgreSQL 15, rows of ${name} that move to another partition are deleted and inserted again, so that what refers to them would be deleted or emptied by ${takerNames(takers)}: take ON DELETE CASCADE, SET NULL or SET DEFAULT off these constraints meanwhile, then run the same command again. Nothing was changed`,
      );
  }
}

/** @throws {LeakProblem} before anything is changed */
async function prepare(
  connection: Connection,
  tables: ReadonlyMap<string, ChangedTable>,
  changed: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const unknown = [...changed].filter(([name, columns]) =>
    [...columns].some((column) => !tables.get(name)?.columns.has(column)),
  );
  if (unknown.length > 0)
    throw new LeakProblem(`there is no ${unknown[0]?.[0]} with the columns that are named`);
  const [refused, [standby] = []] = await connection.transaction({ mode: "READ ONLY" }, async (query) => {
    const lacking: string[] = [];
    for (const [name, columns] of changed) {
      const [row] = await query(
        "SELECT pg_catalog.bool_and(pg_catalog.has_column_privilege($1::oid, c, 'UPDATE'))::text FROM pg_catalog.unnest($2::text[]) AS c",
        [tables.get(name)?.table.oid, [...columns]],
      );
      if (row?.[0] !== "true") lacking.push(name);
    }
    const state = await query(
      "SELECT (pg_catalog.pg_is_in_recovery() OR pg_catalog.current_setting('default_transaction_read_only')::boolean)::text",
    );
    return [lacking, state[0]] as const;
  });
  if (standby === "true") {
    throw new LeakProblem(
      `${connection.label} takes no changes (a standby, or read-only): name the primary in --postgres. Nothing was changed`,
    );
  }
  if (refused.length === 0) return;
  throw new LeakProblem(
    `${connection.user} may not change all tables of the plan. Let their owner run this; nothing was changed:\n  GRANT UPDATE ON ${refused.join(", ")} TO ${quoted(connection.user)};`,
  );
}
