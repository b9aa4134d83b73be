import type { CljClient } from "@platform-api/clj-client";
import {
  type AuditTroubles,
  createMetrics,
  type JwksRefresh,
  type JwksSource,
  type Metrics,
} from "@platform-api/server/adapters";
import { currentTrace, traceFields } from "@platform-api/server/domain";
import { CALLS, type HttpServer, VERSION } from "@platform-api/server/http";
import type { Logger } from "pino";
import { auditLogger, linesLostBy } from "../log/logger.ts";
import { logKeys } from "./tokens.ts";

/** What metrics read when they are rendered. */
export interface Measured {
  readonly keys: JwksSource;
  readonly directory: CljClient;
  readonly http: HttpServer;
  readonly changes: { lastPollAgeMs(): number | null };
  readonly storeClock: { offsetMs(): number };
}

/** @param measured called when the metrics are rendered, because what it returns reports to them */
export function composeMetrics(measured: () => Measured, logger: Logger): Metrics {
  return createMetrics({
    version: VERSION,
    procedures: CALLS,
    gauges() {
      const { keys, directory, http, changes, storeClock } = measured();
      return {
        jwksAgeMs: keys.ageMs(),
        usableKeys: keys.usableKeys(),
        changesAgeMs: changes.lastPollAgeMs(),
        clockOffsetMs: storeClock.offsetMs(),
        directoryCalls: directory.calls(),
        activeRequests: http.activeRequests(),
        isDraining: http.isDraining(),
        logLinesLost: linesLostBy(logger),
      };
    },
  });
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
