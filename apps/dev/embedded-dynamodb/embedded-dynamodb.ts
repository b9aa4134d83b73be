import { once } from "node:events";
import type { Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import dynalite from "dynalite";
import { lockFolder } from "../data-folder/folder-lock.ts";

export interface EmbeddedDynamodbOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the tables are kept; without it they live in memory. */
  readonly dataFolder?: string;
}

export interface RunningDynamodb {
  /** What `DYNAMODB_ENDPOINT` is set to. */
  readonly endpoint: string;
  /** Answers what is in flight, then closes sockets and store. */
  close(): Promise<void>;
}

/** How long requests in flight, and connections that never sent one, may hold up `close`. */
const DRAIN_MS = 500;

/**
 * Starts a DynamoDB inside this process: dynalite, which has no transactions and no TTL.
 * @throws when the port is in use, or when another process holds the data folder
 */
export async function startEmbeddedDynamodb(options: EmbeddedDynamodbOptions): Promise<RunningDynamodb> {
  const { host, port, dataFolder } = options;
  // LevelDB has a lock too, but dynalite meets it at the first request only, and throws where nobody can catch.
  const unlock =
    dataFolder === undefined ? async () => {} : await lockFolder(dataFolder, "embedded DynamoDB");
  const path = dataFolder === undefined ? undefined : join(dataFolder, "leveldb");
  const server = dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  // It throws there as well when a client breaks off its request.
  server.on("request", (request) => request.removeAllListeners("error"));

  async function close(): Promise<void> {
    const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    try {
      await promisify(server.close.bind(server))();
    } finally {
      clearTimeout(deadline);
      await unlock();
    }
  }

  try {
    await listen(server, host, port);
    return { endpoint: endpointOf(server), close };
  } catch (error) {
    await listen(server, "127.0.0.1", 0); // dynalite closes its store only together with a listening server
    await close();
    if (!isPortInUse(error)) throw error;
    const problem = `port ${port} (embedded DynamoDB) is in use`;
    throw new Error(`${problem}: stop what listens there, or choose another port`, { cause: error });
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
}

function endpointOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("not listening on a port");
  return `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
