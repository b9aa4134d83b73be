import {
  type AuditEntry,
  describeUser,
  formerHolderOf,
  planRelinkSubject,
  planUnlink,
  type Relink,
  relinkSubject,
  UnknownConnection,
  type UserId,
  type UserOverview,
  unlinkSubject,
} from "@platform-api/server/domain";
import { confirmation } from "./arguments.ts";
import { reportMissingEntries } from "./operator-audit.ts";
import { cacheNotice, withStores } from "./store-command.ts";
import { CommandFailure, type Terminal } from "./terminal.ts";

export interface LinkOptions {
  readonly tenant?: string;
  readonly yes?: true;
  readonly json?: true;
}

/** Moves a user's seat on a connection to another subject. */
export async function relinkTo(
  subject: string,
  userId: UserId,
  { connection, tenant, yes, json }: LinkOptions & { connection: string },
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  const { plan, user, notice } = await withStores(terminal, async (stores, signal, config) => {
    const seat = { tenant: tenant ?? config.AUTH0_TENANT, connection, userId };
    const plan = await planRelinkSubject({ seat, subject }, stores, signal).catch(notRegistered(userId));
    return { plan, user: await describeUser(userId, stores, signal), notice: cacheNotice(config) };
  });
  const summary = `${subject} is ${userId}, and holds the seat on ${connection}.`;
  const changed = !plan.done;
  if (changed) {
    await confirm(describeRelink(plan, user));
    const done = ([entry]: readonly AuditEntry[]) =>
      entry?.action === "identity-allowed" ? "Who may speak for the user has changed." : summary;
    await withStores(terminal, (stores, signal) =>
      relinkSubject(plan, stores, signal).catch(reportMissingEntries(done)),
    );
  }
  const holder = formerHolderOf(plan);
  if (json) terminal.out(`${JSON.stringify({ ...plan.seat, subject, holder, changed })}\n`);
  else terminal.out(changed ? `${summary}\n${notice}\n` : `${summary} Nothing to change.\n`);
}

function notRegistered(userId: UserId): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UnknownConnection)) throw error;
    throw new CommandFailure(
      `${error.connection} is not a registered connection, and no subject holds the seat of ${userId} on it: see \`platform-api org list\``,
    );
  };
}

function describeRelink(plan: Relink, user: UserOverview): string {
  const { subject, seat, moved, replaced } = plan;
  const lost = replaced.map(
    (link) => `${link.subject} (linked ${link.linkedAt}, ${link.email ?? "no address"})`,
  );
  return [
    `${subject} will be ${seat.userId} (${describeAddresses(user)}) on ${seat.connection}.`,
    ...(moved === null ? [] : [`Its link to ${moved.userId} through ${moved.connection} is removed.`]),
    ...(lost.length === 0 ? [] : [`No longer linked: ${lost.join(", ")}.`]),
    ...(plan.connection === null
      ? []
      : [`From then on the SSO of ${plan.connection.organizationId} speaks for them, and no other.`]),
  ].join(" ");
}

/** The addresses that a user was linked by, so that the operator notices the wrong UUID in time. */
function describeAddresses({ links, memberships, blocked }: UserOverview): string {
  const addresses = new Set([...links, ...memberships].flatMap(({ email }) => email ?? []));
  return [...(addresses.size === 0 ? ["no known address"] : addresses), ...(blocked ? ["blocked"] : [])].join(
    ", ",
  );
}

export async function unlinkFrom(
  subject: string,
  { tenant, yes, json }: LinkOptions,
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes === true, terminal);
  const { plan, notice } = await withStores(terminal, async ({ identities }, signal, config) => {
    const key = { tenant: tenant ?? config.AUTH0_TENANT, subject };
    return { plan: await planUnlink(key, identities, signal), notice: cacheNotice(config) };
  });
  const { userId, connection } = plan.seat;
  await confirm(
    `${subject} will no longer be ${userId} on ${connection}: its next login is treated as a first login.`,
  );
  const summary = `${subject} is no longer linked to ${userId}, and holds no seat.`;
  await withStores(terminal, (stores, signal) =>
    unlinkSubject(plan, stores, signal).catch(reportMissingEntries(summary)),
  );
  if (json) terminal.out(`${JSON.stringify({ ...plan.key, userId, connection })}\n`);
  else terminal.out(`${summary}\n${notice}\n`);
}
