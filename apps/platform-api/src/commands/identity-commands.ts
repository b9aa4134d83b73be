import {
  type DynamoTable,
  dynamoBlockedUsers,
  dynamoIdentityRegistry,
  dynamoMemberships,
  dynamoOrganizations,
} from "@platform-api/server/adapters";
import { planRelink, Refusal, type Relink, relink, type UserId, unlink } from "@platform-api/server/domain";
import type { Command } from "commander";
import type { StoreConfig } from "../config.ts";
import { confirmation } from "./confirmation.ts";
import { allow, allowOrganization } from "./identity-allow.ts";
import { toOrganizationId, toSubject, toUserId } from "./identity-arguments.ts";
import { showIdentity } from "./identity-show.ts";
import { type Deed, recordDeeds } from "./operator-audit.ts";
import { withTable } from "./store-command.ts";
import { CommandFailure, type Terminal } from "./terminal.ts";

interface ChangeOptions {
  readonly tenant?: string;
  readonly yes?: true;
  readonly json?: true;
  readonly force?: true;
}

const TENANT = ["--tenant <alias>", "the tenant of the subject (default: AUTH0_TENANT)"] as const;
const YES = ["--yes", "do it without asking"] as const;
const FORCE = ["--force", "also a UUID that has no link and no membership yet"] as const;
const JSON_OUTPUT = ["--json", "print JSON"] as const;

export function addIdentityCommands(program: Command, terminal: Terminal): void {
  const identity = program.command("identity").description("who is linked to whom, and who is blocked");
  identity
    .command("show")
    .argument("<who>", "a UUID, or a subject such as waad|abc")
    .description("whether a person is blocked, who speaks for them, their links and their memberships")
    .option(...TENANT)
    .option(...JSON_OUTPUT)
    .action((who: string, options: { tenant?: string; json?: true }) => showIdentity(who, options, terminal));
  identity
    .command("relink")
    .argument("<subject>", "the subject of the account that was created anew")
    .argument("<userId>", "the UUID of the same person")
    .description("give a person's seat on a connection to another subject, in place of the one that had it")
    .requiredOption(
      "--connection <name>",
      "the connection that the subject signs in through; of a login that is no SSO its strategy, such as auth0",
    )
    .option(...TENANT)
    .option(...YES)
    .option(...JSON_OUTPUT)
    .action((subject: string, userId: string, options: ChangeOptions & { connection: string }) =>
      relinkSubject(toSubject(subject), toUserId(userId), options, terminal),
    );
  identity
    .command("unlink")
    .argument("<subject>", "the subject")
    .description("forget whom a subject is linked to: its next login is a first one")
    .option(...TENANT)
    .option(...YES)
    .option(...JSON_OUTPUT)
    .action((subject: string, options: ChangeOptions) =>
      unlinkSubject(toSubject(subject), options, terminal),
    );
  identity
    .command("allow")
    .argument("<userId>", "the person's UUID")
    .argument("<organization>", "the organization's id")
    .description(
      "settle a conflict: from now on this organization's SSO speaks for the person, and no other's",
    )
    .option(...YES)
    .option(...JSON_OUTPUT)
    .action((userId: string, organization: string, options: { yes?: true; json?: true }) =>
      allowOrganization(toUserId(userId), toOrganizationId(organization), options, terminal),
    );
  for (const [verb, description] of [
    ["block", "refuse every login and every token of a person"],
    ["unblock", "lift a block"],
  ] as const) {
    const command = identity
      .command(verb)
      .argument("<userId>", "the person's UUID")
      .description(description)
      .option(...YES)
      .option(...JSON_OUTPUT);
    if (verb === "block") command.option(...FORCE);
    command.action((userId: string, options: ChangeOptions) =>
      changeBlock(verb, toUserId(userId), options, terminal),
    );
  }
}

async function relinkSubject(
  subject: string,
  userId: UserId,
  { connection, tenant, yes, json }: ChangeOptions & { connection: string },
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  const { plan, person, notice } = await withTable(terminal.env, async (table, signal, config) => {
    const seat = { tenant: tenant ?? config.AUTH0_TENANT, connection, userId };
    const plan = await planFor(seat, subject, table, signal);
    return { plan, person: await describePerson(userId, table, signal), notice: noticeOf(config) };
  });
  const told = `${subject} is ${userId}, and holds the seat on ${connection}.`;
  const changed = !plan.done;
  if (changed) {
    await confirm(describeRelink(plan, person));
    await withTable(terminal.env, async (table, signal) => {
      const at = new Date();
      const registry = dynamoIdentityRegistry(table);
      const organizationId = plan.connection?.organizationId ?? null;
      const isAllowed = await allow({ userId, organizationId, at: at.toISOString() }, table, signal);
      const allowance: Deed = { at: at.toISOString(), action: "identity-allowed", userId, organizationId };
      // At once: what an interrupted relink has changed must be in the audit.
      const allowed = "Who speaks for the person is changed.";
      await recordDeeds(isAllowed ? [allowance] : [], { table, terminal, told: allowed }, signal);
      const outcome = await relink(plan, { registry, now: () => at }, signal).catch(stoppedHalfWay);
      if (outcome === "interrupted") {
        throw new CommandFailure("somebody else changed it meanwhile: run the same command again");
      }
      await recordDeeds(deedsOf(plan, at.toISOString()), { table, terminal, told }, signal);
    });
  }
  if (json) terminal.out(`${JSON.stringify({ ...plan.seat, subject, holder: holderOf(plan), changed })}\n`);
  else terminal.out(changed ? `${told}\n${notice}\n` : `${told} Nothing to change.\n`);
}

/** @throws {CommandFailure} when the connection or the person is unknown: most likely a typing error */
async function planFor(
  seat: Relink["seat"],
  subject: string,
  table: DynamoTable,
  signal: AbortSignal,
): Promise<Relink> {
  const { connection: name, userId } = seat;
  const registry = dynamoIdentityRegistry(table);
  const connection = await dynamoOrganizations(table).findConnection(name, signal);
  const plan = await planRelink({ seat, subject, connection }, registry, signal);
  if (plan.holder !== null) return plan;
  if (connection === null) {
    throw new CommandFailure(
      `${name} is no registered connection, and nobody holds the seat of ${userId} on it: see \`platform-api org list\``,
    );
  }
  if (await isKnown(userId, table, signal)) return plan;
  throw new CommandFailure(`${userId} has neither a link nor a membership here: is it the right UUID?`);
}

/** Whether the UUID has a link or a membership; those of the last second may be missing. */
async function isKnown(userId: UserId, table: DynamoTable, signal: AbortSignal): Promise<boolean> {
  const links = await dynamoIdentityRegistry(table).listByUser(userId, signal);
  return links.length > 0 || (await dynamoMemberships(table).listByUser(userId, signal)).length > 0;
}

/** @throws {CommandFailure} when nobody has the UUID: most likely a typing error */
function assertKnown(userId: UserId, { env }: Terminal): Promise<void> {
  return withTable(env, async (table, signal) => {
    if (await isKnown(userId, table, signal)) return;
    throw new CommandFailure(
      `nobody has ${userId}: it has no link and no membership here. Check the UUID; --force blocks it all the same, for example before a first login with capitol_user_id`,
    );
  });
}

/** Who held the seat, also when an earlier try has moved it already. */
function holderOf({ holder, subject }: Relink): string | null {
  return holder?.subject === subject ? holder.formerSubject : (holder?.subject ?? null);
}

/** The addresses that a person was linked by, so that the wrong UUID is seen before it is too late. */
async function describePerson(userId: UserId, table: DynamoTable, signal: AbortSignal): Promise<string> {
  const registry = dynamoIdentityRegistry(table);
  const links = await registry.listByUser(userId, signal);
  const members = await dynamoMemberships(table).listByUser(userId, signal);
  const addresses = new Set([...links, ...members].flatMap(({ email }) => email ?? []));
  const blocked = (await registry.isBlocked(userId, signal)) ? ["blocked"] : [];
  return [...(addresses.size === 0 ? ["no known address"] : addresses), ...blocked].join(", ");
}

function describeRelink(plan: Relink, person: string): string {
  const { subject, seat, moved, replaced } = plan;
  const lost = replaced.map(
    (link) => `${link.subject} (linked ${link.linkedAt}, ${link.email ?? "no address"})`,
  );
  return [
    `${subject} will be ${seat.userId} (${person}) on ${seat.connection}.`,
    ...(moved === null ? [] : [`Its link to ${moved.userId} through ${moved.connection} goes.`]),
    ...(lost.length === 0 ? [] : [`No longer linked: ${lost.join(", ")}.`]),
    ...(plan.connection === null
      ? []
      : [`From then on the SSO of ${plan.connection.organizationId} speaks for them, and no other.`]),
  ].join(" ");
}

/** The holder's lost link is part of the relink; other lost links are told by themselves. */
function deedsOf(plan: Relink, at: string): Deed[] {
  const { seat, subject, connection, replaced, moved } = plan;
  const holder = holderOf(plan);
  const lost = replaced.filter((link) => link.subject !== holder);
  const organizationId = connection?.organizationId ?? null;
  return [
    { at, action: "identity-relinked", ...seat, subject, organizationId, holder, rule: "operator" },
    ...[...lost, ...(moved === null ? [] : [moved])].map(
      (link): Deed => ({ ...link, at, action: "identity-unlinked", rule: "operator" }),
    ),
  ];
}

async function unlinkSubject(
  subject: string,
  { tenant, yes, json }: ChangeOptions,
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  const { key, link, about, notice } = await withTable(terminal.env, async (table, signal, config) => {
    const key = { tenant: tenant ?? config.AUTH0_TENANT, subject };
    const registry = dynamoIdentityRegistry(table);
    const link = await registry.find(key, signal);
    // Without a link, a seat that an interrupted command or login has left over.
    const [about] = link === null ? await registry.listSeats(key, signal) : [link];
    if (about === undefined) throw new CommandFailure(`${subject} of tenant ${key.tenant} is not linked`);
    return { key, link, about, notice: noticeOf(config) };
  });
  const { userId, connection } = about;
  await confirm(`${subject} will no longer be ${userId} on ${connection}: its next login is a first one.`);
  const told = `${subject} is no longer linked to ${userId}, and holds no seat.`;
  await withTable(terminal.env, async (table, signal) => {
    const registry = dynamoIdentityRegistry(table);
    const unlinked = await unlink(key, link, registry, signal).catch(stoppedHalfWay);
    if (!unlinked) throw new CommandFailure("somebody else changed it meanwhile: run the same command again");
    const organizationId = link?.organizationId ?? null;
    const at = new Date().toISOString();
    const deed = { ...key, at, userId, connection, organizationId, rule: "operator" } as const;
    await recordDeeds([{ ...deed, action: "identity-unlinked" }], { table, terminal, told }, signal);
  });
  if (json) terminal.out(`${JSON.stringify({ ...key, userId, connection })}\n`);
  else terminal.out(`${told}\n${notice}\n`);
}

async function changeBlock(
  verb: "block" | "unblock",
  userId: UserId,
  { yes, json, force }: ChangeOptions,
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  if (verb === "block" && !force) await assertKnown(userId, terminal);
  await confirm(`${userId} will be ${verb === "block" ? "refused everywhere" : "let in again"}.`);
  const told = `${userId} is ${verb === "block" ? "blocked" : "not blocked"}.`;
  const { changed, notice } = await withTable(terminal.env, async (table, signal, config) => {
    const blocks = dynamoBlockedUsers(table);
    const at = new Date().toISOString();
    const changed =
      verb === "block"
        ? (await blocks.block(userId, at, signal)) === at
        : (await blocks.unblock(userId, signal)) !== null;
    const deeds: Deed[] = changed ? [{ at, action: `user-${verb}ed`, userId }] : [];
    await recordDeeds(deeds, { table, terminal, told }, signal);
    return { changed, notice: noticeOf(config) };
  });
  if (json) terminal.out(`${JSON.stringify({ userId, blocked: verb === "block", changed })}\n`);
  else terminal.out(changed ? `${told}\n${notice}\n` : `${told} Nothing to change.\n`);
}

function noticeOf({ IDENTITY_CACHE_MS }: StoreConfig): string {
  return `Running processes may take up to ${Math.ceil(IDENTITY_CACHE_MS / 1_000)} s (IDENTITY_CACHE_MS) to notice.`;
}

function stoppedHalfWay(cause: unknown): never {
  if (!(cause instanceof Refusal)) throw cause;
  throw new CommandFailure(`stopped half-way (${cause.message}): run the same command again`, { cause });
}
