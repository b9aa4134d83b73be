export { runCli } from "./cli.ts";
export {
  ConfigurationError,
  type Environment,
  readServerConfig,
  SERVER_VARIABLES,
  type ServerConfig,
} from "./config/config.ts";
export { createLogger } from "./log/logger.ts";
export { type Running, serve } from "./serve.ts";
export type { Terminal } from "./terminal/terminal.ts";
