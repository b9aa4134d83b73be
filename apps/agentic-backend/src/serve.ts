import cors from "@fastify/cors";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { Config } from "./config.ts";
import { type Log, lossyLog } from "./log.ts";
import { registerMcp } from "./mcp.ts";
import { answerError, Refusal } from "./refusal.ts";
import { registerRuns } from "./routes.ts";

/** The part of a request that is logged. Never the URL: a path may contain anything, even a token. */
const req = ({ method, routeOptions }: FastifyRequest) => ({ method, route: routeOptions.url });

/** The same format as platform-api's log, so that both can be read together. */
const LINES = {
  base: { service: "agentic-backend" },
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (level: string) => ({ level }) },
};

export type Running = Awaited<ReturnType<typeof serveAgenticBackend>>;

/** @throws when the port is taken */
export async function serveAgenticBackend(config: Config, stream: Log = lossyLog(process.stdout)) {
  const app = Fastify({
    logger: { level: config.LOG_LEVEL, stream, ...LINES, serializers: { req } },
    // A document of 20,000 characters, of which JSON may escape each.
    bodyLimit: 131_072,
    requestTimeout: 10_000,
    // A path that cannot be decoded does not exist.
    frameworkErrors: (cause, ...exchange) => answerError(new Refusal("NOT_FOUND", cause), ...exchange),
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => Promise.reject(new Refusal("NOT_FOUND")));
  app.addHook("onSend", async (_request, reply) => {
    void reply.header("cache-control", "no-store");
    if (!app.server.listening) void reply.header("connection", "close");
  });
  app.addHook("preClose", async () => {
    // Clients that are still connected: Node no longer times them out, and browsers have given up by then.
    setTimeout(() => app.server.closeAllConnections(), 8_000).unref();
  });
  void app.register(cors, {
    origin: config.CORS_ORIGINS,
    // Tracing libraries add theirs to every call of a page.
    allowedHeaders: [
      "authorization",
      "baggage",
      "content-type",
      "sentry-trace",
      "traceparent",
      "tracestate",
      "x-organization-id",
    ],
    exposedHeaders: ["retry-after", "www-authenticate"],
    maxAge: 600,
  });
  app.get("/livez", () => ({ status: "ok" }));
  app.get("/readyz", () => ({ status: "ready" }));
  void app.register((api) => registerRuns(api, config));
  const { MCP_URL: resource, MCP_ISSUER: issuer } = config;
  if (resource !== undefined && issuer !== undefined)
    void app.register((api) => registerMcp(api, config, { resource, issuer }));

  return {
    /** The base address. */
    url: await listen(app, config),
    /** Accepts no new connections and answers pending requests. Calling it again has no effect. */
    stop: () => app.close(),
  };
}

/** Where it cannot listen, it does not work on runs either. */
async function listen(app: FastifyInstance, { HOST: host, PORT: port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
}
