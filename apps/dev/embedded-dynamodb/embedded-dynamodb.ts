import { once } from "node:events";
import type { Server } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { createEmbeddedDynamodb } from "@platform-api/embedded-dynamodb";
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
 * Starts a DynamoDB inside this process.
 * @throws when the port is in use, when another process holds the data folder, or when the folder is broken
 */
export async function startEmbeddedDynamodb(options: EmbeddedDynamodbOptions): Promise<RunningDynamodb> {
  const { host, port } = options;
  const { server, unlock } = await openStore(options);
  server.keepAliveTimeout = IDLE_MS;

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
    await once(server.listen(port, host), "listening");
    return { endpoint: endpointOf(server), server, close };
  } catch (error) {
    await close();
    throw listenError(error, port, "embedded DynamoDB");
  }
}

/** `unlock` lets other processes use the folder. */
async function openStore({ dataFolder }: EmbeddedDynamodbOptions) {
  if (dataFolder === undefined) return { server: await createEmbeddedDynamodb(), unlock: async () => {} };
  const unlock = await lockFolder(dataFolder, "embedded DynamoDB");
  try {
    return { server: await createEmbeddedDynamodb({ path: join(dataFolder, "leveldb") }), unlock };
  } catch (error) {
    await unlock();
    const cause = error instanceof Error ? error.cause : undefined; // from LevelDB
    throw brokenFolder(dataFolder, "embedded DynamoDB", cause ?? error);
  }
}

function endpointOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("not listening on a port");
  return `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`;
}
