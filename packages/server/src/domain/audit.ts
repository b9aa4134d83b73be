import type { DomainName } from "./email.ts";
import type { OrganizationId } from "./organization.ts";
import type { UserId } from "./user-id.ts";

/** Everything an entry can tell of. A refusal of another kind is no entry: a hostile token must not buy writes. */
export const AUDIT_ACTIONS = [
  "identity-linked",
  "identity-relinked",
  "identity-unlinked",
  "identity-conflict",
  "identity-allowed",
  "seat-taken-over",
  "user-blocked",
  "user-unblocked",
  "membership-created",
  "membership-removed",
  "membership-restored",
  "relink-window-opened",
  "relink-window-closed",
  "organization-created",
  "organization-updated",
  "domain-verified",
  "domain-released",
  "connection-enabled",
  "connection-updated",
  "connection-removed",
  "invitation-sent",
  "invitation-revoked",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The rules an entry can name: how a link was decided, what made a conflict, what made a member. */
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
  "jit",
  "invitation",
  "join",
  "import",
] as const;
export type AuditRule = (typeof AUDIT_RULES)[number];

/** A login of the person itself, or a command of the operating system's user of that name. */
export type AuditActor = "login" | `operator:${string}`;

/** One thing that has happened. It has no field for an address; a subject may look like one. */
export interface AuditEntry {
  /** ISO 8601, UTC. The time that the change itself stores, so that an append may be repeated. */
  readonly at: string;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly userId: UserId | null;
  readonly organizationId: OrganizationId | null;
  readonly tenant: string | null;
  readonly subject: string | null;
  readonly connection: string | null;
  readonly domain: DomainName | null;
  /** The other subject: the one that held the seat when this happened. */
  readonly holder: string | null;
  readonly rule: AuditRule | null;
}

/** What has been done to identities, memberships and organizations, and who has conflicted. Append-only. */
export interface Audit {
  /**
   * Appends what has happened already, once however often it is repeated with the same content.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  append(entry: AuditEntry, signal: AbortSignal): Promise<void>;
}

/** The audit as operators read it. Errors as in {@link Audit}. */
export interface AuditLog extends Audit {
  /** Every entry from `since` on, oldest first, through the month of `until`. */
  list(period: { since: Date; until: Date }, signal: AbortSignal): Promise<readonly AuditEntry[]>;
}

/** The audit on the path of a request. Neither method throws: what cannot be told must not undo what has happened. */
export interface RequestAudit extends Audit {
  /** Tells operators of a change that may have happened. It is not appended: an entry means that it happened. */
  doubt(entry: AuditEntry, cause: unknown): void;
}

/** An entry of what is known, and of nothing else: whatever `known` holds beside an entry's fields stays out. */
export function auditEntry(
  known: Pick<AuditEntry, "at" | "actor" | "action"> & Partial<AuditEntry>,
): AuditEntry {
  const { at, actor, action, userId = null, organizationId = null, tenant = null, subject = null } = known;
  const { connection = null, domain = null, holder = null, rule = null } = known;
  return { at, actor, action, userId, organizationId, tenant, subject, connection, domain, holder, rule };
}
