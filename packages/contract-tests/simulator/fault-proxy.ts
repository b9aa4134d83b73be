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
import { pipeline } from "node:stream/promises";
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
  /** Forwards the request, and passes the reply on as it comes, such as events. */
  stream(): Promise<void>;
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
        const sent = { agent, incoming, body };
        const forward = (to = path) => forwardTo(new URL(to, upstream), sent);
        const stream = async () => {
          const reply = await send(new URL(path, upstream), sent);
          response.writeHead(reply.statusCode ?? 0, headersOf(reply));
          await pipeline(reply, response);
        };
        return proxy.fault({ request: incoming, path, body, response, forward, stream });
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

interface Sent {
  readonly agent: Agent;
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
}

async function send(url: URL, { agent, incoming, body }: Sent): Promise<IncomingMessage> {
  // Raw, because the parsed headers hide a second credential.
  const { method, rawHeaders: headers } = incoming;
  const outgoing = request(url, { agent, method, headers });
  outgoing.end(body);
  const [reply]: IncomingMessage[] = await once(outgoing, "response");
  if (reply === undefined) throw new Error("no response");
  return reply;
}

async function forwardTo(url: URL, sent: Sent): Promise<Reply> {
  const reply = await send(url, sent);
  return { status: reply.statusCode ?? 0, headers: headersOf(reply), body: await buffer(reply) };
}

function headersOf({ headers }: IncomingMessage): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
