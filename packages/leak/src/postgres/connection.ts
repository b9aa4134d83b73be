import { Client } from "pg";
import { ArgumentProblem } from "../model.ts";
import { connectProblem } from "./problems.ts";

const CONNECT_MS = 10_000;

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Of one statement. */
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  /** For how long a transaction may wait for us. */
  readonly idleTimeoutMs?: number;
}

/** Values are the texts that PostgreSQL writes. */
export type TextRow = readonly (string | null)[];
export type Query = (statement: string, values?: readonly unknown[]) => Promise<readonly TextRow[]>;

export interface TransactionOptions {
  readonly mode: "READ ONLY" | "READ WRITE";
  /** Schemas, quoted, after `pg_catalog`: see `PostgresTable.searchPath`. */
  readonly searchPath?: readonly string[];
}

/** A connection that runs one transaction at a time. */
export interface Connection {
  /** The database, server and user, without the password. */
  readonly label: string;
  /** The same without the user. */
  readonly place: string;
  readonly user: string;
  /** Begins a transaction that ends with the connection. */
  begin(options: TransactionOptions): Promise<Query>;
  transaction<T>(options: TransactionOptions, run: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @throws {LeakProblem} */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const client = clientOf(options.url);
  // A connection that breaks while nobody waits for it is told by the next statement.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw connectProblem(error, client);
  }
  const query: Query = async (text, values = []) => {
    const { rows } = await client.query<(string | null)[]>({
      text,
      values: [...values],
      rowMode: "array",
      types: { getTypeParser: () => (value: unknown) => value },
    });
    return rows;
  };
  const begin = async ({ mode, searchPath = [] }: TransactionOptions) => {
    await client.query(`BEGIN ${mode}; ${settings(options, searchPath)}`);
    return query;
  };
  const { user = "", host, port, database = user } = client;
  const place = `${database} on ${host.toLowerCase()}:${port}`;
  return {
    label: `${place} as ${user}`,
    place,
    user,
    begin,
    async transaction(transactionOptions, run) {
      await begin(transactionOptions);
      try {
        const result = await run(query);
        await client.query("COMMIT");
        return result;
      } catch (error) {
        // Where the connection is gone, so is the transaction.
        await client.query("ROLLBACK").catch(() => {});
        throw error;
      }
    },
    close: () => client.end(),
  };
}

/**
 * Settings are those of a transaction, not of a session, so that a pooler of connections may be in between. Names are
 * whole, and the search path leads to nothing that a user of the database made, so that none of their functions and
 * operators is called. The texts of keys must not depend on the server's settings, and a policy must not hide rows in
 * silence.
 */
function settings(
  { statementTimeoutMs = 60_000, lockTimeoutMs = 5_000, idleTimeoutMs = 60_000 }: ConnectionOptions,
  searchPath: readonly string[],
): string {
  return `SET LOCAL search_path = ${["pg_catalog", ...searchPath].join(", ")}; SET LOCAL row_security = off;
    SET LOCAL statement_timeout = ${statementTimeoutMs}; SET LOCAL lock_timeout = ${lockTimeoutMs};
    SET LOCAL idle_in_transaction_session_timeout = ${idleTimeoutMs};
    SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres';
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 3`;
}

/** After a `#`, `/` or `?` in a password everything would be read as something else, its beginning as a port. */
const WHOLE_URL = /^postgres(?:ql)?:\/\/[^#/?]*(?:[/?][^@#]*)?$/i;

function clientOf(url: string): Client {
  try {
    if (!WHOLE_URL.test(url)) throw new TypeError();
    return new Client({
      connectionString: url,
      application_name: "platform-api leak",
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
  } catch {
    throw new ArgumentProblem(
      "--postgres must be postgres://user@host:port/database, each part of it percent-encoded; the password is read from PGPASSWORD or ~/.pgpass",
    );
  }
}
