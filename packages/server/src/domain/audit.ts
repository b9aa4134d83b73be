import type { DomainName } from "./email.ts";
import type { OrganizationId } from "./organization-id.ts";
import type { UserId } from "./user-id.ts";

/** Everything the audit records. Other refusals are not recorded: a hostile token must not cause writes. */
export const AUDIT_ACTIONS = [
  "identity-linked",
  "identity-relinked",
  "identity-unlinked",
  "identity-conflict",
  "identity-allowed",
  "seat-taken-over",
  "identity-blocked",
  "identity-unblocked",
  "identity-signed-out",
  "identity-session-ended",
  "identity-erased",
  "membership-created",
  "membership-removed",
  "membership-restored",
  "membership-left",
  "role-changed",
  "relink-window-opened",
  "relink-window-closed",
  "organization-created",
  "organization-updated",
  "closing-requested",
  "closing-called-off",
  "organization-closed",
  "organization-reopened",
  "organization-applied",
  "domain-claimed",
  "domain-verified",
  "domain-missing",
  "domain-lapsed",
  "domain-released",
  "connection-begun",
  "connection-enabled",
  "connection-disabled",
  "connection-updated",
  "connection-tested",
  "connection-removed",
  "invitation-sent",
  "invitation-resent",
  "invitation-revoked",
  "invitation-accepted",
  "invitation-declined",
  "invitation-voided",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The rules an entry can name: what decided a link, what caused a conflict, what created a membership. */
export const AUDIT_RULES = [
  "claim",
  "verified-domain",
  "verified-email",
  "report-mode",
  "operator",
  "seat",
  "signed-user-id",
  "moved-connection",
  "merger",
  "foreign-organization",
  "erased",
  "jit",
  "invitation",
  "join",
  "import",
] as const;
export type AuditRule = (typeof AUDIT_RULES)[number];

/**
 * What has ended tokens: an event of the identity provider, a logout there that it has told, an operator, or the user. Null
 * in every other entry.
 */
export const AUDIT_SOURCES = ["event", "logout", "operator", "user"] as const;
export type AuditSource = (typeof AUDIT_SOURCES)[number];

/** What an entry can say of before and after a change. None of them ever holds an e-mail address. */
export const AUDIT_FIELDS = [
  "name",
  "jit",
  "defaultRole",
  "enforceSso",
  "auth0OrgId",
  "state",
  "closesAt",
  "role",
  "status",
  "displayName",
  "strategy",
] as const;
export type AuditField = (typeof AUDIT_FIELDS)[number];

/** The values of the fields that changed, as they were before or are after it. */
export type AuditValues = Readonly<Partial<Record<AuditField, string | number | boolean | null>>>;

/**
 * A login of the person itself, a call of a user, a command of the operating system's user of that name, or nobody:
 * what became true by itself.
 */
export type AuditActor = "login" | "system" | OperatorActor | `user:${UserId}`;
export type OperatorActor = `operator:${string}`;

/** An entry is kept at least so long: it explains an accepted invitation, which is stored for as long, and often longer. */
export const LEAST_AUDIT_DAYS = 90;

/** One recorded event. It has no field for an e-mail address, but a subject may look like one. */
export interface AuditEntry {
  /** ISO 8601, UTC. The same time that the change stores. */
  readonly at: string;
  readonly actor: AuditActor;
  /** The application of the token behind a login or a user's call; null if there was none, or it did not say. */
  readonly via: string | null;
  readonly action: AuditAction;
  readonly userId: UserId | null;
  readonly organizationId: OrganizationId | null;
  readonly tenant: string | null;
  readonly subject: string | null;
  readonly connection: string | null;
  readonly domain: DomainName | null;
  /** The other subject, which held the seat at the time. */
  readonly holder: string | null;
  readonly rule: AuditRule | null;
  readonly source: AuditSource | null;
  readonly invitationId: string | null;
  /** Random, and the same in what one call, import or declaration has made; null for a change that was made alone. */
  readonly batchId: string | null;
  readonly before: AuditValues | null;
  readonly after: AuditValues | null;
}

/** The record of changes to identities, memberships and organizations, and of conflicts. Append-only. */
export interface Audit {
  /**
   * Appends an event that has already happened.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  append(entry: AuditEntry, signal: AbortSignal): Promise<void>;
}

/** The audit as operators read it. Errors as in {@link Audit}. */
export interface AuditLog extends Audit {
  /**
   * Every entry from `since` on, oldest first, through the month of `until`. It reads on as the entries are taken, so
   * that it never holds more than a page of each partition.
   */
  list(period: { since: Date; until: Date }, signal: AbortSignal): AsyncIterable<AuditEntry>;
}

/** An entry of the given fields. Other fields of `known` are left out. */
export function auditEntry(
  known: Pick<AuditEntry, "at" | "actor" | "action"> & Partial<AuditEntry>,
): AuditEntry {
  const { at, actor, via = null, action, userId = null, organizationId = null, tenant = null } = known;
  const { subject = null, connection = null, domain = null, holder = null, rule = null } = known;
  const { source = null, invitationId = null, batchId = null, before = null, after = null } = known;
  const who = { at, actor, via, action, userId, organizationId, tenant, subject };
  return { ...who, connection, domain, holder, rule, source, invitationId, batchId, before, after };
}

/** Of these fields those that differ, as an entry says it; null where none does. */
export function differenceOf<Field extends AuditField>(
  fields: readonly Field[],
  before: Readonly<Record<Field, unknown>> & AuditValues,
  after: Readonly<Record<Field, unknown>> & AuditValues,
): { readonly before: AuditValues; readonly after: AuditValues } | null {
  const changed = fields.filter((field) => before[field] !== after[field]);
  const pick = (of: AuditValues) => Object.fromEntries(changed.map((field) => [field, of[field]]));
  return changed.length === 0 ? null : { before: pick(before), after: pick(after) };
}
