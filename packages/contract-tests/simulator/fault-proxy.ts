import { once } from "node:events";
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { freePorts } from "./free-ports.ts";

/** An upstream's complete reply. */
export interface Reply {
  readonly status: number;
  /** Without hop-by-hop headers. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request to the proxy and its pending response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Forwards the request to the upstream, optionally to another path. */
  forward(path?: string): Promise<Reply>;
}

/** Handles a request. The proxy itself does nothing, so even plain forwarding is a "fault". */
export type Fault = (exchange: Exchange) => unknown;

/** A proxy between platform-api and one of its upstreams. */
export interface FaultProxy {
  readonly url: string;
  /** Handles every request from now on. */
  fault: Fault;
  /** The paths of all requests so far. */
  readonly requests: readonly string[];
  /** The number of requests whose response is not complete. */
  readonly pending: number;
  /** Closes its port and every connection. */
  pause(): Promise<void>;
  /** Listens on the same port again. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

export interface FaultProxyOptions {
  /**
   * How long an idle connection stays open. Without it each request has a connection of its own, so that those that
   * remain are leaks, and no busy process closes one that a client has just begun to use again.
   */
  readonly keepAliveMs?: number;
  /** The upstream's server in this process. It answers instead of the initial fault, without another connection. */
  readonly direct?: Server;
}

export async function startFaultProxy(
  upstream: string,
  fault: Fault,
  { keepAliveMs, direct }: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const keepAlive = keepAliveMs !== undefined;
  const agent = new Agent({ keepAlive, timeout: keepAliveMs });
  const requests: string[] = [];
  let pending = 0;
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (incoming, response) => {
    if (!keepAlive) response.shouldKeepAlive = false;
    if (direct !== undefined && proxy.fault === fault) {
      direct.emit("request", incoming, response);
      return;
    }
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
  // While it pauses, the system must not give its port to another server.
  const [port = 0] = await freePorts(1);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`,
    fault,
    requests,
    get pending() {
      return pending;
    },
    async pause() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
    async resume() {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    async close() {
      await proxy.pause();
      agent.destroy();
    },
  };
  return proxy;
}

async function forwardTo(
  url: URL,
  { agent, incoming, body }: { agent: Agent; incoming: IncomingMessage; body: Buffer },
): Promise<Reply> {
  // Raw, because the parsed headers hide a second credential.
  const { method, rawHeaders: headers } = incoming;
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
