import { once } from "node:events";
import type { Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import dynalite from "dynalite";
import { create } from "dynalite/db/index.js";
import { lockFolder } from "../data-folder/folder-lock.ts";
import { IDLE_MS } from "../idle-connections.ts";
import { brokenFolder, listenError } from "../service-errors.ts";

export interface EmbeddedDynamodbOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The folder of the tables. Without it they are kept in memory. */
  readonly dataFolder?: string;
}

export interface RunningDynamodb {
  /** The value for `DYNAMODB_ENDPOINT`. */
  readonly endpoint: string;
  /** Answers the requests. Tests also give it requests that came to another server. */
  readonly server: Server;
  /** Finishes the requests in flight, then closes sockets and store. */
  close(): Promise<void>;
}

/** How long `close` waits for requests in flight and unused connections. */
const DRAIN_MS = 500;

/**
 * Starts a DynamoDB inside this process. It is dynalite, which has no transactions and no TTL.
 * @throws when the port is in use, when another process holds the data folder, or when the folder is broken
 */
export async function startEmbeddedDynamodb(options: EmbeddedDynamodbOptions): Promise<RunningDynamodb> {
  const { host, port, dataFolder } = options;
  const unlock = dataFolder === undefined ? async () => {} : await takeFolder(dataFolder);
  const path = dataFolder === undefined ? undefined : levelIn(dataFolder);
  const server = dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  server.keepAliveTimeout = IDLE_MS;
  // dynalite also throws there when a client aborts its request.
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
    return { endpoint: endpointOf(server), server, close };
  } catch (error) {
    await listen(server, "127.0.0.1", 0); // dynalite closes its store only together with a listening server
    await close();
    throw listenError(error, port, "embedded DynamoDB");
  }
}

/** Opens the store early: dynalite would open it at the first request and throw where nothing can catch it. */
async function takeFolder(dataFolder: string): Promise<() => Promise<void>> {
  const unlock = await lockFolder(dataFolder, "embedded DynamoDB");
  try {
    const { db } = create({ path: levelIn(dataFolder) });
    await db.open();
    await db.close();
    return unlock;
  } catch (error) {
    await unlock();
    const cause = error instanceof Error ? error.cause : undefined; // from LevelDB
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
