import {
  listMembers,
  MEMBER_ORDERS,
  type Member,
  type MemberQuery,
  type Membership,
  memberOf,
  type OrganizationId,
  Refusal,
  ROLES,
  type Role,
  removeMember,
  restoreMember,
  setRole,
  type UserId,
} from "@platform-api/server/domain";
import { Argument, type Command, Option } from "commander";
import { everyPage, toOrganizationId } from "../../terminal/arguments.ts";
import { orErased } from "../../terminal/erased.ts";
import { CommandFailure, formatTable, print, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { memberNamed, type NamedUser, toNamedUser } from "../named-user.ts";
import { asOperator, type OperatorAction, withInput } from "../store-command.ts";
import { addImportCommand } from "./import.ts";

const MEMBER = "the member's UUID or address, as `member list` shows it";

const CHANGES = {
  remove: {
    change: removeMember,
    description: "remove a member; only `member restore` undoes this",
  },
  restore: {
    change: restoreMember,
    description: "make a removed member active again, with their previous role, at most admin",
  },
} as const;

export function addMemberCommands(program: Command, terminal: Terminal): void {
  const member = program.command("member").description("members of an organization");
  addListCommand(member, terminal);
  addRoleCommand(member, terminal);
  addChangeCommand("remove", member, terminal);
  addChangeCommand("restore", member, terminal);
  addImportCommand(member, terminal);
}

interface ListOptions {
  readonly query?: string;
  readonly sort?: MemberQuery["sort"];
  readonly role?: Role;
  readonly status?: Membership["status"];
  readonly json?: true;
}

function addListCommand(member: Command, terminal: Terminal): void {
  member
    .command("list")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .description(
      "list every member: the active ones by address, then the removed ones, last those without an address",
    )
    .option(
      "--query <text>",
      "only those with these words in name or address, each from its beginning; with an @, addresses that begin so; or the member with this UUID",
    )
    .addOption(
      new Option("--sort <order>", "in this order instead of by address; without --query").choices(
        MEMBER_ORDERS,
      ),
    )
    .addOption(new Option("--role <role>", "only members with exactly this role").choices(ROLES))
    .addOption(new Option("--status <status>", "only these").choices(["active", "removed"]))
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { json, ...filter }: ListOptions) => {
      const items = await asOperator(id, terminal, (operator, stores, signal) =>
        everyPage((page) => listMembers(operator, { ...filter, ...page }, stores, signal)),
      );
      const { sort: _, ...restricted } = filter;
      const isFiltered = Object.keys(restricted).length > 0;
      const nothing = isFiltered ? `No member of ${id} fits.\n` : `${id} has no members yet.\n`;
      const words = items.length === 0 ? nothing : formatTable(HEADINGS, items.map(toRow));
      print({ items, nextCursor: null }, words, json, terminal);
    });
}

interface RoleOptions {
  readonly expected?: Role;
  readonly force?: true;
  readonly json?: true;
}

function addRoleCommand(member: Command, terminal: Terminal): void {
  member
    .command("set-role")
    .argument("<organization>", "the organization's id", toOrganizationId)
    .argument("<member>", MEMBER, toNamedUser)
    .addArgument(new Argument("<role>", "the new role").choices(ROLES))
    .description("give a member another role")
    .addOption(
      new Option("--expected <role>", "change nothing unless this is the present role").choices(ROLES),
    )
    .option("--force", "make an owner, where the organization has none who could")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, named: NamedUser, role: Role, options: RoleOptions) => {
      const { expected: expectedRole = null, force, json } = options;
      if (role === "owner" && !force) throw new UsageError(ONLY_BY_FORCE);
      const change = (userId: UserId) => withInput(setRole, { userId, role, expectedRole });
      const { membership, changed } = await changeOne({ id, named, change }, terminal);
      const words = `${nameOf(membership)} is ${membership.role} in ${id}.`;
      print(memberOf(membership), changed ? `${words}\n` : `${words} Nothing to change.\n`, json, terminal);
    });
}

const ONLY_BY_FORCE =
  "owners choose the other owners of their organization, because an owner may do everything there. " +
  "If none of them can, repeat the command with --force; nothing was changed";

function addChangeCommand(verb: keyof typeof CHANGES, member: Command, terminal: Terminal): void {
  const { description, change: run } = CHANGES[verb];
  member
    .command(verb)
    .argument("<organization>", "the organization's id", toOrganizationId)
    .argument("<member>", MEMBER, toNamedUser)
    .description(description)
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, named: NamedUser, { json }: { json?: true }) => {
      const change = (userId: UserId) => withInput(run, userId);
      const { membership, changed } = await changeOne({ id, named, change }, terminal);
      const words = `${nameOf(membership)} is ${membership.status} in ${id}.`;
      print(memberOf(membership), changed ? `${words}\n` : `${words} Nothing to change.\n`, json, terminal);
    });
}

interface ChangeOfOne {
  readonly id: OrganizationId;
  readonly named: NamedUser;
  readonly change: (userId: UserId) => OperatorAction<Membership>;
}

/** @returns the membership as it is stored now, and whether this command has changed it */
async function changeOne(
  { id, named, change }: ChangeOfOne,
  terminal: Terminal,
): Promise<{ membership: Membership; changed: boolean }> {
  return asOperator(id, terminal, async (operator, stores, signal) => {
    const userId = await memberNamed(named, id, stores, signal);
    const before = await stores.memberships.find(id, userId, signal);
    const membership = await change(userId)(operator, stores, signal).catch(refused(id, userId));
    return { membership, changed: membership.rev !== before?.rev };
  });
}

/** @throws {CommandFailure} for what an operator can look up or settle; any other error as it is */
function refused(organizationId: OrganizationId, userId: UserId): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === "NOT_FOUND") {
      throw new CommandFailure(
        `${userId} was never a member of ${organizationId}: see \`platform-api member list ${organizationId}\``,
      );
    }
    if (error.reason === "CONFLICT") {
      throw new CommandFailure(
        `${error.hint ?? error.message} (\`platform-api member list ${organizationId}\` shows what is stored)`,
      );
    }
    if (error.reason !== "IDENTITY_CONFLICT") throw error;
    throw new CommandFailure(
      `another organization's SSO speaks for ${userId}: if it is the right person, \`identity allow ${userId} ${organizationId}\` first`,
    );
  };
}

const HEADINGS = ["USER ID", "EMAIL", "NAME", "ROLE", "STATUS", "BY", "SINCE"];

function toRow({ userId, email, name, role, status, origin, joinedAt }: Member): string[] {
  return [userId, orErased(email), name ?? "", role, status, origin, joinedAt];
}

function nameOf({ userId, email }: Membership): string {
  return `${userId} (${email ?? "erased"})`;
}
