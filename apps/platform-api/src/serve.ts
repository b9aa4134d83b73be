import type { Logger } from "pino";
import { compose } from "./compose.ts";
import type { ServerConfig } from "./config.ts";

/** A running platform-api. */
export type Running = Awaited<ReturnType<typeof serve>>;

/**
 * Listens first: keys load in the background, and no upstream has to be up.
 * @throws when the port is taken
 */
export async function serve(config: ServerConfig, logger: Logger) {
  const api = compose(config, logger);
  const url = await api.http.listen({ host: config.HOST, port: config.PORT }).catch((error: unknown) => {
    api.close();
    throw error;
  });
  const started = api.start();
  logger.info({ url }, "listening");
  return {
    /** Its base address. */
    url,
    async checkConnections() {
      await started;
      await api.checkConnections();
    },
    /** Drains within `SHUTDOWN_DRAIN_MS` and closes everything. Idempotent. */
    async stop() {
      await api.http.drain(config.SHUTDOWN_DRAIN_MS);
      api.close();
    },
  };
}
