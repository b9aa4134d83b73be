import type { AuditAction, AuditEntry } from "../audit.ts";
import type { OrganizationId } from "../organization.ts";
import { parseUserId, type UserId } from "../user-id.ts";

/** Whom an organization sees behind an entry: it does not learn the names of operators. */
export type SeenActor = "login" | "system" | "operator" | `user:${UserId}`;

/**
 * What an organization sees of an entry about it. Subjects are left out because they may be addresses, and the
 * connection and the user of a login that was refused for its organization, because they are another organization's.
 */
export interface OrganizationAuditEntry
  extends Omit<AuditEntry, "organizationId" | "tenant" | "subject" | "holder" | "actor"> {
  /** Stable, and random: 64 hex digits. */
  readonly id: string;
  readonly actor: SeenActor;
}

/** A month of an organization's audit, from one position to another. */
export interface MonthQuery {
  readonly organizationId: OrganizationId;
  /** yyyy-mm */
  readonly month: string;
  /** Positions, see {@link auditPosition}, both included. */
  readonly from: string;
  readonly to: string;
  /** The position behind which to read on, in the order asked for; null at the beginning. */
  readonly after: string | null;
  readonly newestFirst: boolean;
  /** How many entries are wanted. Where it filters, the store may read and return more. */
  readonly limit: number;
  readonly actor: SeenActor | null;
  /** See {@link isOfPerson}. */
  readonly person: UserId | null;
  readonly action: AuditAction | null;
}

export interface MonthPage {
  /** In the order asked for. What was appended within the last second may be missing. */
  readonly entries: readonly OrganizationAuditEntry[];
  /** The position that was read last; null when the month has no more. */
  readonly last: string | null;
}

/** The audit of one organization, a month at a time. */
export interface OrganizationAudit {
  /**
   * Reads once, whatever the month holds.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  readMonth(query: MonthQuery, signal: AbortSignal): Promise<MonthPage>;
}

export function seenByOrganization(entry: AuditEntry & { readonly id: string }): OrganizationAuditEntry {
  const { id, at, via, action, domain, rule, invitationId, before, after } = entry;
  const actor = parseSeenActor(entry.actor) ?? "operator";
  const isForeign = rule === "foreign-organization";
  const [connection, userId] = isForeign ? [null, null] : [entry.connection, entry.userId];
  return { id, at, actor, via, action, userId, connection, domain, rule, invitationId, before, after };
}

/** Whether an entry says what the user did, or what was done to them. Decided by what the organization sees of it. */
export function isOfPerson({ actor, userId }: OrganizationAuditEntry, person: UserId): boolean {
  return actor === `user:${person}` || userId === person;
}

/** The actor as {@link OrganizationAuditEntry} names it; null for any other text. */
export function parseSeenActor(text: string): SeenActor | null {
  if (text === "login" || text === "system" || text === "operator") return text;
  return parseUserActor(text);
}

/** Null for a text that is not `user:` and a user id in its canonical form. */
export function parseUserActor(text: string): `user:${UserId}` | null {
  const [, id] = /^user:(.+)$/.exec(text) ?? [];
  const userId = parseUserId(id);
  return userId === null || userId !== id ? null : `user:${userId}`;
}

/** Where an entry stands in its organization's audit. Positions sort by time, and are all of one form. */
export function auditPosition({ at, id }: Pick<OrganizationAuditEntry, "at" | "id">): string {
  return `${at}#${id}`;
}

/** The month of an ISO 8601 time in UTC, or of a position: yyyy-mm. */
export function monthOf(at: string): string {
  return at.slice(0, "yyyy-mm".length);
}
