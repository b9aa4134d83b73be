import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { TRPCError } from "@trpc/server";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { Refusal } from "../domain/index.ts";
import type { Services } from "../trpc/index.ts";
import type { AccessLog } from "./access-log.ts";
import { boundConnections } from "./connection-bounds.ts";
import { begunOf } from "./contexts.ts";
import { allowOrigins } from "./cors.ts";
import { type DocsViewer, registerDescriptionRoute, registerDocsRoutes } from "./docs-routes.ts";
import { answerClientError, answerError } from "./error-answers.ts";
import { registerHealthRoutes } from "./health-routes.ts";
import { readJsonAsText } from "./json-body.ts";
import { createLane } from "./lane.ts";
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
  /** The exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  /** Whether the issuers' keys are usable. Part of `/readyz`. */
  readonly keysUsable: () => boolean;
  /** Whether the store's credentials have been loaded. Part of `/readyz`. */
  readonly credentialsLoaded: () => boolean;
  /** Null turns `/docs` off. */
  readonly docsViewer: DocsViewer | null;
  readonly accessLog: AccessLog;
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

/** What answers requests. Tests compare it with other ways. */
const WAYS = { mountTrpc: registerTrpcRoute, openLane: createLane };

export function createHttpServer(options: HttpServerOptions, ways: Partial<typeof WAYS> = {}): HttpServer {
  const { mountTrpc, openLane } = { ...WAYS, ...ways };
  let draining: Promise<void> | undefined;
  const app = createApp(options);
  const inFlight = boundConnections(app);
  allowOrigins(app, options.corsOrigins);
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (draining !== undefined) void reply.header("connection", "close");
    done(null, payload);
  });

  registerHealthRoutes(app, () => {
    if (draining !== undefined) return "draining";
    if (!options.keysUsable()) return "keys unavailable";
    return options.credentialsLoaded() ? null : "credentials unavailable";
  });
  void app.register(async (api) => {
    api.addHook("onRequest", ({ raw }, _reply, done) => {
      if (draining === undefined || begunOf(raw) !== null) done();
      else done(new Refusal("DRAINING", "shutting down"));
    });
    registerRestRoutes(api, options.services);
    mountTrpc(api, options.services);
    registerDescriptionRoute(api);
    if (options.docsViewer !== null) registerDocsRoutes(api, options.docsViewer);
  });

  const lane = openLane({ ...options, isDraining: () => draining !== undefined });
  const [toFastify] = app.server.listeners("request");
  const others = (request: IncomingMessage, response: ServerResponse) => toFastify?.(request, response);
  app.server.removeAllListeners("request");
  app.server.on("request", (request, response) => lane.handle(request, response, others));

  return {
    listen: (address) => app.listen(address),
    drain(drainMs) {
      draining ??= finish(app, () => inFlight() + lane.waiting(), drainMs);
      return draining;
    },
  };
}

function createApp({ logger, accessLog }: HttpServerOptions): FastifyInstance {
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
  readJsonAsText(app);
  logAnswers(app, accessLog);
  return app;
}

/**
 * Keeps listening while requests are in flight, and for `LINGER_MS` at least, so that the load balancer sees `/readyz`
 * fail first and a request on a kept-alive connection gets an answer instead of a reset.
 */
async function finish(app: FastifyInstance, inFlight: () => number, drainMs: number): Promise<void> {
  const beganMs = performance.now();
  const elapsedMs = () => performance.now() - beganMs;
  const lingerMs = Math.min(LINGER_MS, drainMs);
  while (elapsedMs() < lingerMs || (inFlight() > 0 && elapsedMs() < drainMs)) await sleep(20);
  // `close` ends idle connections. Late ones, and those that never sent a request, are cut.
  const cut = setTimeout(() => app.server.closeAllConnections(), inFlight() > 0 ? 0 : CUT_AFTER_MS);
  await app.close();
  clearTimeout(cut);
}

function logAnswers(app: FastifyInstance, accessLog: AccessLog): void {
  app.addHook("onResponse", ({ method, routeOptions, id, raw }, { statusCode, elapsedTime }, done) => {
    const ms = Math.round(elapsedTime + (begunOf(raw)?.waitedMs ?? 0));
    accessLog.answered(method, routeOptions.url ?? null, statusCode, ms, id);
    done();
  });
}
