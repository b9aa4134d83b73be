import {
  type OrganizationId,
  type Page,
  parseDomain,
  parseEmail,
  parseOrganizationId,
} from "@platform-api/server/domain";
import { isName, type Named, nameRule } from "@platform-api/server/wire";
import { z } from "zod";
import { noOrganization } from "./domain-errors.ts";
import { CommandFailure, printable, type Terminal, UsageError } from "./terminal.ts";

/** The options that several commands have. */
export interface Options {
  readonly json?: true;
  readonly yes?: true;
  readonly tenant?: string;
}

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/**
 * Parses an argument or an option. What it returns throws {@link UsageError}.
 * @param problem what is wrong with a text that does not parse, which is quoted before it
 * @param prefix comes before the text, such as the option's name
 */
export function toParse<T>(parse: (text: string) => T | null, problem: string, prefix = "") {
  return (text: string): T => {
    const value = parse(text);
    if (value !== null) return value;
    throw new UsageError(`${prefix}"${printable(text)}" ${problem}`);
  };
}

export const TENANT_OPTION = [
  "--tenant <alias>",
  "the tenant of the subject (default: AUTH0_TENANT)",
  toParse((text) => text.trim() || null, "is not a tenant", "--tenant: "),
] as const;

/** An address in the form in which it is stored. */
export const toEmail = toParse(parseEmail, "is not an e-mail address");
/** A domain in the form in which it is stored. */
export const toDomain = toParse(parseDomain, "is not a domain such as acme.example");

/** The name of an organization or a connection. */
export function toName(of: Named, option: string): (text: string) => string {
  const parse = (text: string) => (isName(of, text) ? text : null);
  return toParse(parse, `cannot be the name of the ${of}: it ${nameRule(of)}`, `${option}: `);
}

/**
 * The access token that was given, also with its scheme, or else the one of standard input.
 * @throws {UsageError} `none`
 */
export async function readToken(
  given: string | undefined,
  { readInput }: Terminal,
  none = "no token: pass it as the argument or on standard input",
): Promise<string> {
  const token = (given ?? (await readInput())).trim().replace(/^bearer +/i, "");
  if (token === "") throw new UsageError(none);
  return token;
}

/**
 * A subject as a token may carry it. Strict, so that a script with an unset variable does not change a user's seat.
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
  if (organizationId === null) throw new CommandFailure(noOrganization(text));
  return organizationId;
}

/**
 * ISO 8601: a time with a zone, or a date, which begins at midnight UTC.
 * @throws {UsageError}
 */
export function parseInstant(option: string, text: string): Date {
  const { success, data } = instant.safeParse(text);
  if (success) return new Date(data);
  throw new UsageError(
    `${option}: "${text}" is not a valid date or time (expected e.g. 2026-11-25 or 2026-11-25T12:00:00Z)`,
  );
}

/**
 * How a command asks before it changes something.
 * @throws {UsageError} at once, when there is no terminal to ask on and --yes was not given
 */
export function confirmation(yes: true | undefined, { ask }: Terminal): (what: string) => Promise<void> {
  if (!yes && ask === null) {
    throw new UsageError(
      "not running in a terminal; nothing was changed. Re-run with --yes to skip the confirmation",
    );
  }
  return async (what) => {
    if (yes || ask === null) return;
    const answer = await ask(`${what} Type yes to go on: `);
    if (answer.trim() !== "yes") throw new CommandFailure("not confirmed, so nothing was changed");
  };
}

/** The items of every page of a list. */
export async function everyPage<T>(
  read: (page: { limit: number; cursor: string | undefined }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 100, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
