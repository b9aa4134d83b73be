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
  type UserId,
} from "@platform-api/server/domain";
import { type Command, Option } from "commander";
import { parseInstant, toParse, toUserId } from "../../terminal/arguments.ts";
import { noOrganization } from "../../terminal/domain-errors.ts";
import { CommandFailure, formatTable, print, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import { describeAction } from "./action.ts";

export interface PageOptions {
  readonly organization?: OrganizationId;
  readonly since?: string;
  readonly json?: true;
  readonly until?: string;
  readonly actor?: SeenActor;
  readonly person?: UserId;
  readonly action?: AuditAction;
  readonly order?: AuditOrder;
  readonly cursor?: string;
  readonly limit?: number;
}

/** What applies to a page of an organization's audit alone. */
const PAGE_OPTIONS = ["until", "actor", "person", "action", "order", "cursor", "limit"] as const;

const toActor = toParse(parseSeenActor, "is not login, operator, system or user:<UUID>", "--actor: ");
const toLimit = toParse(parseLimit, `is not a whole number from 1 to ${PAGE_LIMIT.most}`, "--limit: ");

export function addPageOptions(list: Command): Command {
  return list
    .option("--until <time>", "ISO time or date (with --organization)")
    .option("--actor <actor>", "login, operator, system or user:<UUID> (with --organization)", toActor)
    .option(
      "--person <UUID>",
      "what this user did, and what was done to them (with --organization)",
      toUserId,
    )
    .addOption(new Option("--action <action>", "one action (with --organization)").choices(AUDIT_ACTIONS))
    .addOption(
      new Option("--order <order>", "the order (with --organization; default: newest)").choices(AUDIT_ORDERS),
    )
    .option("--cursor <cursor>", "where the last page ended (with --organization)")
    .option(
      "--limit <entries>",
      `entries of the page, at most ${PAGE_LIMIT.most} (with --organization; default: ${PAGE_LIMIT.usual})`,
      toLimit,
    );
}

/** @throws {UsageError} for an option that applies to a page of an organization alone */
export function refusePageOptions(options: PageOptions): void {
  const given = PAGE_OPTIONS.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} needs --organization <id>`);
}

/** Prints a page of the organization's audit, and how to go on. */
export async function listPage(
  organizationId: OrganizationId,
  { organization: _, since, until, json, ...filter }: PageOptions,
  terminal: Terminal,
): Promise<void> {
  const period = {
    since: since === undefined ? undefined : parseInstant("--since", since),
    until: until === undefined ? undefined : parseInstant("--until", until),
  };
  const query = { organizationId, ...period, ...filter };
  const page = await withStores(terminal, async (stores, signal) => {
    const organization = await stores.organizations.find(organizationId, signal);
    if (organization === null) throw new CommandFailure(noOrganization(organizationId));
    return listAudit(query, stores, signal).catch(refused);
  });
  print(page, describePage(page), json, terminal);
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

function parseLimit(text: string): number | null {
  const limit = Number(text);
  return /^\d+$/.test(text) && limit >= 1 && limit <= PAGE_LIMIT.most ? limit : null;
}
