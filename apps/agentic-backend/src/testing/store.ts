import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { startStoreOfTests } from "@platform-api/embedded-dynamodb/testing";

export interface LoopbackServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** DynamoDB inside the test's process. `onRequest` is called for each request. */
export async function startEmbeddedStore(onRequest: () => void): Promise<LoopbackServer> {
  const store = await startStoreOfTests();
  store.server.prependListener("request", onRequest);
  return store;
}

/** A server at the address of DynamoDB that misbehaves. */
export async function startBrokenStore(listener: RequestListener): Promise<LoopbackServer> {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
