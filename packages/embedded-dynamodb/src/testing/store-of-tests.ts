import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { createEmbeddedDynamodb, type EmbeddedDynamodbOptions } from "../embedded-dynamodb.ts";
import { createOracleServer } from "../oracles/oracle-server.ts";
import { oracle } from "./config.ts";

export { oracle };

export interface StoreOfTests {
  readonly endpoint: string;
  /** Answers the requests. A test may watch them, or give it more. */
  readonly server: Server;
  /** Closes connections, even those of requests in flight. */
  close(): Promise<void>;
}

/** Node's 5 s would close connections that a client on a busy machine has just begun to use. */
const IDLE_MS = 3_600_000;

/** Starts the embedded DynamoDB, or in its place the implementation that ORACLE names, which keeps nothing on disk. */
export async function startStoreOfTests(options: EmbeddedDynamodbOptions = {}): Promise<StoreOfTests> {
  const server = await (oracle === null ? createEmbeddedDynamodb(options) : createOracleServer(oracle));
  server.keepAliveTimeout = IDLE_MS;
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async close() {
      const closed = promisify(server.close.bind(server))();
      server.closeAllConnections();
      await closed;
    },
  };
}
