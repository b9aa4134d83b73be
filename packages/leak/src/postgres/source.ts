import { LeakProblem, type LeakSource, type Table } from "../model.ts";
import type { SubjectRule } from "../subjects.ts";
import { type Chosen, type PostgresCatalog, type PostgresTable, readCatalog } from "./catalog.ts";
import { type Connection, connect } from "./connection.ts";
import type { PageSize } from "./pages.ts";
import { findUserIds, walkTable } from "./walk.ts";

export interface PostgresOptions extends Chosen {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  readonly rule: SubjectRule;
  readonly atOnce?: PageSize;
}

export interface PostgresSource extends LeakSource {
  readonly catalog: PostgresCatalog;
  readonly connection: Connection;
}

/**
 * A database that is only read.
 * @throws {LeakProblem}
 */
export async function openPostgres(given: PostgresOptions): Promise<PostgresSource> {
  const { url, rule, atOnce } = given;
  const options = { url };
  const connection = await connect(options);
  try {
    const catalog = await readCatalog(connection, given);
    return {
      catalog,
      connection,
      walk(table, position, signal) {
        return walkTable({
          connection,
          options,
          table: known(catalog, table),
          rule,
          atOnce,
          position,
          signal,
        });
      },
      async findUserIds(table, name, userIds, signal) {
        const own = known(catalog, table);
        const column = own.columns.find((one) => one.name === name);
        if (column === undefined) throw new LeakProblem(`${table.name} has no column ${name}`);
        return findUserIds({ connection, options, table: own, atOnce, signal }, column, userIds);
      },
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function known(catalog: PostgresCatalog, { name }: Table): PostgresTable {
  const table = catalog.tables.find((one) => one.name === name);
  if (table === undefined) throw new LeakProblem(`${catalog.label} has no table ${name}`);
  return table;
}
