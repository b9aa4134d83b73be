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
  extends Omit<AuditEntry, "organizationId" | "tenant" | "subject" | "holder" | "source" | "actor"> {
  /** Stable, and random: 64 hex digits. */
  readonly id: string;
  readonly actor: SeenActor;
}

/** Which entries of an organization are asked for, from one position to another. */
export interface AuditRange {
  readonly organizationId: OrganizationId;
  /** Positions, see {@link auditPosition}, both included. */
  readonly from: string;
  readonly to: string;
  /** The position behind which to read on, in the order asked for; null at the beginning. It may lie outside. */
  readonly after: string | null;
  readonly newestFirst: boolean;
  /** How many entries are wanted. The store may read and return more. */
  readonly limit: number;
  readonly actor: SeenActor | null;
  /** See {@link personsOf}. */
  readonly person: UserId | null;
  readonly action: AuditAction | null;
}

/** What one request found. */
export interface AuditPart<Entry = OrganizationAuditEntry> {
  /** What was appended within the last second may be missing. */
  readonly entries: readonly Entry[];
  /** The position that was read last; null when the part has no more. */
  readonly last: string | null;
}

/** The audit of one organization. */
export interface OrganizationAudit {
  /**
   * Parts that together hold the entries asked for, each in one of them. All are read at the same time, and each once,
   * whatever it holds.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  read(range: AuditRange, signal: AbortSignal): Promise<readonly AuditPart[]>;
}

/**
 * The parts as one list, in order. It ends where the part ends that was read the least far: behind that, entries of this
 * part could be missing.
 */
export function mergeParts<Entry extends Pick<OrganizationAuditEntry, "at" | "id">>(
  parts: readonly AuditPart<Entry>[],
  newestFirst: boolean,
): { readonly entries: readonly Entry[]; readonly last: string | null } {
  const isBefore = (a: string, b: string) => (newestFirst ? a > b : a < b);
  let last: string | null = null;
  for (const part of parts) {
    if (part.last !== null && (last === null || isBefore(part.last, last))) last = part.last;
  }
  const entries = parts
    .flatMap((part) => part.entries)
    .map((entry) => ({ entry, position: auditPosition(entry) }))
    .filter(({ position }) => last === null || !isBefore(last, position))
    .sort((a, b) => (isBefore(a.position, b.position) ? -1 : 1));
  return { entries: entries.map(({ entry }) => entry), last };
}

export function seenByOrganization(entry: AuditEntry & { readonly id: string }): OrganizationAuditEntry {
  const { id, at, via, action, domain, rule, invitationId, batchId, before, after } = entry;
  const actor = parseSeenActor(entry.actor) ?? "operator";
  const isForeign = rule === "foreign-organization" || rule === "erased";
  const [connection, userId] = isForeign ? [null, null] : [entry.connection, entry.userId];
  const about = { userId, connection, domain, rule, invitationId, batchId };
  return { id, at, actor, via, action, ...about, before, after };
}

/** Whose entry it is, by what the organization sees of it: the user to whom it happened, then another one who acted. */
export function personsOf({ actor, userId }: OrganizationAuditEntry): readonly UserId[] {
  const persons = [userId, userOf(actor)].filter((each) => each !== null);
  return [...new Set(persons)];
}

/** Null for an actor that is not a user. */
export function userOf(actor: SeenActor): UserId | null {
  return actor.startsWith("user:") ? parseUserId(actor.slice("user:".length)) : null;
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
