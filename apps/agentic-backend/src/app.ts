import cors from "@fastify/cors";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config.ts";
import { answerError, Refusal } from "./refusal.ts";

/** Where the log goes, one JSON object a line. */
export interface Log {
  write(line: string): unknown;
}

/** A server without routes: limits, CORS, answers to errors, a log without tokens. */
export function createApp({ LOG_LEVEL, CORS_ORIGINS }: Config, stream: Log): FastifyInstance {
  const app = Fastify({
    logger: {
      level: LOG_LEVEL,
      stream,
      base: { service: "agentic-backend" },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 32_768,
    requestTimeout: 10_000,
    return503OnClosing: false,
    frameworkErrors: answerError,
    // Node looks for slow clients only every 30 s unless told.
    http: { headersTimeout: 5_000, maxHeaderSize: 16_384, connectionsCheckingInterval: 1_000 },
  });
  app.addHook("onRequest", async (_request, reply) => {
    void reply.header("cache-control", "no-store");
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => Promise.reject(new Refusal("NOT_FOUND")));
  // The route's pattern, never the URL: a path may hold anything, a token too.
  app.addHook("onResponse", async ({ method, routeOptions, log }, { statusCode: status, elapsedTime }) => {
    log.info({ method, route: routeOptions.url, status, ms: Math.round(elapsedTime) }, "answered");
  });
  void app.register(cors, {
    origin: CORS_ORIGINS,
    methods: ["GET", "POST"],
    allowedHeaders: ["authorization", "content-type", "x-organization-id"],
    exposedHeaders: ["retry-after", "www-authenticate"],
    maxAge: 600,
    strictPreflight: false,
  });
  return app;
}
