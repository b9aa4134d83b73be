import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Pool } from "pg";
import { brokenFolder } from "../data-folder/broken-folder.ts";
import { lockFolder } from "../data-folder/folder-lock.ts";

/** All that the user directory needs of a Postgres, embedded or not. */
export interface Database {
  /** Runs one statement; the rows are as unchecked as anything from outside. */
  query(text: string, params?: readonly unknown[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Postgres inside this process, on a folder or in memory.
 * @throws when another process holds the folder, or when it is broken
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

/** A PostgreSQL server, over a pool that connects at the first query. */
export function openPostgres(url: string): Database {
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // The loss of an idle connection would end the process; the next query connects anew, or reports the outage.
  pool.on("error", () => {});
  return {
    query: async (text, params = []) => (await pool.query(text, [...params])).rows,
    close: () => pool.end(),
  };
}
