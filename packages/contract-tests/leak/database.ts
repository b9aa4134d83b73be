import { randomUUID } from "node:crypto";
import { type LeakSource, openPostgres, subjectRule } from "@platform-api/leak";
import { Client } from "pg";
import { expect } from "vitest";
import { describeWith } from "../pages/programs.ts";
import { findPostgres, type Postgres } from "../postgres/postgres.ts";
import { duringTests } from "../simulator/of-tests.ts";

export const RULE = subjectRule(["waad", "auth0"]);
export const NEVER = new AbortController().signal;
export const USER = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

/** A database of a test, and its owner's connection to it. */
interface Database extends Postgres {
  readonly sql: Client;
  /** A name of a role, which no other test has. Roles of these names are dropped at the end. */
  role(): string;
  close(): Promise<void>;
}

/** A suite that has a database, where there is a PostgreSQL. */
export function describePostgres(name: string, tests: (database: Database) => void): void {
  describeWith(["postgres"], name, () => tests(duringTests(startDatabase)));
}

/** The database as a scan reads it, a few rows at a time. */
export async function withSource<T>(
  { url }: Database,
  schemas: readonly string[],
  run: (source: LeakSource) => Promise<T>,
  rows = 7,
): Promise<T> {
  const source = await openPostgres({ url, schemas, rule: RULE, atOnce: { rows, bytes: 10_000 } });
  try {
    return await run(source);
  } finally {
    await source.close();
  }
}

async function startDatabase(): Promise<Database> {
  const postgres = await (findPostgres() ?? expect.fail("there is no PostgreSQL"))();
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
