import { setTimeout as pause } from "node:timers/promises";
import {
  type ChangesPoll,
  type CredentialsLoad,
  type DynamoTable,
  dynamoChanges,
  dynamoWholeAudit,
  followChanges,
  NotifiedCaches,
  systemClock,
} from "@platform-api/server/adapters";
import { createHttpServer, createMetricsServer, type HttpServerOptions } from "@platform-api/server/http";
import type { Logger } from "pino";
import type { ServerConfig } from "../config/config.ts";
import { accessLogger, problemOf } from "../log/logger.ts";
import { docsViewer } from "./docs-viewer.ts";
import { composeOutbox } from "./mail.ts";
import {
  composeMetrics,
  composeReports,
  composeSpans,
  composeStoredMetrics,
  composeUpstreamEvents,
} from "./metrics.ts";
import { composeServices } from "./services.ts";
import { composeCredentialCheck, composeKeys, composeLogoutVerifier } from "./tokens.ts";
import { composeDirectory, composeTable } from "./upstreams.ts";

/** The AWS SDK and fetch take 100 ms to load. A health check that waits for the port is answered first. */
const LOAD_AFTER_MS = 50;
/** How long a process that stops waits for refusals that are noted. They are a help, and nothing relies on them. */
const NOTED_MS = 500;

/**
 * Builds the server, and contacts nothing before `start`. Adapters are built here and in the other files of this folder,
 * nowhere else.
 */
export function compose(config: ServerConfig, logger: Logger) {
  const metrics = composeMetrics(
    () => ({ keys, directory, http, changes, storeClock: table.storeClock, stored, spans }),
    logger,
  );
  const spans = composeSpans(config, logger);
  const reports = composeReports(metrics, logger);
  const keys = composeKeys(config, reports.onRefresh);
  const { onUpstream, ofStore } = composeUpstreamEvents(metrics, spans);
  const table = composeTable(config, ofStore);
  const stored = composeStoredMetrics(table, config);
  const directory = composeDirectory(config);
  const outbox = composeOutbox(config, table, {
    logger,
    onUpstream: (...mail) => onUpstream("smtp", ...mail),
  });
  const notified = new NotifiedCaches(config.MEMORY_TTL_MS);
  const changes = composeChanges(config, { table, notified, logger });
  const closed = new AbortController();
  const accessLog = accessLogger(logger, config.ACCESS_LOG);
  process.on("exit", accessLog.flush);
  const services = composeServices(config, {
    metrics,
    reports,
    onUpstream,
    keys,
    table,
    directory,
    outbox,
    notified,
  });
  const http = createHttpServer({
    logger,
    accessLog,
    answerSpan: spans?.answered,
    events: metrics.requests,
    connected: table.turns.connected,
    renderMetrics: config.METRICS_PORT === undefined ? metrics.render : null,
    corsOrigins: config.CORS_ORIGINS,
    keysUsable: () => keys.usable(),
    credentialsLoaded: () => table.credentials.loaded(),
    docsViewer: config.DOCS_VIEWER ? docsViewer : null,
    trustedProxyHops: config.TRUSTED_PROXY_HOPS,
    load: loadBounds(config),
    verifyLogout: composeLogoutVerifier(config, keys),
    services,
    checkCredentials: composeCredentialCheck(config, services),
    wholeAudit: dynamoWholeAudit(table),
  });
  return {
    http,
    /** Null where the main port has the metrics. */
    metricsServer:
      config.METRICS_PORT === undefined ? null : createMetricsServer(metrics.render, http.unreadiness),
    /** Soon after listening, starts to load keys and the store's credentials. Resolves when it has. */
    async start() {
      await pause(LOAD_AFTER_MS, undefined, { signal: closed.signal }).catch(() => {});
      if (closed.signal.aborted) return;
      keys.start();
      table.credentials.start((load) => logCredentials(load, logger));
      changes.start();
    },
    /** Resolves when every mail so far has its outcome, and every span has been exported or is lost; soon of refusals. */
    async sent() {
      const refusals = Promise.race([services.refusals.idle(), pause(NOTED_MS, undefined, { ref: false })]);
      await Promise.all([outbox?.idle(), spans?.flush(), refusals]);
      await spans?.flush(); // those of mails
    },
    /** Ends timers and connections, and writes the access lines that are left. */
    close() {
      closed.abort();
      changes.close();
      keys.close();
      table.close();
      accessLog.close();
      process.off("exit", accessLog.flush);
    },
  };
}

function loadBounds(config: ServerConfig): HttpServerOptions["load"] {
  return {
    keepAliveMs: config.KEEP_ALIVE_MS,
    maxConnections: config.MAX_CONNECTIONS,
    maxInFlight: config.MAX_IN_FLIGHT,
    maxEventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
  };
}

interface Followed {
  readonly table: DynamoTable;
  readonly notified: NotifiedCaches;
  readonly logger: Logger;
}

function composeChanges(config: ServerConfig, { table, notified, logger }: Followed) {
  return followChanges({
    feed: dynamoChanges(table),
    notified,
    clock: systemClock,
    storeClock: table.storeClock,
    pollMs: config.CHANGES_POLL_MS,
    onPoll: changesLogger(logger),
  });
}

function logCredentials(load: CredentialsLoad, logger: Logger): void {
  if (load.outcome === "loaded")
    logger.debug({ event: "credentials", ...load }, "the credentials are current");
  else logger.warn({ event: "credentials", ...load }, "the store's credentials could not be loaded");
}

/** Tells when the changes of others cannot be read, and when they can again. */
function changesLogger(logger: Logger): (poll: ChangesPoll) => void {
  let areRead = true;
  return (poll) => {
    const wereRead = areRead;
    areRead = poll.outcome === "complete";
    if (wereRead && poll.outcome === "failed")
      logger.warn(
        { event: "changes", problem: problemOf(poll.cause) },
        "the changes of other processes could not be read: everything is read again every 5 s",
      );
    else if (!wereRead && areRead)
      logger.info({ event: "changes" }, "the changes of other processes are read again");
  };
}
