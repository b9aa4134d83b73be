import { once } from "node:events";
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** An upstream's whole reply. */
export interface Reply {
  readonly status: number;
  /** Without those that concern one connection. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request that has come to the proxy, and the response that waits for it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Has the upstream answer the request, at another path if need be. */
  forward(path?: string): Promise<Reply>;
}

/** What becomes of a request. Forwarding it faithfully is one of them: the proxy itself does nothing. */
export type Fault = (exchange: Exchange) => unknown;

/** Stands between platform-api and one of its upstreams. */
export interface FaultProxy {
  readonly url: string;
  /** What every request meets from now on. */
  fault: Fault;
  /** The path of every request so far. */
  readonly requests: readonly string[];
  /** Requests whose connection waits for the rest of an answer. */
  readonly pending: number;
  close(): Promise<void>;
}

/** An idle connection ends soon, so that those which stay are leaks. */
const KEEP_ALIVE_MS = 500;
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

export async function startFaultProxy(upstream: string, fault: Fault): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, timeout: KEEP_ALIVE_MS });
  const requests: string[] = [];
  let pending = 0;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, response) => {
    const path = incoming.url ?? "";
    requests.push(path);
    pending += 1;
    response.once("close", () => {
      pending -= 1;
    });
    buffer(incoming)
      .then((body) => {
        const forward = (to = path) => forwardTo(new URL(to, upstream), { agent, incoming, body });
        return proxy.fault({ request: incoming, path, body, response, forward });
      })
      .catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`,
    fault,
    requests,
    get pending() {
      return pending;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      agent.destroy();
    },
  };
  return proxy;
}

async function forwardTo(
  url: URL,
  { agent, incoming, body }: { agent: Agent; incoming: IncomingMessage; body: Buffer },
): Promise<Reply> {
  const { method, headers } = incoming;
  const outgoing = request(url, { agent, method, headers });
  outgoing.end(body);
  const [reply]: IncomingMessage[] = await once(outgoing, "response");
  if (reply === undefined) throw new Error("no response");
  const endToEnd = Object.entries(reply.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  return {
    status: reply.statusCode ?? 0,
    headers: Object.fromEntries(endToEnd),
    body: await buffer(reply),
  };
}
