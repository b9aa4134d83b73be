import {
  type OrganizationId,
  parseOrganizationId,
  parseUserId,
  type UserId,
} from "@platform-api/server/domain";
import { CommandFailure, UsageError } from "./terminal.ts";

/** @throws {UsageError} */
export function toUserId(text: string): UserId {
  const userId = parseUserId(text);
  if (userId === null) throw new UsageError(`${text} is no user id: it must be a UUID`);
  return userId;
}

/**
 * A subject as a token may carry it; an unset variable of a script must not take a person's seat.
 * @throws {UsageError}
 */
export function toSubject(text: string): string {
  const isSubject = text.trim() === text && /^[^\p{Cc}]{1,255}$/u.test(text) && text.isWellFormed();
  if (isSubject) return text;
  throw new UsageError(
    "the subject must be 1 to 255 characters, without control characters or spaces around it",
  );
}

/** @throws {CommandFailure} */
export function toOrganizationId(text: string): OrganizationId {
  const organizationId = parseOrganizationId(text);
  if (organizationId !== null) return organizationId;
  throw new CommandFailure(`there is no organization ${text}: see \`platform-api org list\``);
}
