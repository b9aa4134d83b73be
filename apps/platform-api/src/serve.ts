import type { Logger } from "pino";
import { compose } from "./compose.ts";
import type { ServerConfig } from "./config.ts";

/** A running platform-api. */
export interface Running {
  /** Its base address. */
  readonly url: string;
  /**
   * Checks the registered connections in the background; resolves once they fit the configuration.
   * @throws {ConfigurationError} when the process must stop
   */
  checkConnections(): Promise<void>;
  /** Drains within `SHUTDOWN_DRAIN_MS` and closes everything. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Listens first: keys load in the background, and no upstream has to be up.
 * @throws when the port is taken
 */
export async function serve(config: ServerConfig, logger: Logger): Promise<Running> {
  const api = compose(config, logger);
  const url = await api.http.listen({ host: config.HOST, port: config.PORT }).catch((error: unknown) => {
    api.close();
    throw error;
  });
  api.start();
  logger.info({ url }, "listening");
  return {
    url,
    checkConnections: api.checkConnections,
    stop: async () => {
      await api.http.drain(config.SHUTDOWN_DRAIN_MS);
      api.close();
    },
  };
}
