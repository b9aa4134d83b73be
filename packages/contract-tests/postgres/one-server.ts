import { databaseUrl, setDatabaseUrl } from "./config.ts";
import { findPostgres } from "./postgres.ts";

/** Starts one PostgreSQL before all test files. Each file creates its own database on it. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (databaseUrl !== null) return undefined;
  const server = await findPostgres()?.();
  if (server === undefined) return undefined;
  setDatabaseUrl(server.url);
  return server.stop;
}
