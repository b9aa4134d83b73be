import {
  AUDIT_ACTIONS,
  AUDIT_ORDERS,
  type AuditAction,
  type AuditOrder,
  listAudit,
  type OrganizationAuditEntry,
  type OrganizationId,
  PAGE_LIMIT,
  type Page,
  parseSeenActor,
  Refusal,
  type SeenActor,
} from "@platform-api/server/domain";
import { type Command, Option } from "commander";
import type { Administration } from "../../compose/administration.ts";
import { parseInstant, toParse } from "../../terminal/arguments.ts";
import { noOrganization } from "../../terminal/domain-errors.ts";
import { CommandFailure, formatTable, print, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { memberNamed, type NamedUser, parseNamedUser } from "../named-user.ts";
import { withStores } from "../store-command.ts";
import { describeAction } from "./action.ts";

export interface PageOptions {
  readonly organization?: OrganizationId;
  readonly since?: string;
  readonly json?: true;
  readonly until?: string;
  readonly actor?: SeenActor | NamedUser | undefined;
  readonly person?: NamedUser | undefined;
  readonly action?: AuditAction;
  readonly order?: AuditOrder;
  readonly cursor?: string;
  readonly limit?: number;
}

/** What applies to a page of an organization's audit alone. */
const PAGE_OPTIONS = ["until", "actor", "person", "action", "order", "cursor", "limit"] as const;

const toActor = toParse(parseActor, "is not login, operator, system or user:<UUID or address>", "--actor: ");
const toPerson = toParse(parseNamedUser, "is neither a UUID nor an e-mail address", "--person: ");
const toLimit = toParse(parseLimit, `is not a whole number from 1 to ${PAGE_LIMIT.most}`, "--limit: ");

export function addPageOptions(list: Command): Command {
  return list
    .option("--until <time>", "ISO time or date (of an organization)")
    .option(
      "--actor <actor>",
      "login, operator, system or user:<UUID or address> (of an organization)",
      toActor,
    )
    .option(
      "--person <user>",
      "what this user did, and what was done to them, by UUID or address (of an organization)",
      toPerson,
    )
    .addOption(new Option("--action <action>", "one action (of an organization)").choices(AUDIT_ACTIONS))
    .addOption(
      new Option("--order <order>", "the order (of an organization; default: newest)").choices(AUDIT_ORDERS),
    )
    .option("--cursor <cursor>", "where the last page ended (of an organization)")
    .option(
      "--limit <entries>",
      `entries of the page, at most ${PAGE_LIMIT.most} (of an organization; default: ${PAGE_LIMIT.usual})`,
      toLimit,
    );
}

/** @throws {UsageError} for an option that applies to a page of an organization alone */
export function refusePageOptions(options: PageOptions): void {
  const given = PAGE_OPTIONS.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`--${given} needs an organization: \`audit list <organization>\``);
}

/** Prints a page of the organization's audit, and how to go on. */
export async function listPage(
  organizationId: OrganizationId,
  { organization: _, since, until, json, actor, person, ...filter }: PageOptions,
  terminal: Terminal,
): Promise<void> {
  const period = {
    since: since === undefined ? undefined : parseInstant("--since", since),
    until: until === undefined ? undefined : parseInstant("--until", until),
  };
  const page = await withStores(terminal, async (stores, signal) => {
    const organization = await stores.organizations.find(organizationId, signal);
    if (organization === null) throw new CommandFailure(noOrganization(organizationId));
    const people = await findPeople(organizationId, { actor, person }, stores, signal);
    return listAudit({ organizationId, ...period, ...filter, ...people }, stores, signal).catch(refused);
  });
  print(page, describePage(page), json, terminal);
}

/** @throws {CommandFailure} for an address of no member, or of several */
async function findPeople(
  id: OrganizationId,
  { actor, person }: Pick<PageOptions, "actor" | "person">,
  stores: Pick<Administration, "memberships">,
  signal: AbortSignal,
) {
  const named = (user: NamedUser) => memberNamed(user, id, stores, signal);
  return {
    actor: typeof actor === "object" ? (`user:${await named(actor)}` as const) : actor,
    person: person && (await named(person)),
  };
}

/** @throws {UsageError} for a cursor of another list; any other error as it is */
function refused(error: unknown): never {
  if (!(error instanceof Refusal) || error.reason !== "INPUT_INVALID") throw error;
  throw new UsageError(`--${error.hint ?? error.message}`);
}

function describePage({ items, nextCursor }: Page<OrganizationAuditEntry>): string {
  const entries = items.length === 0 ? "No entries on this page.\n" : formatTable(HEADINGS, items.map(toRow));
  if (nextCursor === null) return entries;
  return `${entries}For the next page, run it again with the same options and --cursor ${nextCursor}\n`;
}

const HEADINGS = "AT  BY  VIA  ACTION  RULE  USER ID  CONNECTION  INVITATION  BATCH".split("  ");

function toRow(entry: OrganizationAuditEntry) {
  const { at, actor, via, rule, userId, connection, invitationId, batchId } = entry;
  return [at, actor, via, describeAction(entry), rule, userId, connection, invitationId, batchId];
}

function parseActor(text: string): SeenActor | NamedUser | null {
  const seen = parseSeenActor(text);
  if (seen !== null) return seen;
  const [, who] = /^user:(.+)$/.exec(text) ?? [];
  return who === undefined ? null : parseNamedUser(who);
}

function parseLimit(text: string): number | null {
  const limit = Number(text);
  return /^\d+$/.test(text) && limit >= 1 && limit <= PAGE_LIMIT.most ? limit : null;
}
