import { Refusal } from "@platform-api/server/domain";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "@platform-api/server/http";
import type { ManualClock } from "../../server/src/adapters/tokens/testing/signed-token.ts";
import { linksOf, membershipsOf } from "../in-process/memory-stores.ts";
import { inProcessServices, WITHOUT_LIMITS } from "../in-process/services.ts";
import { directory, populatedStores } from "./people.ts";
import { NO_STORE, ROWS } from "./tokens.ts";

export const ORIGIN = "https://app.example";

export interface OneServer {
  readonly port: number;
  readonly http: HttpServer;
  /** What was logged and counted since it was taken last, without durations, sorted. */
  takeLog(): string[];
  /** How long the last answer that was logged took, in milliseconds. */
  lastMs(): number;
  /** While it is held, first logins of addresses that begin with `held` wait. */
  hold(): { release(): void; reached: Promise<void> };
}

/** One of the two servers, on a store and a directory of its own that nobody else changes. */
export async function startOneServer(clock: ManualClock, cors: boolean): Promise<OneServer> {
  const stores = populatedStores();
  const links = linksOf(stores.identities);
  let held: { readonly reach: () => void; readonly until: Promise<void> } | null = null;
  const services = inProcessServices({
    rows: ROWS,
    clock,
    organizations: stores.organizations,
    stores,
    directory: {
      async ensureUser(email, signal) {
        if (email.startsWith("held")) {
          held?.reach();
          await held?.until;
        }
        return directory.ensureUser(email, signal);
      },
    },
    links: {
      ...links,
      async find(key, signal) {
        if (key.subject === NO_STORE) throw new Refusal("STORE_UNAVAILABLE", "no answer");
        return links.find(key, signal);
      },
    },
    memberships: membershipsOf(stores.memberships),
  });
  const lines: string[] = [];
  let lastMs = Number.NaN;
  const accessLog: HttpServerOptions["accessLog"] = {
    answered(method, route, status, ms, { parent }) {
      lastMs = ms;
      lines.push(JSON.stringify(["answered", method, route, status, parent?.traceId]));
    },
  };
  const http = createHttpServer({
    services,
    logger: loggerInto(lines),
    corsOrigins: cors ? [ORIGIN] : [],
    docsViewer: null,
    ...WITHOUT_LIMITS,
    accessLog,
    events: {
      ...WITHOUT_LIMITS.events,
      called: (...call) => lines.push(JSON.stringify(["called", ...call])),
    },
    keysUsable: () => true,
    credentialsLoaded: () => true,
  });
  const address = await http.listen({ host: "127.0.0.1", port: 0 });
  lines.length = 0;
  return {
    port: Number(new URL(address).port),
    http,
    takeLog: () => lines.splice(0).sort(),
    lastMs: () => lastMs,
    hold() {
      const { promise: until, resolve: release } = Promise.withResolvers<void>();
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
      held = { reach, until };
      return { release, reached };
    },
  };
}

function loggerInto(lines: string[]): HttpServerOptions["logger"] {
  const at = (level: string) => (fields: unknown, message?: string) => {
    const { ms: _, request_id: ___, span_id: ____, err, ...rest } = Object(fields);
    const { stack: __, ...error } = Object(err);
    lines.push(JSON.stringify([level, message, rest, error]));
  };
  const logger: HttpServerOptions["logger"] = {
    level: "info",
    trace: at("trace"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    silent: () => {},
    child: () => logger,
  };
  return logger;
}
