import {
  allowOrganization,
  describeUser,
  type OrganizationId,
  planAllowance,
  type UserOverview,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { confirmation, type Options, toOrganizationId } from "../../terminal/arguments.ts";
import { describeSpeakers } from "../../terminal/describe-speakers.ts";
import { print, type Terminal } from "../../terminal/terminal.ts";
import { type NamedUser, requireLook, toNamedUser, USER, userNamed } from "../named-user.ts";
import { withStores } from "../store-command.ts";
import { addBlockCommand } from "./block.ts";
import { addEraseCommand } from "./erase.ts";
import { addExportCommand } from "./export.ts";
import { addFindCommand } from "./find.ts";
import { addRelinkCommand, addUnlinkCommand } from "./relink.ts";
import { addShowCommand } from "./show.ts";
import { addSignOutCommand } from "./sign-out.ts";

export function addIdentityCommands(program: Command, terminal: Terminal): void {
  const identity = program
    .command("identity")
    .description(
      "links of subjects to users; blocking users and signing them out; what is stored of a person",
    );
  addFindCommand(identity, terminal);
  addShowCommand(identity, terminal);
  addRelinkCommand(identity, terminal);
  addUnlinkCommand(identity, terminal);
  addAllowCommand(identity, terminal);
  addBlockCommand("block", identity, terminal).option(
    "--force",
    "also block who has no link and no membership yet",
  );
  addBlockCommand("unblock", identity, terminal);
  addSignOutCommand(identity, terminal);
  addExportCommand(identity, terminal);
  addEraseCommand(identity, terminal);
}

/** Lets an organization's SSO speak for a user from now on: an operator's decision in a conflict. */
function addAllowCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("allow")
    .argument("<user>", USER, toNamedUser)
    .argument("<organization>", "the organization's id", toOrganizationId)
    .description("settle a conflict: from now on only this organization's SSO speaks for the user")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (named: NamedUser, organizationId: OrganizationId, { yes, json }: Options) => {
      const confirm = confirmation(yes, terminal);
      requireLook(named, yes);
      const { allowance, present, others } = await withStores(terminal, async (stores, signal) => {
        const userId = await userNamed(named, stores, terminal, signal);
        const allowance = { userId, organizationId };
        const present = await planAllowance(allowance, stores, signal);
        const { links } = await describeUser(userId, stores, signal);
        return { allowance, present, others: linksOfOthers(links, organizationId) };
      });
      const { userId } = allowance;
      await confirm(
        `${userId}: ${describeSpeakers(present)}. From now on the SSO of ${organizationId} speaks for them, and no other: ` +
          `another one gives them neither a first login nor a membership on its own domain. What is linked and stored stays.${others.map((each) => `\n${each}`).join("")}`,
      );
      const summary = `The SSO of ${organizationId} speaks for ${userId}.`;
      const changed = await withStores(terminal, (stores, signal) =>
        allowOrganization(allowance, stores, signal),
      );
      const words = [changed ? summary : `${summary} Nothing to change.`, ...others];
      print({ userId, organizationId, changed }, `${words.join("\n")}\n`, json, terminal);
    });
}

/** The sign-ins that another organization controls, and how to end them: a line for each. */
function linksOfOthers(links: UserOverview["links"], allowed: OrganizationId): readonly string[] {
  return links.flatMap(({ subject, connection, organizationId }) =>
    organizationId === null || organizationId === allowed
      ? []
      : [
          `Still linked: ${subject}, through ${connection} of ${organizationId}, which can sign in as them in all their organizations. Unless they work for both, run \`identity unlink\` for it.`,
        ],
  );
}
