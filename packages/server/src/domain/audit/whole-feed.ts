import type { AuditEntry } from "../audit.ts";
import type { OrganizationId } from "../organization.ts";
import { cursorOf, type ListScope, PAGE_LIMIT, type Page, positionOf } from "../page.ts";
import { GREATEST_ID, isPosition, SETTLED_MS } from "./feed.ts";
import {
  type AuditPart,
  auditPosition,
  mergeParts,
  monthOf,
  type OrganizationAuditEntry,
  seenByOrganization,
} from "./organization-audit.ts";

/** The product is younger than this, and so is every entry. */
const FIRST_ENTRY = "2026-01-01T00:00:00.000Z";
const SCOPE: ListScope = { list: "audit of all", order: "oldest" };

/** What a service sees of an entry: what its organization sees, whose it is, and what has ended tokens. */
export interface WholeAuditEntry extends OrganizationAuditEntry, Pick<AuditEntry, "source"> {
  /** Null for an entry about a person or a subject. */
  readonly organizationId: OrganizationId | null;
}

/** Entries of one month, from one position to another, see {@link auditPosition}. */
export interface WholeAuditRange {
  /** Positions of the same month, both included. */
  readonly from: string;
  readonly to: string;
  /** The position behind which to read on; null at the beginning. It may lie outside. */
  readonly after: string | null;
  /** How many entries are wanted. The store may read and return more, or fewer. */
  readonly limit: number;
}

/** The audit of all organizations, and of what belongs to none. */
export interface WholeAudit {
  /**
   * Parts that together hold the entries asked for, each in one of them. How many parts there are depends on nothing that
   * is stored. All are read at the same time, each once, and consistently.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  read(range: WholeAuditRange, signal: AbortSignal): Promise<readonly AuditPart<WholeAuditEntry>[]>;
}

export interface WholeAuditQuery {
  /** Entries at this time and later. */
  readonly since?: Date | undefined;
  readonly cursor?: string | undefined;
  /** From 1 to 100; 50 unless given. */
  readonly limit?: number | undefined;
}

/** As the feed of one organization: a cursor, and nothing that was read moves. */
export interface FeedPage extends Page<WholeAuditEntry> {
  readonly nextCursor: string;
}

/**
 * A page of the feed of all organizations, oldest first. It is of one month, so it may be short or empty although more
 * follows: the end of the feed is a page whose cursor is the one that was asked with.
 *
 * Entries of the last 10 s wait, so that none appears before a place that was already read.
 * @throws {Refusal} INPUT_INVALID for a cursor of another list; STORE_UNAVAILABLE
 */
export async function listWholeAudit(
  query: WholeAuditQuery,
  { wholeAudit, now }: { readonly wholeAudit: WholeAudit; readonly now: () => Date },
  signal: AbortSignal,
): Promise<FeedPage> {
  const limit = Math.min(Math.max(query.limit ?? PAGE_LIMIT.usual, 1), PAGE_LIMIT.most);
  const after = query.cursor === undefined ? null : positionOf(query.cursor, SCOPE, isPosition);
  const settled = new Date(now().getTime() - SETTLED_MS).toISOString();
  const begin = latest(FIRST_ENTRY, query.since === undefined ? "" : sinceOf(query.since), after ?? "");
  const end = endOfMonth(begin);
  const isPast = settled >= end;
  const to = isPast ? end : `${settled}#${GREATEST_ID}`;
  if (begin > to) return { items: [], nextCursor: cursorOf(begin, SCOPE) }; // the clock that settled it was ahead of this one
  const range = { from: begin, to, after, limit: limit + 1 };
  const { entries, last } = mergeParts(await wholeAudit.read(range, signal), false);
  const items = entries.slice(0, limit);
  const lastItem = items.at(-1);
  const isWhole = last === null && items.length === entries.length;
  // Behind a month that gets no more entries comes the next one, and behind the present one what is appended to it.
  const position =
    isWhole && isPast ? end : lastItem === undefined ? (last ?? begin) : auditPosition(lastItem);
  return { items, nextCursor: cursorOf(position, SCOPE) };
}

export function seenByService(entry: AuditEntry & { readonly id: string }): WholeAuditEntry {
  const { organizationId, source } = entry;
  return { ...seenByOrganization(entry), organizationId, source };
}

/** Positions sort as texts. */
function latest(...positions: readonly string[]): string {
  return positions.toSorted().at(-1) ?? "";
}

/** Times of years before 0 or after 9999 would not sort as texts. */
function sinceOf(since: Date): string {
  return new Date(Math.min(Math.max(since.getTime(), 0), Date.UTC(9999, 0))).toISOString();
}

/** The first instant of the next month, which sorts before each of its entries. */
function endOfMonth(position: string): string {
  const month = new Date(`${monthOf(position)}-01T00:00:00.000Z`);
  month.setUTCMonth(month.getUTCMonth() + 1);
  return month.toISOString();
}
