import {
  allowOrganization,
  type OrganizationId,
  planAllowance,
  requireKnownUser,
  setBlocked,
  Unknown,
  type UserId,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { confirmation, type Options, toOrganizationId, toUserId } from "../../terminal/arguments.ts";
import { describeSpeakers } from "../../terminal/describe-speakers.ts";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { WHEN_NOTICED, withStores } from "../store-command.ts";
import { addFindCommand } from "./find.ts";
import { addRelinkCommand, addUnlinkCommand } from "./relink.ts";
import { addShowCommand } from "./show.ts";

export function addIdentityCommands(program: Command, terminal: Terminal): void {
  const identity = program.command("identity").description("links of subjects to users, and blocked users");
  addFindCommand(identity, terminal);
  addShowCommand(identity, terminal);
  addRelinkCommand(identity, terminal);
  addUnlinkCommand(identity, terminal);
  addAllowCommand(identity, terminal);
  addBlockCommand("block", identity, terminal).option(
    "--force",
    "also block a UUID that has no link and no membership yet",
  );
  addBlockCommand("unblock", identity, terminal);
}

/** Lets an organization's SSO speak for a user from now on: an operator's decision in a conflict. */
function addAllowCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("allow")
    .argument("<userId>", "the user's UUID", toUserId)
    .argument("<organization>", "the organization's id", toOrganizationId)
    .description("settle a conflict: from now on only this organization's SSO speaks for the user")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (userId: UserId, organizationId: OrganizationId, { yes, json }: Options) => {
      const confirm = confirmation(yes, terminal);
      const allowance = { userId, organizationId };
      const present = await withStores(terminal, (stores, signal) =>
        planAllowance(allowance, stores, signal),
      );
      await confirm(
        `${userId}: ${describeSpeakers(present)}. From now on the SSO of ${organizationId} speaks for them, and no other: ` +
          "another one gives them neither a first login nor a membership on its own domain. What is linked and stored stays.",
      );
      const former =
        present.sso === null || present.sso === organizationId ? "" : `, and that of ${present.sso} no more`;
      const summary = `The SSO of ${organizationId} speaks for ${userId}${former}.`;
      const changed = await withStores(terminal, (stores, signal) =>
        allowOrganization(allowance, stores, signal),
      );
      const words = changed ? `${summary}\n` : `${summary} Nothing to change.\n`;
      print({ userId, organizationId, changed }, words, json, terminal);
    });
}

const BLOCK_VERBS = {
  block: {
    description: "refuse every login and every token of a user",
    isBlocked: true,
    before: "will be refused everywhere",
    after: "is blocked",
  },
  unblock: {
    description: "lift a block",
    isBlocked: false,
    before: "will be let in again",
    after: "is not blocked",
  },
} as const;

function addBlockCommand(verb: keyof typeof BLOCK_VERBS, identity: Command, terminal: Terminal): Command {
  const { description, isBlocked, before, after } = BLOCK_VERBS[verb];
  return identity
    .command(verb)
    .argument("<userId>", "the user's UUID", toUserId)
    .description(description)
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (userId: UserId, { yes, json, force }: Options & { force?: true }) => {
      const confirm = confirmation(yes, terminal);
      if (verb === "block" && !force) {
        await withStores(terminal, (stores, signal) => requireKnownUser(userId, stores, signal)).catch(
          unknown,
        );
      }
      await confirm(`${userId} ${before}.`);
      const summary = `${userId} ${after}.`;
      const changed = await withStores(terminal, (stores, signal) =>
        setBlocked({ userId, isBlocked }, stores, signal),
      );
      const words = changed ? `${summary}\n${WHEN_NOTICED}\n` : `${summary} Nothing to change.\n`;
      print({ userId, blocked: verb === "block", changed }, words, json, terminal);
    });
}

function unknown(error: unknown): never {
  if (!(error instanceof Unknown && error.kind === "user")) throw error;
  throw new CommandFailure(
    `${error.id} has no link and no membership here. Check the UUID; --force blocks it all the same, for example before a first login with capitol_user_id`,
  );
}
