import {
  listMembers,
  type Membership,
  type MembershipKey,
  Refusal,
  removeMember,
  restoreMember,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { toOrganizationId, toUserId } from "./arguments.ts";
import { importMembers } from "./member-import.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { withStores } from "./store-command.ts";
import { CommandFailure, formatTable, type Terminal } from "./terminal.ts";

const CHANGES = {
  remove: { member: removeMember, description: "remove a member; only `member restore` undoes this" },
  restore: {
    member: restoreMember,
    description: "make a removed member active again, with their previous role",
  },
} as const;

export function addMemberCommands(program: Command, terminal: Terminal): void {
  const member = program.command("member").description("members of an organization");
  member
    .command("list")
    .argument("<organization>", "the organization's id")
    .description("list every member, removed ones included")
    .option("--json", "print JSON")
    .action((id: string, { json }: { json?: true }) => list(id, json === true, terminal));
  for (const verb of ["remove", "restore"] as const) {
    member
      .command(verb)
      .argument("<organization>", "the organization's id")
      .argument("<userId>", "the user's UUID, as `member list` shows it")
      .description(CHANGES[verb].description)
      .option("--json", "print JSON")
      .action((id: string, userId: string, { json }: { json?: true }) =>
        change(verb, id, userId, json === true, terminal),
      );
  }
  addImportCommand(member, terminal);
}

function addImportCommand(member: Command, terminal: Terminal): void {
  member
    .command("import")
    .argument("<file>", "JSON: { members: [{ organization, userId, email, role? }] }, or the list alone")
    .description("import memberships from an older system; without --apply it prints what it would do")
    .option("--apply", "write the memberships")
    .option("--json", "print JSON")
    .action((file: string, { apply, json }: { apply?: true; json?: true }) =>
      importMembers(file, { apply: apply === true, json: json === true }, terminal),
    );
}

async function list(id: string, json: boolean, terminal: Terminal): Promise<void> {
  const organizationId = toOrganizationId(id);
  const members = await withStores(terminal, (stores, signal) => listMembers(organizationId, stores, signal));
  if (json) terminal.out(`${JSON.stringify({ members })}\n`);
  else if (members.length === 0) terminal.out(`${id} has no members yet.\n`);
  else terminal.out(formatTable(HEADINGS, members.map(toRow)));
}

async function change(
  verb: keyof typeof CHANGES,
  id: string,
  userId: string,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const key = { organizationId: toOrganizationId(id), userId: toUserId(userId) };
  const summary = `${key.userId} is ${verb === "remove" ? "removed" : "active"} in ${id}.`;
  const { membership, changed } = await withStores(terminal, (stores, signal) =>
    CHANGES[verb].member(key, stores, signal).catch(reportMissingEntries(summary)),
  ).catch((error: unknown) => {
    throw refused(error, key);
  });
  const described = changed ? describe(membership) : `${describe(membership)} Nothing to change.`;
  terminal.out(`${json ? JSON.stringify(membership) : described}\n`);
}

/** The command's words for what `removeMember` and `restoreMember` refuse; another error as it is. */
function refused(error: unknown, { organizationId, userId }: MembershipKey): unknown {
  if (!(error instanceof Refusal)) return error;
  if (error.reason === "NOT_A_MEMBER") {
    return new CommandFailure(
      `${userId} was never a member of ${organizationId}: see \`platform-api member list ${organizationId}\``,
    );
  }
  if (error.reason !== "IDENTITY_CONFLICT") return error;
  return new CommandFailure(
    `another organization's SSO speaks for ${userId}: if it is the right person, \`identity allow ${userId} ${organizationId}\` first`,
  );
}

const HEADINGS = ["USER ID", "EMAIL", "ROLE", "STATUS", "BY", "SINCE"];

function describe({ userId, email, status, organizationId }: Membership): string {
  return `${userId} (${email}) is ${status} in ${organizationId}.`;
}

function toRow({ userId, email, role, status, origin, createdAt }: Membership): string[] {
  return [userId, email, role, status, origin, createdAt];
}
