import { VERSION } from "@platform-api/server/http";
import { Command, CommanderError } from "commander";
import type { Logger } from "pino";
import {
  ConfigurationError,
  type Environment,
  readServerConfig,
  SERVER_VARIABLES,
  type ServerConfig,
} from "./config/config.ts";
import { unknownVariables } from "./config/unknown-variables.ts";
import { createLogger } from "./log/logger.ts";
import { ListenFailure, type Running, serve } from "./serve.ts";
import { describeDomainError } from "./terminal/domain-errors.ts";
import {
  CommandFailure,
  commandName,
  guarded,
  OperatorNeeded,
  printable,
  type Terminal,
  UsageError,
} from "./terminal/terminal.ts";

/** Runs one command. @returns the exit status: 0 success, 1 failure, 2 wrong use, 3 an operator has to decide */
export async function runCli(args: readonly string[], unguarded: Terminal): Promise<number> {
  const terminal = guarded(unguarded, args);
  const program = new Command(commandName(terminal.env))
    .description("Resolves an access token to the company's own user UUID.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError("(see --help)");
  program
    .command("serve")
    .description("run the server until SIGTERM; configured by environment variables only")
    .action(() => runServer(terminal));
  // `serve` starts sooner without the code of the other commands.
  if (args[0] !== "serve") (await import("./operator-commands.ts")).addOperatorCommands(program, terminal);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    return explain(error, terminal);
  }
}

/** Prints the error, unless that is done. @returns the exit status */
function explain(error: unknown, { err }: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof ServeFailure)) err(`error: ${messageOf(error)}\n`);
  if (error instanceof OperatorNeeded) return 3;
  return error instanceof UsageError ? 2 : 1;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CommandFailure || error instanceof ConfigurationError) return error.message;
  const words = describeDomainError(error);
  return words === null ? (error.stack ?? error.message) : printable(words);
}

/** A failure that is logged already. */
class ServeFailure extends Error {}

/** Serves until the process is told to stop. */
async function runServer({ env, onStop }: Terminal): Promise<void> {
  const logger = createLogger("info");
  let running: Running | null = null;
  try {
    const config = readConfig(env, logger);
    // Listens from here on, so that a process that is stopped while it starts ends like one that serves.
    const stopped = new Promise<void>((resolve) => onStop(resolve));
    running = await serve(config, logger);
    await stopped;
  } catch (error) {
    if (logger.level === "silent") logger.level = "fatal";
    logger.fatal({ problems: serveProblems(error) }, "platform-api cannot serve");
    throw new ServeFailure();
  } finally {
    if (running !== null) {
      logger.info("draining");
      await running.stop();
      logger.info("stopped");
    }
  }
}

function readConfig(env: Environment, logger: Logger): ServerConfig {
  const names = Object.keys(env).filter((name) => env[name] !== "");
  const unknown = unknownVariables(names, SERVER_VARIABLES);
  const config = readNamingUnknown(env, unknown);
  logger.level = config.LOG_LEVEL;
  if (config.AUTH0_TEST_MODE) logger.warn("test mode: tokens signed with AUTH0_TEST_SECRET are accepted");
  if (config.ADMIN_CLIENT_IDS.size === 0) {
    logger.warn("ADMIN_CLIENT_IDS is not set: nobody can administer an organization over the API");
  }
  if (config.CLJ_PG_WRAPPER_INSECURE) {
    logger.warn("CLJ_PG_WRAPPER_INSECURE: anyone who controls the network can answer as the user directory");
  }
  if (unknown.length > 0) {
    logger.warn({ event: "unknown_variables", problems: unknown }, "these variables have no effect");
  }
  return config;
}

/** @throws {ConfigurationError} also with the unknown variables: a misspelled one is often why another is missing */
function readNamingUnknown(env: Environment, unknown: readonly string[]): ServerConfig {
  try {
    return readServerConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new ConfigurationError([...error.problems, ...unknown]);
    throw error;
  }
}

function serveProblems(error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems;
  if (error instanceof ListenFailure) return [listenProblem(error)];
  return [error instanceof Error ? error.message : String(error)];
}

function listenProblem({ variable, cause, message }: ListenFailure): string {
  const { code, port } = cause as NodeJS.ErrnoException & { port?: number };
  if (code === "EADDRINUSE")
    return `${variable} ${port} is in use by another process; set ${variable} to a free one`;
  if (code === "ENOTFOUND" || code === "EADDRNOTAVAIL" || code === "EACCES") {
    return `HOST or ${variable} cannot be listened on (${code})`;
  }
  return cause instanceof Error ? cause.message : message;
}
