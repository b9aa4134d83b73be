import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { compose } from "./compose/compose.ts";
import type { ServerConfig } from "./config/config.ts";

/** How long a process that stops waits for mails in progress, and for spans. Any other mail counts as failed after a minute. */
const SENT_MS = 4_000;

/** A running platform-api. */
export type Running = Awaited<ReturnType<typeof serve>>;

/** A port that cannot be listened on. Its cause is the system's error. */
export class ListenFailure extends Error {
  readonly variable: "PORT" | "METRICS_PORT";

  constructor(variable: ListenFailure["variable"], options: { cause: unknown }) {
    super(`${variable} cannot be listened on`, options);
    this.variable = variable;
  }
}

/**
 * Listens first: keys load in the background, and no upstream has to be up.
 * @throws {ListenFailure}
 */
export async function serve(config: ServerConfig, logger: Logger) {
  const api = compose(config, logger);
  const urls = await listen(api, config).catch(async (error: unknown) => {
    await api.metricsServer?.close();
    api.close();
    throw error;
  });
  void api.start();
  logger.info(urls, "listening");
  return {
    /** Its base address, and the one of `/metrics` where that has a port of its own. */
    ...urls,
    /** Drains within `SHUTDOWN_DRAIN_MS` and closes everything. Idempotent. */
    async stop() {
      await api.http.drain(config.SHUTDOWN_DRAIN_MS);
      await Promise.race([api.sent(), pause(SENT_MS, undefined, { ref: false })]);
      await api.metricsServer?.close();
      api.close();
    },
  };
}

async function listen(
  { http, metricsServer }: ReturnType<typeof compose>,
  { HOST: host, PORT, METRICS_PORT = 0 }: ServerConfig,
) {
  const failed = (variable: ListenFailure["variable"]) => (cause: unknown) => {
    throw new ListenFailure(variable, { cause });
  };
  const metricsUrl = await metricsServer?.listen({ host, port: METRICS_PORT }).catch(failed("METRICS_PORT"));
  const url = await http.listen({ host, port: PORT }).catch(failed("PORT"));
  return metricsUrl === undefined ? { url } : { url, metricsUrl };
}
