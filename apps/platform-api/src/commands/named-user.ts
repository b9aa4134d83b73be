import {
  type CanonicalEmail,
  describeAddress,
  type Membership,
  type OrganizationId,
  parseEmail,
  parseUserId,
  type UserId,
} from "@platform-api/server/domain";
import type { Administration } from "../compose/administration.ts";
import { composeRegisteredUsers } from "../compose/upstreams.ts";
import { readDirectoryConfig } from "../config/config.ts";
import { toParse } from "../terminal/arguments.ts";
import { orErased } from "../terminal/erased.ts";
import { CommandFailure, formatTable, type Terminal, UsageError } from "../terminal/terminal.ts";

/** A user as operators name them. */
export type NamedUser = { readonly userId: UserId } | { readonly email: CanonicalEmail };

/** The description of such an argument. */
export const USER = "the user's UUID, or their address";

export const toNamedUser = toParse(parseNamedUser, "is neither a UUID nor an e-mail address");

export function parseNamedUser(text: string): NamedUser | null {
  const userId = parseUserId(text);
  if (userId !== null) return { userId };
  const email = parseEmail(text);
  return email === null ? null : { email };
}

/**
 * The member with this address, also one who was removed. What was written within the last second may be missing.
 * @throws {CommandFailure} where no member has it, or several
 */
export async function memberNamed(
  named: NamedUser,
  id: OrganizationId,
  { memberships }: Pick<Administration, "memberships">,
  signal: AbortSignal,
): Promise<UserId> {
  if ("userId" in named) return named.userId;
  const { email } = named;
  const found = onlyOne(email, await memberships.findByAddress(id, email, signal));
  if (found !== null) return found;
  throw new CommandFailure(
    `${email} is not a member of ${id}: see \`platform-api member list ${id}\`, or, for what is known of the address, \`platform-api identity find ${email}\``,
  );
}

/**
 * The user with this address: the one of the user directory, and those who became members by it, have to be the same.
 * @returns null where nobody is known by it
 * @throws {CommandFailure} where several are; {@link Refusal} as {@link describeAddress}
 */
export async function findUser(
  email: CanonicalEmail,
  stores: Administration,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<UserId | null> {
  const registeredUsers = composeRegisteredUsers(readDirectoryConfig(terminal.env));
  const { user, memberships } = await describeAddress(email, { ...stores, registeredUsers }, signal);
  return onlyOne(email, memberships, user?.userId);
}

/** {@link findUser}. @throws {CommandFailure} also where nobody is known by the address */
export async function userNamed(
  named: NamedUser,
  stores: Administration,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<UserId> {
  if ("userId" in named) return named.userId;
  const found = await findUser(named.email, stores, terminal, signal);
  if (found !== null) return found;
  throw new CommandFailure(`no user is known by ${named.email}: is it the right address?`);
}

/**
 * An address may have been another person's before, so that what nobody looks at before it is done takes the UUID.
 * @throws {UsageError} for an address with --yes
 */
export function requireLook(named: NamedUser, yes: true | undefined): void {
  if (!yes || "userId" in named) return;
  throw new UsageError(
    `with --yes this takes a UUID, because ${named.email} may have been somebody else's before: \`platform-api identity find ${named.email}\` shows it`,
  );
}

/** @throws {CommandFailure} with the candidates */
function onlyOne(
  email: CanonicalEmail,
  memberships: readonly Membership[],
  registered?: UserId,
): UserId | null {
  const others = memberships.map(({ userId }) => userId);
  const users = [...new Set(registered === undefined ? others : [registered, ...others])];
  if (users.length < 2) return users[0] ?? null;
  const rows = users.flatMap((userId) => {
    const directory = userId === registered ? [[userId, "has the address in the user directory"]] : [];
    return [...directory, ...memberships.filter((each) => each.userId === userId).map(toRow)];
  });
  throw new CommandFailure(
    `several users are or were known by ${email}; say which one by the UUID, nothing was changed:\n${formatTable(["USER ID", "WHO"], rows)}`.trimEnd(),
  );
}

function toRow({ userId, organizationId, role, status, email }: Membership): [string, string] {
  return [userId, `${status} ${role} of ${organizationId} (${orErased(email)})`];
}
