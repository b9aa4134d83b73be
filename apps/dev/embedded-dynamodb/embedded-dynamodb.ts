import { once } from "node:events";
import type { Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import dynalite from "dynalite";
import { create } from "dynalite/db/index.js";
import { brokenFolder } from "../data-folder/broken-folder.ts";
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
 * @throws when the port is in use, when another process holds the data folder, or when that is broken
 */
export async function startEmbeddedDynamodb(options: EmbeddedDynamodbOptions): Promise<RunningDynamodb> {
  const { host, port, dataFolder } = options;
  const unlock = dataFolder === undefined ? async () => {} : await takeFolder(dataFolder);
  const path = dataFolder === undefined ? undefined : levelIn(dataFolder);
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

/** dynalite opens its store at the first request only, and throws where nobody can catch: so it is tried here. */
async function takeFolder(dataFolder: string): Promise<() => Promise<void>> {
  const unlock = await lockFolder(dataFolder, "embedded DynamoDB");
  try {
    const { db } = create({ path: levelIn(dataFolder) });
    await db.open();
    await db.close();
    return unlock;
  } catch (error) {
    await unlock();
    const cause = error instanceof Error ? error.cause : undefined; // LevelDB's own words
    throw brokenFolder(dataFolder, "embedded DynamoDB", cause ?? error);
  }
}

function levelIn(dataFolder: string): string {
  return join(dataFolder, "leveldb");
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
