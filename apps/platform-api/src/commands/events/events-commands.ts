import {
  type Auth0Users,
  auth0Events,
  type FollowReport,
  followEvents,
  ManagementError,
} from "@platform-api/server/adapters";
import { Refusal, TooManyDeletions } from "@platform-api/server/domain";
import type { Command } from "commander";
import type { Logger } from "pino";
import { composeTenantUsers } from "../../compose/self-service.ts";
import type { StoreConfig } from "../../config/config.ts";
import { createLogger, problemOf } from "../../log/logger.ts";
import { CommandFailure, OperatorNeeded, type Terminal } from "../../terminal/terminal.ts";
import { NO_DEADLINE, withStores } from "../store-command.ts";

/** Patience with the limits of the Management API. */
const ASK_LIMITS = { attemptMs: 5_000, budgetMs: 10_000 };
const SCOPES_MS = 20_000;
/** What following needs of the second machine application. */
const SCOPES = ["read:events", "read:users"];

interface FollowOptions {
  readonly acceptDeletions?: true;
}

export function addEventsCommands(program: Command, terminal: Terminal): void {
  program
    .command("events")
    .description("what Auth0 tells of its users")
    .command("follow")
    .description(
      "refuse the tokens of users whom Auth0 blocks or deletes, within seconds: follow its events until SIGTERM. One process is enough, several are harmless",
    )
    .option(
      "--accept-deletions",
      "where events are lost, and more than 1 % of the linked users do not exist at Auth0 any more: store that they were deleted",
    )
    .action((options: FollowOptions) => follow(options, terminal));
}

async function follow({ acceptDeletions = false }: { acceptDeletions?: boolean }, terminal: Terminal) {
  const logger = createLogger("info", { write: terminal.out });
  const stopped = new AbortController();
  terminal.onStop(() => stopped.abort());
  await withStores(
    terminal,
    async (stores, _signal, config) => {
      const { tenant, users } = await composeFollowed(config, stopped.signal);
      logger.info({ event: "events", tenant }, "beginning to follow the events of Auth0");
      const options = {
        tenant,
        source: auth0Events({ url: config.AUTH0_MANAGEMENT_URL ?? "", tokens: users.tokens }),
        cursors: stores.eventCursors,
        ports: { ...stores, users },
        acceptsDeletions: acceptDeletions,
        report: reporter(logger),
      };
      await followEvents(options, stopped.signal).catch(explain);
      logger.info({ event: "events", tenant }, "stopped");
    },
    NO_DEADLINE,
  );
}

/** @throws {CommandFailure} what is missing */
async function composeFollowed(config: StoreConfig, signal: AbortSignal) {
  const users = composeTenantUsers(config, ASK_LIMITS);
  if (users === null)
    throw new CommandFailure(
      "AUTH0_EVENTS_CLIENT_ID and AUTH0_EVENTS_CLIENT_SECRET are not set: with AUTH0_MANAGEMENT_URL they name the machine application that may read the events of Auth0 (docs/auth0.md)",
    );
  const missing = await missingScopes(users, signal);
  if (missing.length > 0)
    throw new CommandFailure(
      `the grant of AUTH0_EVENTS_CLIENT_ID for the Management API lacks ${missing.join(" and ")}`,
    );
  return { tenant: config.AUTH0_TENANT, users };
}

/** None while Auth0 does not answer: it may do so later. */
async function missingScopes(users: Auth0Users, signal: AbortSignal): Promise<readonly string[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(SCOPES_MS)]);
  const token = await users.tokens.current(limit).catch((error: unknown) => {
    if (error instanceof ManagementError && error.status !== null && error.status < 429) explain(error);
    return null;
  });
  const scopes = token?.scopes ?? SCOPES;
  return SCOPES.filter((scope) => !scopes.includes(scope));
}

function explain(error: unknown): never {
  if (error instanceof TooManyDeletions)
    throw new OperatorNeeded(
      `${error.gone} of ${error.read} linked users do not exist at Auth0, which is more than 1 %: none of it is stored. If AUTH0_MANAGEMENT_URL and AUTH0_TENANT name the tenant that these users sign in to, and they were deleted there, run \`platform-api events follow --accept-deletions\` until it has read them all; otherwise set the variables right`,
    );
  if (error instanceof ManagementError || error instanceof Refusal)
    throw new CommandFailure(error.message, { cause: error });
  throw error;
}

/** Tells what happens, and nothing of whom: the audit does. */
function reporter(logger: Logger): (report: FollowReport) => void {
  return (report) => {
    const { what } = report;
    const log = { event: "events", what };
    if (what === "connecting") logger.debug({ ...log, since: report.since }, "connecting");
    else if (what === "changed")
      logger.info({ ...log, change: report.change, age_ms: report.ageMs }, "stored");
    else if (what === "unreadable")
      logger.error(
        log,
        "an event is not as Auth0 documents it: where it names a user, that one is asked for",
      );
    else if (what === "unaskable")
      logger.error(log, "an event names what Auth0 does not take for a user's id, and is left out");
    else if (what === "lost")
      logger.warn({ ...log, since: report.since }, "events are lost: every linked user is read again");
    else if (what === "failed")
      logger.warn(
        { ...log, problem: problemOf(report.cause), pause_ms: report.pauseMs },
        "trying again after a pause",
      );
    else logger.info({ ...log, ...progressOf(report) }, "reading linked users again");
  };
}

function progressOf({ state }: Extract<FollowReport, { what: "reconciling" }>) {
  const { read, gone, unaskable, isEnded } = state;
  return { read, gone, unaskable, is_done: isEnded };
}
