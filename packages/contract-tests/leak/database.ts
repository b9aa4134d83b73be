import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { findPostgres, type Postgres } from "../postgres/postgres.ts";

/** A database of a test, and its owner's connection to it. */
export interface Database extends Postgres {
  readonly sql: Client;
  /** A name of a role, which no other test has. Roles of these names are dropped at the end. */
  role(): string;
  close(): Promise<void>;
}

export async function startDatabase(): Promise<Database> {
  const start = findPostgres();
  if (start === null) throw new Error("no PostgreSQL");
  const postgres = await start();
  const sql = new Client({ connectionString: postgres.url });
  await sql.connect();
  await sql.query("SET timezone = 'UTC'");
  const roles: string[] = [];
  return {
    ...postgres,
    sql,
    role() {
      const name = `leak_${randomUUID().replaceAll("-", "")}`;
      roles.push(name);
      return name;
    },
    async close() {
      const { rows } = await sql.query("SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)", [roles]);
      for (const { rolname } of rows) await sql.query(`DROP OWNED BY ${rolname}; DROP ROLE ${rolname}`);
      await sql.end();
      await postgres.stop();
    },
  };
}
