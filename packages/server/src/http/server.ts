import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import cors from "@fastify/cors";
import { TRPCError } from "@trpc/server";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { Refusal } from "../domain/index.ts";
import type { Services } from "../trpc/index.ts";
import { boundConnections } from "./connection-bounds.ts";
import { type DocsViewer, registerDescriptionRoute, registerDocsRoutes } from "./docs-routes.ts";
import { answerClientError, answerError } from "./error-answers.ts";
import { registerHealthRoutes } from "./health-routes.ts";
import { readJsonAsText } from "./json-body.ts";
import { registerRestRoutes } from "./rest-routes.ts";
import { registerTrpcRoute } from "./trpc-route.ts";

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_BODY_BYTES = 32_768;
const LINGER_MS = 1_000;
const CUT_AFTER_MS = 500;

export interface HttpServerOptions {
  readonly services: Services;
  readonly logger: FastifyBaseLogger;
  /** Exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  /** Whether the issuers' keys are usable: part of `/readyz`. */
  readonly keysUsable: () => boolean;
  /** Whether the store's credentials were ever loaded: part of `/readyz`. */
  readonly credentialsLoaded: () => boolean;
  /** Null serves no `/docs`. */
  readonly docsViewer: DocsViewer | null;
}

/** platform-api over HTTP: tRPC under `/trpc`, REST paths and their description, health. */
export interface HttpServer {
  /** Answers with the base address. @throws when the port is taken */
  listen(address: { host: string; port: number }): Promise<string>;
  /**
   * Stops: not ready at once, no new work, what is under way finishes within `drainMs`. Calling it again changes
   * nothing.
   */
  drain(drainMs: number): Promise<void>;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  let draining: Promise<void> | undefined;
  const underWay = new Set<ServerResponse>();
  const app = createApp(options.logger);
  allowOrigins(app, options.corsOrigins);
  app.addHook("onRequest", async (_request, reply) => {
    void reply.header("cache-control", "no-store"); // whose token it is, nobody may keep
  });
  app.addHook("onSend", async (_request, reply) => {
    if (draining !== undefined) void reply.header("connection", "close");
  });

  registerHealthRoutes(app, () => {
    if (draining !== undefined) return "draining";
    if (!options.keysUsable()) return "keys unavailable";
    return options.credentialsLoaded() ? null : "credentials unavailable";
  });
  void app.register(async (api) => {
    api.addHook("onRequest", async (_request, { raw }) => {
      if (draining !== undefined) throw new Refusal("DRAINING", "shutting down");
      underWay.add(raw);
      raw.once("close", () => underWay.delete(raw));
    });
    registerRestRoutes(api, options.services);
    registerTrpcRoute(api, options.services);
    registerDescriptionRoute(api);
    if (options.docsViewer !== null) registerDocsRoutes(api, options.docsViewer);
  });

  return {
    listen: (address) => app.listen(address),
    drain(drainMs) {
      draining ??= finish(app, underWay, drainMs);
      return draining;
    },
  };
}

function createApp(logger: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerError,
    routerOptions: { maxParamLength: MAX_HEADER_BYTES },
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node looks for slow clients only every 30 s unless told.
      connectionsCheckingInterval: 1_000,
    },
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    answerError(new TRPCError({ code: "NOT_FOUND" }), request, reply),
  );
  boundConnections(app);
  readJsonAsText(app);
  logAnswers(app);
  return app;
}

function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  void app.register(cors, {
    origin: [...origins],
    methods: ["GET", "POST"],
    allowedHeaders: ["authorization", "content-type", "x-user-token"],
    exposedHeaders: ["retry-after", "www-authenticate"],
    maxAge: 600,
    strictPreflight: false, // otherwise an OPTIONS that is no preflight is a 400 in plain text
  });
}

/**
 * Listens on while requests are under way, and for a moment at least: whoever balances load must see `/readyz`
 * say no, and a request on a kept connection must get an answer, not a reset.
 */
async function finish(
  app: FastifyInstance,
  underWay: ReadonlySet<ServerResponse>,
  drainMs: number,
): Promise<void> {
  const beganMs = performance.now();
  const elapsedMs = () => performance.now() - beganMs;
  const lingerMs = Math.min(LINGER_MS, drainMs);
  while (elapsedMs() < lingerMs || (underWay.size > 0 && elapsedMs() < drainMs)) await sleep(20);
  // Idle connections are closed gently; what is late, or never sent a request, is cut.
  const cut = setTimeout(() => app.server.closeAllConnections(), underWay.size > 0 ? 0 : CUT_AFTER_MS);
  await app.close();
  clearTimeout(cut);
}

/** One line an answer. The route's pattern, never the URL: a path may hold anything, a token too. */
function logAnswers(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, "answered");
  });
}
