import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmbeddedDynamodb } from "@platform-api/embedded-dynamodb";

export interface LoopbackServer {
  readonly endpoint: string;
  close(): void;
}

/** DynamoDB inside the test's process. `onRequest` is called for each request. */
export async function startEmbeddedStore(onRequest: () => void): Promise<LoopbackServer> {
  const server = await createEmbeddedDynamodb({ oracle: process.env.ORACLE });
  server.prependListener("request", onRequest);
  return started(server);
}

/** A server at the address of DynamoDB that misbehaves. */
export function startBrokenStore(listener: RequestListener): Promise<LoopbackServer> {
  return started(createServer(listener));
}

async function started(server: Server): Promise<LoopbackServer> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
