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
import { REST_API } from "./rest-operations.ts";
import { registerRestRoutes } from "./rest-routes.ts";
import { registerTrpcRoute } from "./trpc-route.ts";

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_BODY_BYTES = 32_768;
const LINGER_MS = 1_000;
const CUT_AFTER_MS = 500;
const REST_METHODS = REST_API.operations.map(({ method }) => method.toUpperCase());
const CORS_METHODS = [...new Set(["GET", "POST", ...REST_METHODS])];

export interface HttpServerOptions {
  readonly services: Services;
  readonly logger: FastifyBaseLogger;
  /** The exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  /** Whether the issuers' keys are usable. Part of `/readyz`. */
  readonly keysUsable: () => boolean;
  /** Whether the store's credentials have been loaded. Part of `/readyz`. */
  readonly credentialsLoaded: () => boolean;
  /** Null turns `/docs` off. */
  readonly docsViewer: DocsViewer | null;
}

/** platform-api over HTTP: tRPC under `/trpc`, the REST paths with their description, and health checks. */
export interface HttpServer {
  /** Resolves to the base address. @throws when the port is taken */
  listen(address: { host: string; port: number }): Promise<string>;
  /**
   * Stops the server. `/readyz` fails at once, new requests are refused, and requests in flight have `drainMs` to
   * finish. A second call changes nothing.
   */
  drain(drainMs: number): Promise<void>;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  let draining: Promise<void> | undefined;
  const inFlight = new Set<ServerResponse>();
  const app = createApp(options.logger);
  allowOrigins(app, options.corsOrigins);
  app.addHook("onRequest", async (_request, reply) => {
    void reply.header("cache-control", "no-store"); // identity responses must not be cached
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
      inFlight.add(raw);
      raw.once("close", () => inFlight.delete(raw));
    });
    registerRestRoutes(api, options.services);
    registerTrpcRoute(api, options.services);
    registerDescriptionRoute(api);
    if (options.docsViewer !== null) registerDocsRoutes(api, options.docsViewer);
  });

  return {
    listen: (address) => app.listen(address),
    drain(drainMs) {
      draining ??= finish(app, inFlight, drainMs);
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
      // Node's default is 30 s, longer than both timeouts.
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
    methods: CORS_METHODS,
    allowedHeaders: ["authorization", "content-type", "x-user-token"],
    exposedHeaders: ["retry-after", "www-authenticate"],
    maxAge: 600,
    strictPreflight: false, // otherwise an OPTIONS that is not a preflight gets a 400 in plain text
  });
}

/**
 * Keeps listening while requests are in flight, and for `LINGER_MS` at least, so that the load balancer sees `/readyz`
 * fail first and a request on a kept-alive connection gets an answer instead of a reset.
 */
async function finish(
  app: FastifyInstance,
  inFlight: ReadonlySet<ServerResponse>,
  drainMs: number,
): Promise<void> {
  const beganMs = performance.now();
  const elapsedMs = () => performance.now() - beganMs;
  const lingerMs = Math.min(LINGER_MS, drainMs);
  while (elapsedMs() < lingerMs || (inFlight.size > 0 && elapsedMs() < drainMs)) await sleep(20);
  // `close` ends idle connections. Late ones, and those that never sent a request, are cut.
  const cut = setTimeout(() => app.server.closeAllConnections(), inFlight.size > 0 ? 0 : CUT_AFTER_MS);
  await app.close();
  clearTimeout(cut);
}

/** Logs one line per answer, with the route's pattern. The URL is never logged, because it may contain a token. */
function logAnswers(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, "answered");
  });
}
