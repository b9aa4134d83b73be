export { runCli } from "./cli.ts";
export type { Terminal } from "./commands/terminal.ts";
export {
  ConfigurationError,
  type Environment,
  readServerConfig,
  SERVER_VARIABLES,
  type ServerConfig,
} from "./config.ts";
export { createLogger } from "./logger.ts";
export { type Running, serve } from "./serve.ts";
