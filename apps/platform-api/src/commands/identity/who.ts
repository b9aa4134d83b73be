import { parseEmail, parseUserId, type SubjectKey, type UserId } from "@platform-api/server/domain";
import type { Administration } from "../../compose/administration.ts";
import type { StoreConfig } from "../../config/config.ts";
import { toSubject } from "../../terminal/arguments.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { findUser } from "../named-user.ts";

/** A user, or a subject. */
export type Who = { readonly userId: UserId } | SubjectKey;

/** The argument of commands that end tokens. */
export const WHO = [
  "<who>",
  "a UUID, an address, or a subject such as waad|abc, also with its tenant: default:waad|abc",
] as const;

/** What to say of a text that is not stored as a subject and looks like none. */
export function noSubject(text: string): string {
  return `"${text}" is neither a UUID nor a user's address, nor a linked subject such as waad|abc: for what is known of an address, run \`platform-api identity find <address>\``;
}

/**
 * A tenant stands before a colon, and before any `|` of the subject. The subject of a legacy token is the user's UUID.
 * @param tenant of a subject that does not say
 * @throws {UsageError}
 */
export function whoIs(text: string, option: string | undefined, tenant: string): Who {
  const userId = parseUserId(text);
  if (userId !== null) return { userId };
  const [, named, rest] = option === undefined ? (/^([^|:]+):(.+)$/s.exec(text) ?? []) : [];
  if (named === undefined || rest === undefined)
    return { tenant: option ?? tenant, subject: toSubject(text) };
  const legacy = named === "platform" ? parseUserId(rest) : null;
  return legacy === null ? { tenant: named, subject: toSubject(rest) } : { userId: legacy };
}

interface Place {
  readonly stores: Administration;
  readonly config: Pick<StoreConfig, "AUTH0_TENANT">;
  readonly terminal: Terminal;
}

/** The same, and of an address that is not a subject of ours the user, if one is known by it. */
export async function findWhoIs(
  text: string,
  option: string | undefined,
  { stores, config, terminal }: Place,
  signal: AbortSignal,
): Promise<Who> {
  const who = whoIs(text, option, config.AUTH0_TENANT);
  const email = "userId" in who || option !== undefined || text.includes("|") ? null : parseEmail(text);
  if (email === null || "userId" in who || (await stores.identities.find(who, signal)) !== null) return who;
  const userId = await findUser(email, stores, terminal, signal);
  return userId === null ? who : { userId };
}
