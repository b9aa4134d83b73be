import {
  listMembers,
  type Membership,
  type MembershipKey,
  type OrganizationId,
  Refusal,
  removeMember,
  restoreMember,
  type UserId,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { toOrganizationId, toUserId } from "./arguments.ts";
import { addImportCommand } from "./member-import.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { withStores } from "./store-command.ts";
import { CommandFailure, formatTable, print, type Terminal } from "./terminal.ts";

const CHANGES = {
  remove: {
    change: removeMember,
    after: "removed",
    description: "remove a member; only `member restore` undoes this",
  },
  restore: {
    change: restoreMember,
    after: "active",
    description: "make a removed member active again, with their previous role",
  },
} as const;

export function addMemberCommands(program: Command, terminal: Terminal): void {
  const member = program.command("member").description("members of an organization");
  member
    .command("list")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .description("list every member, removed ones included")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { json }: { json?: true }) => {
      const members = await withStores(terminal, (stores, signal) => listMembers(id, stores, signal));
      const nothing = `${id} has no members yet.\n`;
      const words = members.length === 0 ? nothing : formatTable(HEADINGS, members.map(toRow));
      print({ members }, words, json, terminal);
    });
  addChangeCommand("remove", member, terminal);
  addChangeCommand("restore", member, terminal);
  addImportCommand(member, terminal);
}

function addChangeCommand(verb: keyof typeof CHANGES, member: Command, terminal: Terminal): void {
  const { description, change, after } = CHANGES[verb];
  member
    .command(verb)
    .argument("<organization>", "the organization's id", toOrganizationId)
    .argument("<userId>", "the user's UUID, as `member list` shows it", toUserId)
    .description(description)
    .option("--json", "print JSON")
    .action(async (organizationId: OrganizationId, userId: UserId, { json }: { json?: true }) => {
      const key = { organizationId, userId };
      const summary = `${userId} is ${after} in ${organizationId}.`;
      const { membership, changed } = await withStores(terminal, (stores, signal) =>
        change(key, stores, signal).catch(reportMissingEntries(summary)).catch(refused(key)),
      );
      const words = changed ? describe(membership) : `${describe(membership)} Nothing to change.`;
      print(membership, `${words}\n`, json, terminal);
    });
}

/** @throws {CommandFailure} for what `removeMember` and `restoreMember` refuse; any other error as it is */
function refused({ organizationId, userId }: MembershipKey): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === "NOT_A_MEMBER") {
      throw new CommandFailure(
        `${userId} was never a member of ${organizationId}: see \`platform-api member list ${organizationId}\``,
      );
    }
    if (error.reason !== "IDENTITY_CONFLICT") throw error;
    throw new CommandFailure(
      `another organization's SSO speaks for ${userId}: if it is the right person, \`identity allow ${userId} ${organizationId}\` first`,
    );
  };
}

const HEADINGS = ["USER ID", "EMAIL", "ROLE", "STATUS", "BY", "SINCE"];

function describe({ userId, email, status, organizationId }: Membership): string {
  return `${userId} (${email}) is ${status} in ${organizationId}.`;
}

function toRow({ userId, email, role, status, origin, createdAt }: Membership): string[] {
  return [userId, email, role, status, origin, createdAt];
}
