import { Client } from "pg";
import { findPostgres, type Postgres } from "../postgres/postgres.ts";

/** A database of a test, and its owner's connection to it. */
export interface Database extends Postgres {
  readonly sql: Client;
  close(): Promise<void>;
}

export async function startDatabase(): Promise<Database> {
  const start = findPostgres();
  if (start === null) throw new Error("no PostgreSQL");
  const postgres = await start();
  const sql = new Client({ connectionString: postgres.url });
  await sql.connect();
  await sql.query("SET timezone = 'UTC'");
  const close = async () => {
    await sql.end();
    await postgres.stop();
  };
  return { ...postgres, sql, close };
}
