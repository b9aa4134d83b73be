import { causeOf, Refusal } from "@platform-api/server/domain";
import { Command, CommanderError } from "commander";
import { addAuditCommands } from "./audit-commands.ts";
import { ConfigurationError, readServerConfig } from "./config.ts";
import { addConnectionCommands } from "./connection-commands.ts";
import { addIdentityCommands } from "./identity-commands.ts";
import { createLogger } from "./logger.ts";
import { addMemberCommands } from "./member-commands.ts";
import { MembersFileError } from "./members-file.ts";
import { addOrganizationCommands } from "./organization-commands.ts";
import { OrganizationsFileError } from "./organizations-file.ts";
import { serve } from "./serve.ts";
import { addTableCommands } from "./table-commands.ts";
import { CommandFailure, type Terminal, UsageError } from "./terminal.ts";
import { addTokenCommands } from "./token-commands.ts";

/** Runs one command. @returns the exit status: 0 success, 1 failure, 2 wrong use */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command("platform-api")
    .description("Whose token is this? Answered with the company's own user UUID.")
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError("(--help shows how it is used)");
  program
    .command("serve")
    .description("serve until SIGTERM; configured by the environment alone")
    .action(() => runServer(terminal));
  addTableCommands(program, terminal);
  addOrganizationCommands(program, terminal);
  addMemberCommands(program, terminal);
  addIdentityCommands(program, terminal);
  addConnectionCommands(program, terminal);
  addAuditCommands(program, terminal);
  addTokenCommands(program, terminal);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    return explain(error, terminal);
  }
}

function explain(error: unknown, { err }: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ServeFailure) return 1;
  if (error instanceof UsageError) {
    err(`error: ${error.message}\n`);
    return 2;
  }
  err(`error: ${messageOf(error)}\n`);
  return 1;
}

function messageOf(error: unknown): string {
  if (error instanceof Refusal) return storeMessage(error);
  const known = [CommandFailure, ConfigurationError, MembersFileError, OrganizationsFileError];
  if (known.some((kind) => error instanceof kind)) return error instanceof Error ? error.message : "";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function storeMessage(refusal: Refusal): string {
  const why = causeOf(refusal);
  if (why === "ResourceNotFoundException") {
    return "the table DYNAMODB_TABLE does not exist: create it with `platform-api table create`";
  }
  return `the store does not answer (${why}): check DYNAMODB_TABLE, DYNAMODB_ENDPOINT, AWS_REGION and the credentials`;
}

/** Told on stdout already, as a line of the log. */
class ServeFailure extends Error {}

async function runServer({ env, onStop }: Terminal): Promise<void> {
  const logger = createLogger("info");
  try {
    const config = readServerConfig(env);
    logger.level = config.LOG_LEVEL;
    if (config.AUTH0_TEST_MODE) logger.warn("test mode: tokens signed with AUTH0_TEST_SECRET are accepted");
    // From here on: a process that is stopped while it starts ends as one that serves.
    const stopped = new Promise<void>((resolve) => onStop(resolve));
    const running = await serve(config, logger);
    await stopped;
    logger.info("draining");
    await running.stop();
    logger.info("stopped");
  } catch (error) {
    if (logger.level === "silent") logger.level = "fatal";
    logger.fatal(startFailure(error), "platform-api cannot start");
    throw new ServeFailure();
  }
}

function startFailure(error: unknown): Record<string, unknown> {
  if (error instanceof ConfigurationError) return { problems: error.problems };
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === "EADDRINUSE") {
    return { problems: [`PORT ${port} is in use by another process; set PORT to a free one`] };
  }
  if (code === "ENOTFOUND" || code === "EADDRNOTAVAIL" || code === "EACCES") {
    return { problems: [`HOST or PORT cannot be listened on (${code})`] };
  }
  return { problems: [error instanceof Error ? error.message : String(error)] };
}
