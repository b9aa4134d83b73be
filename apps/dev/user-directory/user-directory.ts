import { listenError } from "../service-errors.ts";
import { openEmbeddedPostgres, openPostgres } from "./database.ts";
import { userDirectoryServer } from "./server.ts";
import { migrate } from "./users.ts";

export interface UserDirectoryOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The service credential that every caller must present. */
  readonly token: string;
  /** The folder of the embedded Postgres. Without it the rows are kept in memory. */
  readonly dataFolder?: string;
  /** A PostgreSQL to use instead of the embedded one. `dataFolder` is then unused. */
  readonly databaseUrl?: string;
}

export interface RunningUserDirectory {
  /** The base address, without a trailing slash. */
  readonly url: string;
  /** Finishes the requests in flight, closes sockets and database, and releases the data folder. */
  close(): Promise<void>;
}

/** How long `close` waits for requests in flight and unused connections. */
const DRAIN_MS = 500;

/**
 * Starts a stand-in for the company's user directory.
 * @throws when the port is in use, when another process holds the data folder, or when PostgreSQL is unreachable
 */
export async function startUserDirectory(options: UserDirectoryOptions): Promise<RunningUserDirectory> {
  const { host, port, token, dataFolder, databaseUrl } = options;
  const database =
    databaseUrl === undefined ? await openEmbeddedPostgres(dataFolder) : openPostgres(databaseUrl);
  const server = userDirectoryServer(database, token);
  server.addHook("onClose", () => database.close());

  async function close(): Promise<void> {
    const deadline = setTimeout(() => server.server.closeAllConnections(), DRAIN_MS);
    await server.close().finally(() => clearTimeout(deadline));
  }

  try {
    await migrate(database);
    return { url: await server.listen({ host, port }), close };
  } catch (error) {
    await close();
    const explained = listenError(error, port, "user directory");
    if (databaseUrl === undefined || explained !== error) throw explained;
    const problem = `DATABASE_URL does not lead to a usable PostgreSQL (${reasonOf(error)})`;
    throw new Error(problem, { cause: error });
  }
}

/** The code of a connection error, because its message may name the host or a part of the password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return /^E[A-Z_]+$/.test(code) ? code : error.message;
}
