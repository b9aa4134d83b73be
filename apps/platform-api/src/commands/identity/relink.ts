import {
  describeUser,
  planRelinkSubject,
  planUnlink,
  type Relink,
  relinkSubject,
  Unknown,
  type UserId,
  type UserOverview,
  unlinkSubject,
} from "@platform-api/server/domain";
import type { Command } from "commander";
import { confirmation, type Options, TENANT_OPTION, toSubject } from "../../terminal/arguments.ts";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { type NamedUser, requireLook, toNamedUser, USER, userNamed } from "../named-user.ts";
import { WHEN_NOTICED, withStores } from "../store-command.ts";
import { whoIs } from "./who.ts";

export function addRelinkCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("relink")
    .argument("<subject>", "the subject of the re-created account", toSubject)
    .argument("<user>", USER, toNamedUser)
    .description("move a user's seat on a connection to a different subject")
    .requiredOption(
      "--connection <name>",
      "the connection that the subject signs in through; for a login that is not SSO its strategy, such as auth0",
    )
    .option(...TENANT_OPTION)
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action((subject: string, named: NamedUser, options: RelinkOptions) =>
      relinkTo(subject, named, options, terminal),
    );
}

type RelinkOptions = Options & { readonly connection: string };

async function relinkTo(
  subject: string,
  named: NamedUser,
  { connection, tenant, yes, json }: RelinkOptions,
  terminal: Terminal,
): Promise<void> {
  const confirm = confirmation(yes, terminal);
  requireLook(named, yes);
  const { plan, user } = await withStores(terminal, async (stores, signal, config) => {
    const userId = await userNamed(named, stores, terminal, signal);
    const seat = { tenant: tenant ?? config.AUTH0_TENANT, connection, userId };
    const plan = await planRelinkSubject({ seat, subject }, stores, signal).catch(notRegistered(userId));
    return { plan, user: await describeUser(userId, stores, signal) };
  });
  const summary = `${subject} is ${user.userId}, and holds the seat on ${connection}.`;
  const changed = !plan.done;
  if (changed) {
    await confirm(describeRelink(plan, user));
    await withStores(terminal, (stores, signal) => relinkSubject(plan, stores, signal));
  }
  const words = changed ? `${summary}\n${WHEN_NOTICED}\n` : `${summary} Nothing to change.\n`;
  const { seat, holder: held } = plan;
  const holder = held === null || held.subject === subject ? null : held.subject;
  print({ ...seat, subject, holder, changed }, words, json, terminal);
}

function notRegistered(userId: UserId): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Unknown && error.kind === "connection")) throw error;
    throw new CommandFailure(
      `${error.id} is not a registered connection, and no subject holds the seat of ${userId} on it: see \`platform-api org list\``,
    );
  };
}

function describeRelink(plan: Relink, user: UserOverview): string {
  const { subject, seat, erasedAt, moved, replaced } = plan;
  const lost = replaced.map(
    (link) => `${link.subject} (linked ${link.linkedAt}, ${link.email ?? "no address"})`,
  );
  return [
    `${subject} will be ${seat.userId} (${describeAddresses(user)}) on ${seat.connection}.`,
    ...(erasedAt === null
      ? []
      : [
          `The user was erased on ${erasedAt}: this brings the UUID back, and only you can tell that it is the same person. Memberships of before stay removed: invite them where they are to be members again.`,
        ]),
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

export function addUnlinkCommand(identity: Command, terminal: Terminal): void {
  identity
    .command("unlink")
    .argument("<subject>", "the subject, such as waad|abc, also with its tenant: default:waad|abc")
    .description("unlink a subject; its next login is treated as a first login")
    .option(...TENANT_OPTION)
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (named: string, { tenant, yes, json }: Options) => {
      const confirm = confirmation(yes, terminal);
      const plan = await withStores(terminal, ({ identities }, signal, config) => {
        const key = whoIs(named, tenant, config.AUTH0_TENANT);
        if ("userId" in key) throw new CommandFailure(ofUser(key.userId));
        return planUnlink(key, identities, signal);
      });
      const { userId, connection } = plan.seat;
      const { subject } = plan.key;
      await confirm(
        `${subject} will no longer be ${userId} on ${connection}: its next login is treated as a first login.`,
      );
      const summary = `${subject} is no longer linked to ${userId}, and holds no seat.`;
      await withStores(terminal, (stores, signal) => unlinkSubject(plan, stores, signal));
      print({ ...plan.key, userId, connection }, `${summary}\n${WHEN_NOTICED}\n`, json, terminal);
    });
}

function ofUser(userId: UserId): string {
  return `${userId} is a user, and only one sign-in of theirs can be unlinked: \`platform-api identity show ${userId}\` lists their subjects`;
}
