import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Pool } from "pg";
import { lockFolder } from "../data-folder/folder-lock.ts";
import { brokenFolder } from "../service-errors.ts";

/** The Postgres operations that the user directory needs. */
export interface Database {
  /** Runs one statement. The rows are not validated. */
  query(text: string, params?: readonly unknown[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Opens a Postgres inside this process, on a folder or in memory.
 * @throws when another process holds the folder, or when the folder is broken
 */
export async function openEmbeddedPostgres(folder?: string): Promise<Database> {
  if (folder === undefined) return embedded(await PGlite.create(), async () => {});
  const unlock = await lockFolder(folder, "user directory");
  try {
    return embedded(await PGlite.create(join(folder, "postgres")), unlock);
  } catch (error) {
    await unlock();
    throw brokenFolder(folder, "user directory", error);
  }
}

function embedded(postgres: PGlite, unlock: () => Promise<void>): Database {
  return {
    query: async (text, params = []) => (await postgres.query(text, [...params])).rows,
    close: () => postgres.close().finally(unlock),
  };
}

/** Uses a PostgreSQL server through a pool that connects at the first query. */
export function openPostgres(url: string): Database {
  // An idle connection keeps no process alive.
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 5_000, allowExitOnIdle: true });
  // Without a listener, losing an idle connection would end the process. The next query connects again.
  pool.on("error", () => {});
  return {
    query: async (text, params = []) => (await pool.query(text, [...params])).rows,
    close: () => pool.end(),
  };
}
