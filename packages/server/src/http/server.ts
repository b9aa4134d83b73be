import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import {
  type CheckCredentials,
  Refusal,
  refusal,
  type VerifyLogout,
  type WholeAudit,
} from "../domain/index.ts";
import { inputProblem, PROCEDURES, type Services } from "../trpc/index.ts";
import {
  type DocsViewer,
  registerDescriptionRoutes,
  registerDocsRoutes,
  registerStartRoute,
} from "./docs/routes.ts";
import { boundConnections } from "./limits/connection-bounds.ts";
import { createLoadShedding, type LoadBounds } from "./limits/load-shedding.ts";
import { AUDIT_FEED, registerAuditFeedRoute } from "./rest/audit-feed-route.ts";
import { registerAuditStreamRoute } from "./rest/audit-stream-route.ts";
import { REST_API } from "./rest/operations.ts";
import { registerRestRoutes } from "./rest/routes.ts";
import { type AccessLog, logAnswer } from "./transport/access-log.ts";
import { BACKCHANNEL_LOGOUT, registerBackchannelLogoutRoute } from "./transport/backchannel-logout-route.ts";
import { contextsFor } from "./transport/contexts.ts";
import { allowOrigins, headersForAll, type SetHeaders } from "./transport/cors.ts";
import { answerClientError, type ErrorAnswers, errorAnswers } from "./transport/error-answers.ts";
import {
  FORWARD_AUTH,
  registerForwardAuthRoutes,
  withoutClientsPath,
} from "./transport/forward-auth-route.ts";
import { registerHealthRoutes, type Unreadiness } from "./transport/health-routes.ts";
import { INTROSPECT, registerIntrospectRoute } from "./transport/introspect-route.ts";
import { readJsonAsText } from "./transport/json-body.ts";
import { createLane, isRepeated, type Lane, type LaneOptions } from "./transport/lane.ts";
import { type RenderMetrics, registerMetricsRoute } from "./transport/metrics-route.ts";
import type { RequestEvents } from "./transport/request-events.ts";
import { beginTrace, begunOf, requestTrace, sendersFor } from "./transport/senders.ts";
import { queryOf, registerTrpcRoute } from "./transport/trpc-route.ts";

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_BODY_BYTES = 32_768;
const LINGER_MS = 1_000;
const CUT_AFTER_MS = 500;
/** How many connections may wait to be accepted. The kernel drops one more, and its client tries again after a second. */
const BACKLOG = 4_096;

/** The names of everything that can be called, for metrics. */
export const CALLS: readonly string[] = [
  ...PROCEDURES,
  FORWARD_AUTH,
  BACKCHANNEL_LOGOUT,
  INTROSPECT,
  AUDIT_FEED,
];

/** What tRPC and the REST paths are called by, for preflights. */
const METHODS = new Set(["GET", "POST", ...REST_API.operations.map(({ method }) => method.toUpperCase())]);

export interface HttpServerOptions {
  readonly services: Services;
  readonly verifyLogout: VerifyLogout;
  readonly checkCredentials: CheckCredentials;
  readonly wholeAudit: WholeAudit;
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
  /** Makes a span of each answer. Where it is given, a request without a trace begins one. */
  readonly answerSpan?: AccessLog["answered"] | undefined;
  readonly events: RequestEvents;
  /** Called for each connection that comes in. */
  readonly connected?: () => void;
  /** Null where `/metrics` is not on this port. */
  readonly renderMetrics: RenderMetrics | null;
  /** How many proxies stand in front of the server. Each appends to `X-Forwarded-For`. */
  readonly trustedProxyHops: number;
  readonly load: LoadBounds & {
    /** Further connections are closed at once. 0: no bound. */
    readonly maxConnections: number;
    /** How long an idle connection stays open. Longer than the load balancer keeps it, which could reuse it meanwhile. */
    readonly keepAliveMs: number;
  };
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
  isDraining(): boolean;
  /** What `/readyz` says. */
  unreadiness(): Unreadiness;
  /** How many requests have no answer yet, those whose body is still arriving included. */
  activeRequests(): number;
  /** How many connections of clients are open, idle ones included. */
  openConnections(): number;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { services, corsOrigins, events, accessLog, trustedProxyHops, renderMetrics } = options;
  let draining: Promise<void> | undefined;
  const isDraining = () => draining !== undefined;
  const answered: AccessLog["answered"] = (method, route, status, ms, trace, names) => {
    accessLog.answered(method, route, status, ms, trace, names);
    events.answered(method, route, status, ms);
    options.answerSpan?.(method, route, status, ms, trace, names);
  };
  const errors = errorAnswers(events.called);
  const senderOf = sendersFor(services, trustedProxyHops);
  const contextOf = contextsFor(services, senderOf);
  const setHeaders = headersForAll(corsOrigins);
  const app = createApp(options, errors, { answered, setHeaders });
  const requests = boundConnections(app);
  if (options.connected !== undefined) app.server.on("connection", options.connected);
  const activeRequests = () => requests.all() + lane.waiting();
  const load = createLoadShedding(options.load, () => requests.inWork() + lane.waiting());
  const { isOverloaded } = load;
  allowOrigins(app, { origins: corsOrigins, methods: METHODS, setHeaders });
  app.addHook("onRequest", ({ raw: { rawHeaders } }, _reply, done) => {
    // Node keeps the first of two, and a proxy in front may have gone by the second (RFC 9112 section 3.2).
    if (isRepeated(rawHeaders, "host")) done(inputProblem("Host is given more than once"));
    else done();
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (isDraining()) void reply.header("connection", "close");
    done(null, payload);
  });

  const unreadiness = () => {
    if (isDraining()) return "draining";
    if (!options.keysUsable()) return "keys unavailable";
    return options.credentialsLoaded() ? null : "credentials unavailable";
  };
  registerHealthRoutes(app, unreadiness);
  if (renderMetrics !== null) registerMetricsRoute(app, renderMetrics);
  void app.register(async (api) => {
    refuseNewRequests(api, { isDraining, isOverloaded }, events.shed);
    registerRestRoutes(api, contextOf, events.called);
    registerAuditStreamRoute(api, contextOf, events.called);
    const feed = { wholeAudit: options.wholeAudit, now: services.now };
    registerAuditFeedRoute(api, {
      senderOf,
      ports: feed,
      countService: services.rateLimits.services,
      ...events,
    });
    registerTrpcRoute(api, contextOf, { ...events, ...errors });
    registerForwardAuthRoutes(api, { senderOf, ports: services, ...events, ...errors });
    const logouts = { senderOf, ports: services.administration, verifyLogout: options.verifyLogout };
    registerBackchannelLogoutRoute(api, { ...logouts, ...events, ...errors });
    const { checkCredentials } = options;
    const { rateLimits } = services;
    registerIntrospectRoute(api, { senderOf, checkCredentials, rateLimits, ...events, ...errors });
    registerStartRoute(api, options.docsViewer !== null);
    registerDescriptionRoutes(api);
    if (options.docsViewer !== null) registerDocsRoutes(api, options.docsViewer);
  });

  const { verifier } = services;
  const { called } = events;
  const lane = createLane({ verifier, senderOf, corsOrigins, isDraining, isOverloaded, answered, called });
  putBefore(app, lane, options.answerSpan !== undefined);

  return {
    // Fastify would listen at both addresses of the name, with a second server that has none of the bounds.
    listen: ({ host, port }) =>
      app.listen({ host: host === "localhost" ? "127.0.0.1" : host, port, backlog: BACKLOG }),
    drain(drainMs) {
      draining ??= finish(app, activeRequests, drainMs).finally(load.close);
      return draining;
    },
    isDraining,
    unreadiness,
    activeRequests,
    openConnections: requests.connections,
  };
}

function createApp(
  { logger, load, events }: HttpServerOptions,
  { answerError }: ErrorAnswers,
  { answered, setHeaders }: Pick<AccessLog, "answered"> & { readonly setHeaders: SetHeaders },
): FastifyInstance {
  const app = Fastify({
    loggerInstance: withoutChildren(logger),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request: IncomingMessage) => requestTrace(request).requestId,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: load.keepAliveMs,
    return503OnClosing: false,
    clientErrorHandler(error, socket) {
      const status = answerClientError(error, socket);
      if (status !== null) events.answered("", null, status, 0);
    },
    frameworkErrors(error, request, reply) {
      // It passes no hook.
      setHeaders(request, reply);
      reply.raw.once("finish", () => logAnswer(request, reply, answered));
      answerError(error, request, reply);
    },
    rewriteUrl: withoutClientsPath,
    routerOptions: { maxParamLength: MAX_HEADER_BYTES, querystringParser: queryOf },
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Node's default is 30 s, longer than both timeouts.
      connectionsCheckingInterval: 1_000,
      // A stream for a body that is not there takes a fifth of the time of an answer.
      optimizeEmptyRequests: true,
    },
  });
  // Versions of Node drop headers behind the thousandth without an error: a second token, or what a proxy requires.
  app.server.maxHeadersCount = 0; // their size is bounded
  if (load.maxConnections > 0) app.server.maxConnections = load.maxConnections; // Node takes 0 as none
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answerError(refusal("NOT_FOUND", "there is no such path, or not with this method"), request, reply),
  );
  app.addHook("onResponse", (request, reply, done) => {
    logAnswer(request, reply, answered);
    done();
  });
  readJsonAsText(app);
  return app;
}

/** While the server drains or has too much to do. What the lane has begun goes on. */
function refuseNewRequests(
  api: FastifyInstance,
  { isDraining, isOverloaded }: Pick<LaneOptions, "isDraining" | "isOverloaded">,
  shed: RequestEvents["shed"],
): void {
  api.addHook("onRequest", ({ raw }, _reply, done) => {
    if (isDraining() && begunOf(raw) === null) return done(new Refusal("DRAINING", "shutting down"));
    done();
  });
  // Not before the body is there: until then nothing is done for the request (T8G).
  api.addHook("preValidation", ({ raw }, _reply, done) => {
    if (begunOf(raw) !== null || !isOverloaded()) return done();
    shed();
    done(new Refusal("OVERLOADED", "too many requests, or a delayed event loop"));
  });
}

/** Gives each request to the lane, which leaves some to Fastify. */
function putBefore({ server }: FastifyInstance, lane: Lane, beginsTraces: boolean): void {
  const [toFastify] = server.listeners("request");
  const others = (request: IncomingMessage, response: ServerResponse) => toFastify?.(request, response);
  server.removeAllListeners("request");
  if (beginsTraces) server.on("request", beginTrace);
  server.on("request", (request, response) => lane.handle(request, response, others));
  server.on("checkExpectation", others); // Node would answer an unknown `Expect` with a bare 417
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

/**
 * Fastify makes a child of its logger for each request, which costs more than anything else that it does for one. Our
 * lines about a request name it themselves.
 */
function withoutChildren(logger: FastifyBaseLogger): FastifyBaseLogger {
  const childless: FastifyBaseLogger = Object.create(logger);
  childless.child = () => childless;
  return childless;
}
