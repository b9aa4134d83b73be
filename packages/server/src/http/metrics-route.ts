import { once } from "node:events";
import { createServer } from "node:http";
import type { FastifyInstance } from "fastify";

/** Renders the page that Prometheus reads. */
export type RenderMetrics = () => Promise<string>;

const PATH = "/metrics";
const TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const TIMEOUT_MS = 5_000;

/** `/metrics`. Like the health checks, it answers while the server drains or is overloaded. */
export function registerMetricsRoute(app: FastifyInstance, render: RenderMetrics): void {
  app.get(PATH, async (_request, reply) => reply.type(TEXT_TYPE).send(await render()));
}

/** `/metrics` on a port of its own, so that clients of the main port cannot read it. */
export interface MetricsServer {
  /** Resolves to the base address. @throws when the port is taken */
  listen(address: { host: string; port: number }): Promise<string>;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
}

export function createMetricsServer(render: RenderMetrics): MetricsServer {
  const timeouts = { headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS };
  const server = createServer(timeouts, async ({ method, url = "" }, response) => {
    const isRead = (method === "GET" || method === "HEAD") && url.split("?", 1)[0] === PATH;
    const page = isRead ? await render().catch(() => null) : "Not found\n";
    const status = page === null ? 500 : isRead ? 200 : 404;
    response.writeHead(status, { "content-type": TEXT_TYPE }).end(page ?? "");
  });
  return {
    async listen({ host, port }) {
      server.listen(port, host);
      await once(server, "listening");
      const bound = server.address();
      if (bound === null || typeof bound === "string") throw new Error("not listening on a port");
      return `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
