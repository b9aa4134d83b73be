import type { CljClient } from "@platform-api/clj-client";
import {
  type AuditTroubles,
  createMetrics,
  type DynamoTable,
  dynamoFollowing,
  dynamoUncheckedSince,
  type Following,
  following,
  type JwksRefresh,
  type JwksSource,
  type Metrics,
  type OnAnyUpstream,
  recheckAge,
  Spans,
  systemClock,
} from "@platform-api/server/adapters";
import { currentTrace, traceFields } from "@platform-api/server/domain";
import { CALLS, type HttpServer, VERSION } from "@platform-api/server/http";
import type { Logger } from "pino";
import type { ServerConfig } from "../config/config.ts";
import { auditLogger, linesLostBy, problemOf } from "../log/logger.ts";
import { logKeys } from "./tokens.ts";
import type { StoreEvents } from "./upstreams.ts";

/** What the store says when metrics are rendered; null before its first answer. */
interface StoredMetrics {
  readonly recheckAgeMs: () => number | null;
  readonly following: () => Following | null;
}

/** What metrics read when they are rendered. */
export interface Measured {
  readonly keys: JwksSource;
  readonly directory: CljClient;
  readonly http: HttpServer;
  readonly changes: { lastPollAgeMs(): number | null };
  readonly storeClock: { offsetMs(): number };
  readonly stored: StoredMetrics;
  /** Null where none are exported. */
  readonly spans: Spans | null;
}

/** @param measured called when the metrics are rendered, because what it returns reports to them */
export function composeMetrics(measured: () => Measured, logger: Logger): Metrics {
  return createMetrics({
    version: VERSION,
    procedures: CALLS,
    gauges() {
      const { keys, directory, http, changes, storeClock, stored, spans } = measured();
      return {
        jwksAgeMs: keys.ageMs(),
        usableKeys: keys.usableKeys(),
        changesAgeMs: changes.lastPollAgeMs(),
        clockOffsetMs: storeClock.offsetMs(),
        recheckAgeMs: stored.recheckAgeMs(),
        following: stored.following(),
        directoryCalls: directory.calls(),
        activeRequests: http.activeRequests(),
        openConnections: http.openConnections(),
        isDraining: http.isDraining(),
        logLinesLost: linesLostBy(logger),
        spansLost: spans?.lost ?? 0,
      };
    },
  });
}

/** What jobs and other processes store of themselves. The questions are not in the metrics. */
export function composeStoredMetrics(table: DynamoTable, { AUTH0_TENANT }: ServerConfig): StoredMetrics {
  const uncounted = { ...table, options: { ...table.options, onUpstream: () => {} } };
  return {
    recheckAgeMs: recheckAge(dynamoUncheckedSince(uncounted), systemClock),
    following: following(dynamoFollowing(uncounted, AUTH0_TENANT), systemClock),
  };
}

/** Null where no spans are exported. */
export function composeSpans(
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: ServerConfig,
  logger: Logger,
): Spans | null {
  if (endpoint === undefined) return null;
  return new Spans({
    endpoint,
    service: "platform-api",
    version: VERSION,
    onFailure: (problem, lost) =>
      logger.warn({ event: "spans", problem: problemOf(problem), lost }, "spans could not be exported"),
  });
}

/** Measures each request to an upstream, and makes a span of it where spans are exported. */
export function composeUpstreamEvents(
  { upstreams }: Metrics,
  spans: Spans | null,
): { readonly onUpstream: OnAnyUpstream; readonly ofStore: StoreEvents } {
  const onUpstream: OnAnyUpstream = (upstream, operation, outcome, ms) => {
    upstreams.finished(upstream, operation, outcome, ms);
    spans?.upstream(upstream, operation, outcome, ms);
  };
  const ofStore: StoreEvents = {
    onUpstream: (...request) => onUpstream("store", ...request),
    onTrouble: upstreams.troubled,
    onWait: upstreams.waited,
  };
  return { onUpstream, ofStore };
}

/** A login that report mode accepts, without who it is. */
interface WouldRefuse {
  readonly reason: string;
  readonly connection: string;
  readonly domain: string;
}

/** What is both logged and counted. */
export function composeReports({ logins, refreshed }: Metrics, logger: Logger) {
  const { auditLost, auditUnsure } = auditLogger(logger);
  return {
    onRefresh(refresh: JwksRefresh) {
      refreshed(refresh);
      logKeys(refresh, logger);
    },
    wouldRefuse(refusal: WouldRefuse) {
      logins.wouldRefuse();
      const trace = currentTrace();
      const request = trace === null ? {} : traceFields(trace);
      logger.warn({ event: "would_refuse", ...request, ...refusal }, "let through by report mode");
    },
    audit: {
      auditUnsure,
      auditLost(entry, cause) {
        logins.auditLost();
        auditLost(entry, cause);
      },
    } satisfies AuditTroubles,
  };
}
