import { databaseUrl, setDatabaseUrl } from "./config.ts";
import { findPostgres } from "./postgres.ts";

/** Before any test file: one PostgreSQL for all of them, in which each makes a database of its own. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (databaseUrl !== null) return undefined;
  const server = await findPostgres()?.();
  if (server === undefined) return undefined;
  setDatabaseUrl(server.url);
  return server.stop;
}
