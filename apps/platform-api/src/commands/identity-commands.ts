import {
  blockUser,
  requireKnownUser,
  UnknownUser,
  type UserId,
  unblockUser,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { confirmation, toOrganizationId, toSubject, toUserId } from "./arguments.ts";
import { allowSso } from "./identity-allow.ts";
import { type LinkOptions, relinkTo, unlinkFrom } from "./identity-relink.ts";
import { showIdentity } from "./identity-show.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { cacheNotice, withStores } from "./store-command.ts";
import { CommandFailure, type Terminal } from "./terminal.ts";

interface BlockOptions {
  readonly yes?: true;
  readonly json?: true;
  readonly force?: true;
}

const TENANT = ["--tenant <alias>", "the tenant of the subject (default: AUTH0_TENANT)"] as const;
const YES = ["--yes", "do not ask for confirmation"] as const;
const FORCE = ["--force", "also block a UUID that has no link and no membership yet"] as const;
const JSON_OUTPUT = ["--json", "print JSON"] as const;

export function addIdentityCommands(program: Command, terminal: Terminal): void {
  const identity = program.command("identity").description("links of subjects to users, and blocked users");
  identity
    .command("show")
    .argument("<who>", "a UUID, or a subject such as waad|abc")
    .description("show whether a user is blocked, who speaks for them, their links and their memberships")
    .option(...TENANT)
    .option(...JSON_OUTPUT)
    .action((who: string, options: { tenant?: string; json?: true }) => showIdentity(who, options, terminal));
  addLinkCommands(identity, terminal);
  identity
    .command("allow")
    .argument("<userId>", "the user's UUID")
    .argument("<organization>", "the organization's id")
    .description("settle a conflict: from now on only this organization's SSO speaks for the user")
    .option(...YES)
    .option(...JSON_OUTPUT)
    .action((userId: string, organization: string, options: { yes?: true; json?: true }) =>
      allowSso(toUserId(userId), toOrganizationId(organization), options, terminal),
    );
  addBlockCommands(identity, terminal);
}

function addLinkCommands(identity: Command, terminal: Terminal): void {
  identity
    .command("relink")
    .argument("<subject>", "the subject of the re-created account")
    .argument("<userId>", "the user's UUID")
    .description("move a user's seat on a connection to a different subject")
    .requiredOption(
      "--connection <name>",
      "the connection that the subject signs in through; for a login that is not SSO its strategy, such as auth0",
    )
    .option(...TENANT)
    .option(...YES)
    .option(...JSON_OUTPUT)
    .action((subject: string, userId: string, options: LinkOptions & { connection: string }) =>
      relinkTo(toSubject(subject), toUserId(userId), options, terminal),
    );
  identity
    .command("unlink")
    .argument("<subject>", "the subject")
    .description("unlink a subject; its next login is treated as a first login")
    .option(...TENANT)
    .option(...YES)
    .option(...JSON_OUTPUT)
    .action((subject: string, options: LinkOptions) => unlinkFrom(toSubject(subject), options, terminal));
}

function addBlockCommands(identity: Command, terminal: Terminal): void {
  for (const [verb, description] of [
    ["block", "refuse every login and every token of a user"],
    ["unblock", "lift a block"],
  ] as const) {
    const command = identity
      .command(verb)
      .argument("<userId>", "the user's UUID")
      .description(description)
      .option(...YES)
      .option(...JSON_OUTPUT);
    if (verb === "block") command.option(...FORCE);
    command.action((userId: string, options: BlockOptions) =>
      changeBlock(verb, toUserId(userId), options, terminal),
    );
  }
}

async function changeBlock(
  verb: "block" | "unblock",
  userId: UserId,
  { yes, json, force }: BlockOptions,
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  if (verb === "block" && !force) {
    await withStores(terminal, (stores, signal) => requireKnownUser(userId, stores, signal)).catch(unknown);
  }
  await confirm(`${userId} will be ${verb === "block" ? "refused everywhere" : "let in again"}.`);
  const summary = `${userId} is ${verb === "block" ? "blocked" : "not blocked"}.`;
  const change = verb === "block" ? blockUser : unblockUser;
  const { changed, notice } = await withStores(terminal, async (stores, signal, config) => {
    const changed = await change(userId, stores, signal).catch(reportMissingEntries(summary));
    return { changed, notice: cacheNotice(config) };
  });
  if (json) terminal.out(`${JSON.stringify({ userId, blocked: verb === "block", changed })}\n`);
  else terminal.out(changed ? `${summary}\n${notice}\n` : `${summary} Nothing to change.\n`);
}

function unknown(error: unknown): never {
  if (!(error instanceof UnknownUser)) throw error;
  throw new CommandFailure(
    `${error.userId} has no link and no membership here. Check the UUID; --force blocks it all the same, for example before a first login with capitol_user_id`,
  );
}
