import type { AuditAction } from "../audit.ts";
import type { OrganizationId } from "../organization.ts";
import { cursorOf, type ListScope, PAGE_LIMIT, type Page, positionOf } from "../page.ts";
import type { UserId } from "../user-id.ts";
import {
  auditPosition,
  type MonthPage,
  type MonthQuery,
  monthOf,
  type OrganizationAudit,
  type OrganizationAuditEntry,
  type SeenActor,
} from "./organization-audit.ts";

/** No version recorded anything earlier. */
const AUDIT_BEGINS_MS = Date.UTC(2026, 0);
const MONTHS_A_PAGE = 12;
/** How old an entry is before the feed shows it: by then the index has it, and every process has stored its own. */
const SETTLED_MS = 10_000;
/** How far the clocks of other processes may be ahead. */
const AHEAD_MS = 60_000;
/** Sorts behind the id of every entry of the same time. */
const GREATEST_ID = "f".repeat(64);
const POSITION = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(#[0-9a-f]{64})?$/;

export const AUDIT_ORDERS = ["newest", "oldest"] as const;
export type AuditOrder = (typeof AUDIT_ORDERS)[number];

export interface AuditQuery {
  readonly organizationId: OrganizationId;
  /** Entries at this time and later. */
  readonly since?: Date | undefined;
  /** Entries at this time and earlier. */
  readonly until?: Date | undefined;
  readonly actor?: SeenActor | undefined;
  /** Entries of what this user did, and of what was done to them. */
  readonly person?: UserId | undefined;
  readonly action?: AuditAction | undefined;
  /** `oldest` is the feed for other systems; `newest` unless given. */
  readonly order?: AuditOrder | undefined;
  readonly cursor?: string | undefined;
  /** From 1 to 100; 50 unless given. */
  readonly limit?: number | undefined;
}

/** A list, and where in it a page begins. */
type Place = Pick<MonthQuery, "newestFirst" | "from" | "to" | "after">;

/**
 * A page of an organization's audit. It covers at most 12 months, and reads them at once and each of them once: a page
 * takes the same requests whatever the months hold. It may be short, or empty, although more follows.
 *
 * With `oldest` the cursor is never null: behind the last entry it continues with what is appended later. Entries of
 * the last 10 s wait, so that none appears before a place that was already read.
 * @throws {Refusal} INPUT_INVALID for a cursor of another organization or filter; STORE_UNAVAILABLE
 */
export async function listAudit(
  query: AuditQuery,
  { organizationAudit, now }: { readonly organizationAudit: OrganizationAudit; readonly now: () => Date },
  signal: AbortSignal,
): Promise<Page<OrganizationAuditEntry>> {
  const { organizationId, actor = null, person = null, action = null } = query;
  const limit = Math.min(Math.max(query.limit ?? PAGE_LIMIT.usual, 1), PAGE_LIMIT.most);
  const scope = scopeOf(query);
  const place = placeOf(query, scope, now());
  const months = monthsOf(place);
  // One entry more than fits shows whether another page follows.
  const asked = { ...place, organizationId, limit: limit + 1, actor, person, action };
  const pages = await Promise.all(
    months.slice(0, MONTHS_A_PAGE).map((month) => organizationAudit.readMonth({ ...asked, month }, signal)),
  );
  const { items, next } = joined(pages, limit);
  const position = next ?? behind(months, items, place);
  return { items, nextCursor: position === null ? null : cursorOf(position, scope) };
}

function scopeOf(query: AuditQuery): ListScope {
  const { organizationId, since, until, actor, person, action, order = "newest" } = query;
  const period = { since: since?.toISOString(), until: until?.toISOString() };
  return { list: "audit", organizationId, ...period, actor, person, action, order };
}

function placeOf({ since, until, order, cursor }: AuditQuery, scope: ListScope, now: Date): Place {
  const newestFirst = order !== "oldest";
  const endMs = now.getTime() + (newestFirst ? AHEAD_MS : -SETTLED_MS);
  const fromMs = Math.max(AUDIT_BEGINS_MS, since?.getTime() ?? 0);
  const toMs = Math.min(endMs, until?.getTime() ?? endMs);
  // Positions of years before 0 or after 9999 would not sort as texts.
  const from = new Date(Math.min(fromMs, endMs + 1)).toISOString();
  const to = `${new Date(Math.max(toMs, AUDIT_BEGINS_MS - 1)).toISOString()}#${GREATEST_ID}`;
  if (cursor === undefined) return { newestFirst, from, to, after: null };
  const position = positionOf(cursor, scope, isPosition);
  return { newestFirst, from, to, after: latest(from, earliest(to, position)) };
}

function isPosition(text: string): boolean {
  const [, at] = POSITION.exec(text) ?? [];
  return at !== undefined && new Date(at).getTime() > 0 && new Date(at).toISOString() === at;
}

/** Every month from where the page begins to the end of the list, in its order. */
function monthsOf({ newestFirst, from, to, after }: Place): readonly string[] {
  const [first, last] = newestFirst ? [from, after ?? to] : [after ?? from, to];
  const months: string[] = [];
  for (let month = monthOf(first); month <= monthOf(last); month = monthAfter(month)) months.push(month);
  return newestFirst ? months.reverse() : months;
}

/**
 * The pages of successive months as one, up to the first that was not read to its end.
 * @returns the position where the next page begins; null when every month was read to its end
 */
function joined(pages: readonly MonthPage[], limit: number) {
  const items: OrganizationAuditEntry[] = [];
  for (const { entries, last } of pages) {
    const fitting = entries.slice(0, limit - items.length);
    items.push(...fitting);
    const lastItem = items.at(-1);
    if (fitting.length < entries.length && lastItem) return { items, next: auditPosition(lastItem) };
    if (last !== null) return { items, next: last };
  }
  return { items, next: null };
}

/** Where to continue when the months of the page were read to their end; null where there is nothing more. */
function behind(
  months: readonly string[],
  items: readonly OrganizationAuditEntry[],
  { newestFirst, from, to, after }: Place,
): string | null {
  const [lastRead, unread] = [months[MONTHS_A_PAGE - 1], months[MONTHS_A_PAGE]];
  if (newestFirst) return unread === undefined || lastRead === undefined ? null : startOf(lastRead);
  if (unread !== undefined) return startOf(unread);
  const lastItem = items.at(-1);
  const read = lastItem === undefined ? (after ?? from) : auditPosition(lastItem);
  // Later pages need not read the months before again.
  return latest(read, earliest(startOf(monthOf(to)), to));
}

function startOf(month: string): string {
  return `${month}-01T00:00:00.000Z`;
}

function monthAfter(month: string): string {
  const start = new Date(startOf(month));
  start.setUTCMonth(start.getUTCMonth() + 1);
  return monthOf(start.toISOString());
}

// Times and positions sort as texts.
const latest = (a: string, b: string) => (a > b ? a : b);
const earliest = (a: string, b: string) => (a < b ? a : b);
