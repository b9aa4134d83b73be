import type { AuditAction } from "../audit.ts";
import type { OrganizationId } from "../organization.ts";
import { cursorOf, type ListScope, PAGE_LIMIT, type Page, positionOf } from "../page.ts";
import type { UserId } from "../user-id.ts";
import {
  type AuditRange,
  auditPosition,
  mergeParts,
  type OrganizationAudit,
  type OrganizationAuditEntry,
  type SeenActor,
} from "./organization-audit.ts";

/** How old an entry is before a feed shows it: by then the index has it, and every process has stored its own. */
export const SETTLED_MS = 10_000;
/** How far the clocks of other processes may be ahead. */
const AHEAD_MS = 60_000;
/** Sorts behind the id of every entry of the same time. */
export const GREATEST_ID = "f".repeat(64);
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
type Place = Pick<AuditRange, "newestFirst" | "from" | "to" | "after">;

/**
 * A page of an organization's audit. It is read in one round, whatever the audit holds. It may be short, or empty,
 * although more follows: where two filters are combined, a page looks at a bounded number of entries.
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
  // One entry more than fits shows whether another page follows.
  const asked = { ...place, organizationId, limit: limit + 1, actor, person, action };
  const parts = await organizationAudit.read(asked, signal);
  const { entries, last } = mergeParts(parts, place.newestFirst);
  const items = entries.slice(0, limit);
  const position = items.length < entries.length ? lastOf(items) : (last ?? behind(items, place));
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
  // Positions of years before 0 or after 9999 would not sort as texts.
  const fromMs = Math.min(Math.max(since?.getTime() ?? 0, 0), endMs + 1);
  const toMs = Math.max(Math.min(until?.getTime() ?? endMs, endMs), -1);
  const from = new Date(fromMs).toISOString();
  const to = `${new Date(toMs).toISOString()}#${GREATEST_ID}`;
  return {
    newestFirst,
    from,
    to,
    after: cursor === undefined ? null : positionOf(cursor, scope, isPosition),
  };
}

/** Whether a text is the position of an entry, or a time at which a list can begin. */
export function isPosition(text: string): boolean {
  const [, at] = POSITION.exec(text) ?? [];
  return at !== undefined && new Date(at).getTime() >= 0 && new Date(at).toISOString() === at;
}

/** Where to continue when everything was read: null where nothing is appended. */
function behind(
  items: readonly OrganizationAuditEntry[],
  { newestFirst, from, after }: Place,
): string | null {
  return newestFirst ? null : (lastOf(items) ?? after ?? from);
}

function lastOf(items: readonly OrganizationAuditEntry[]): string | null {
  const last = items.at(-1);
  return last === undefined ? null : auditPosition(last);
}
