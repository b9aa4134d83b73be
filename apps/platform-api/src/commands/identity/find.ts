import { type AddressOverview, type CanonicalEmail, describeAddress } from "@platform-api/server/domain";
import type { Command } from "commander";
import { composeRegisteredUsers } from "../../compose/upstreams.ts";
import { readDirectoryConfig } from "../../config/config.ts";
import { toEmail } from "../../terminal/arguments.ts";
import { formatTable, print, type Terminal } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import { formatUser } from "./show.ts";

/** Prints everything that is known of an address. The user directory is only read. */
export function addFindCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("find")
    .argument("<address>", "an e-mail address", toEmail)
    .description(
      "show the user that the directory has at an address, their links, and what was granted by it",
    )
    .option("--json", "print JSON")
    .action(async (email: CanonicalEmail, { json }: { json?: true }) => {
      const registeredUsers = composeRegisteredUsers(readDirectoryConfig(terminal.env));
      const found = await withStores(terminal, (stores, signal) =>
        describeAddress(email, { ...stores, registeredUsers }, signal),
      );
      print(found, format(found), json, terminal);
    });
}

function format({ email, user, memberships, invitations }: AddressOverview): string {
  const others = memberships.filter(({ userId }) => userId !== user?.userId);
  const otherRows = others.map(({ organizationId, userId, role, status, createdAt }) => {
    return [organizationId, userId, role, status, createdAt];
  });
  const invitationRows = invitations.map(({ organizationId, role, state, mail, createdAt, expiresAt }) => {
    return [organizationId, role, state, mail, createdAt, expiresAt];
  });
  return [
    user === null
      ? `The user directory has no user at ${email}.\n`
      : `The user directory has ${user.userId} at ${email}.\n\n${formatUser(user)}`,
    ...(others.length === 0
      ? []
      : [`Other users became members by this address:\n${formatTable(OTHER_HEADINGS, otherRows)}`]),
    invitations.length === 0 ? "No invitations.\n" : formatTable(INVITATION_HEADINGS, invitationRows),
  ].join("\n");
}

const OTHER_HEADINGS = ["MEMBER OF", "USER ID", "ROLE", "STATUS", "SINCE"];
const INVITATION_HEADINGS = ["INVITED TO", "ROLE", "STATE", "MAIL", "INVITED", "EXPIRES"];
