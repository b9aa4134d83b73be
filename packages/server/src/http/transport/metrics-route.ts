import { once } from "node:events";
import { createServer } from "node:http";
import type { FastifyInstance } from "fastify";
import { HEALTH_CHECKS, type Unreadiness } from "./health-routes.ts";

/** Renders the page that Prometheus reads. */
export type RenderMetrics = () => Promise<string>;

const PATH = "/metrics";
const TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const HEALTH_HEADERS = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
const TIMEOUT_MS = 5_000;

/** `/metrics`. Like the health checks, it answers while the server drains or is overloaded. */
export function registerMetricsRoute(app: FastifyInstance, render: RenderMetrics): void {
  app.get(PATH, async (_request, reply) => reply.type(TEXT_TYPE).send(await render()));
}

/** `/metrics` and the health checks on a port of their own, so that clients of the main port cannot read the metrics. */
export interface MetricsServer {
  /** Resolves to the base address. @throws when the port is taken */
  listen(address: { host: string; port: number }): Promise<string>;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
}

export function createMetricsServer(render: RenderMetrics, unreadiness: () => Unreadiness): MetricsServer {
  const timeouts = { headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS };
  const server = createServer(timeouts, async ({ method, url = "" }, response) => {
    const [path = ""] = method === "GET" || method === "HEAD" ? url.split("?", 1) : [];
    const health = HEALTH_CHECKS.get(path)?.(unreadiness);
    if (health !== undefined) {
      response.writeHead(health.code, HEALTH_HEADERS).end(JSON.stringify(health.body));
      return;
    }
    const page = path === PATH ? await render().catch(() => null) : "Not found\n";
    const status = page === null ? 500 : path === PATH ? 200 : 404;
    response.writeHead(status, { "content-type": TEXT_TYPE }).end(page ?? "");
  });
  return {
    async listen({ host, port }) {
      await once(server.listen(port, host), "listening");
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
