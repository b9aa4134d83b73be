import { parseUserId, type SubjectKey, type UserId } from "@platform-api/server/domain";
import { toSubject } from "../../terminal/arguments.ts";

/** A user, or a subject. */
export type Who = { readonly userId: UserId } | SubjectKey;

/** The argument of commands that end tokens. */
export const WHO = [
  "<who>",
  "a UUID, or a subject such as waad|abc, also with its tenant: default:waad|abc",
] as const;

/** What to say of a text that is not stored as a subject and looks like none. */
export function noSubject(text: string): string {
  return `"${text}" is neither a UUID nor a linked subject such as waad|abc: for what is known of an address, run \`platform-api identity find <address>\``;
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
