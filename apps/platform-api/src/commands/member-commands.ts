import {
  type DynamoTable,
  dynamoMembershipRegistry,
  dynamoMemberships,
  dynamoOrganizations,
  dynamoSpeakers,
} from "@platform-api/server/adapters";
import { decideInside, type Membership, type OrganizationId, parseUserId } from "@platform-api/server/domain";
import type { Command } from "commander";
import { toOrganizationId } from "./identity-arguments.ts";
import { importMembers } from "./member-import.ts";
import { recordDeeds } from "./operator-audit.ts";
import { withTable } from "./store-command.ts";
import { CommandFailure, formatTable, type Terminal, UsageError } from "./terminal.ts";

export function addMemberCommands(program: Command, terminal: Terminal): void {
  const member = program.command("member").description("who belongs to an organization");
  member
    .command("list")
    .argument("<organization>", "the organization's id")
    .description("every member, removed ones included")
    .option("--json", "print JSON")
    .action((id: string, { json }: { json?: true }) => list(id, json === true, terminal));
  for (const [verb, description] of [
    ["remove", "remove a member; nothing but `restore` brings them back"],
    ["restore", "make a removed member active again, with the role they had"],
  ] as const) {
    member
      .command(verb)
      .argument("<organization>", "the organization's id")
      .argument("<userId>", "the person's UUID, as `member list` shows it")
      .description(description)
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
    .description("carry memberships over from an older system; without --apply it says what it would do")
    .option("--apply", "write it")
    .option("--json", "print JSON")
    .action((file: string, { apply, json }: { apply?: true; json?: true }) =>
      importMembers(file, { apply: apply === true, json: json === true }, terminal),
    );
}

async function list(id: string, json: boolean, { env, out }: Terminal): Promise<void> {
  const organizationId = toOrganizationId(id);
  const members = await withTable(env, async (table, signal) => {
    await requireOrganization(organizationId, table, signal);
    return dynamoMembershipRegistry(table).listByOrganization(organizationId, signal);
  });
  if (json) {
    out(`${JSON.stringify({ members })}\n`);
    return;
  }
  if (members.length === 0) out(`${id} has no members yet.\n`);
  else out(formatTable(["USER ID", "EMAIL", "ROLE", "STATUS", "BY", "SINCE"], members.map(toRow)));
}

async function change(
  verb: "remove" | "restore",
  id: string,
  userIdText: string,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const organizationId = toOrganizationId(id);
  const userId = parseUserId(userIdText);
  if (userId === null) throw new UsageError(`${userIdText} is no user id: it must be a UUID`);
  const { member, changed } = await withTable(terminal.env, async (table, signal) => {
    await requireOrganization(organizationId, table, signal);
    const registry = dynamoMembershipRegistry(table);
    const at = new Date().toISOString();
    const key = { organizationId, userId };
    const before = await dynamoMemberships(table).find(organizationId, userId, signal);
    if (verb === "restore" && before !== null) await speakAgain(before, table, signal);
    const after =
      verb === "remove" ? await registry.remove(key, at, signal) : await registry.restore(key, signal);
    if (after === null) {
      throw new CommandFailure(
        `${userId} was never a member of ${id}: see \`platform-api member list ${id}\``,
      );
    }
    const deed = { ...key, at, action: `membership-${verb}d` } as const;
    const changed = before?.status !== after.status;
    await recordDeeds(changed ? [deed] : [], { table, terminal, told: describe(after) }, signal);
    return { member: after, changed };
  });
  const told = changed ? describe(member) : `${describe(member)} Nothing to change.`;
  terminal.out(`${json ? JSON.stringify(member) : told}\n`);
}

/** @throws {CommandFailure} when another organization's SSO speaks for the person by now */
async function speakAgain(
  { organizationId, userId, invitedFromOutside }: Membership,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<void> {
  const organization = await dynamoOrganizations(table).find(organizationId, signal);
  if (organization === null || invitedFromOutside) return;
  if (await decideInside(userId, organization, dynamoSpeakers(table), signal)) return;
  throw new CommandFailure(
    `another organization's SSO speaks for ${userId}: if it is the right person, \`identity allow ${userId} ${organizationId}\` first`,
  );
}

function describe({ userId, email, status, organizationId }: Membership): string {
  return `${userId} (${email}) is ${status} in ${organizationId}.`;
}

function toRow({ userId, email, role, status, origin, createdAt }: Membership): string[] {
  return [userId, email, role, status, origin, createdAt];
}

/** @throws {CommandFailure} when there is none of this id */
async function requireOrganization(
  id: OrganizationId,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<void> {
  if ((await dynamoOrganizations(table).find(id, signal)) === null) throw noSuchOrganization(id);
}

function noSuchOrganization(id: string): CommandFailure {
  return new CommandFailure(`there is no organization ${id}: see \`platform-api org list\``);
}
