import { z } from "zod";
import {
  AUDIT_ACTIONS,
  AUDIT_FIELDS,
  AUDIT_RULES,
  type AuditEntry,
  type Connection,
  type HeldSeat,
  type IdentityLink,
  type Invitation,
  type InvitationLedger,
  LOCKABLE_SETTINGS,
  MAILBOX,
  MAX_OWNERS,
  MEMBERSHIP_ORIGINS,
  type Membership,
  type Organization,
  type OrganizationId,
  type Owners,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parseUserActor,
  parseUserId,
  type RelinkWindow,
  ROLES,
  type Speakers,
  type UserId,
  type VerifiedDomain,
} from "../../../domain/index.ts";
import { indexKeys, type Key, keys } from "./keys.ts";
import type { ItemType } from "./stored-item.ts";

const userId = branded(parseUserId);
const organizationId = branded(parseOrganizationId);
const email = branded(parseEmail);
const role = z.enum(ROLES);
const instant = z.iso.datetime();
const revision = z.string().nullable().default(null); // absent in older items

const auditValues = z
  .partialRecord(z.enum(AUDIT_FIELDS), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .nullable()
  .default(null); // absent in older items

const auditEntry = z.object({
  at: instant,
  actor: z.union([
    z.enum(["login", "system"]),
    z.templateLiteral(["operator:", z.string()]),
    branded(parseUserActor),
  ]),
  action: z.enum(AUDIT_ACTIONS),
  userId: userId.nullable(),
  organizationId: organizationId.nullable(),
  tenant: z.string().nullable(),
  subject: z.string().nullable(),
  connection: z.string().nullable(),
  domain: branded(parseDomain).nullable().default(null), // absent in older items
  holder: z.string().nullable(),
  rule: z.enum(AUDIT_RULES).nullable(),
  invitationId: z.string().nullable().default(null), // absent in older items
  before: auditValues,
  after: auditValues,
});
const change = auditEntry.nullable().default(null); // absent in older items

export const ORGANIZATION: ItemType<Organization> = {
  type: "organization",
  schema: z.object({
    id: organizationId,
    name: z.string(),
    auth0OrgId: z.string().nullable(),
    jit: z.boolean(),
    defaultRole: role,
    enforceSso: z.boolean(),
    trusts: z.array(organizationId).default([]), // absent in older items, which trust no one
    state: z.enum(["open", "closed"]).default("open"), // absent in older items
    locked: z.array(z.enum(LOCKABLE_SETTINGS)).default([...LOCKABLE_SETTINGS]), // older items are all of a file
    rev: revision,
    change: change,
  }),
  key: ({ id }) => keys.organization(id),
  indexKey: ({ id }) => indexKeys.organization(id),
};

/** Maps Auth0's id of an organization to ours. */
export interface Auth0Pointer {
  readonly auth0OrgId: string;
  readonly organizationId: OrganizationId;
}

export const AUTH0_POINTER: ItemType<Auth0Pointer> = {
  type: "auth0-pointer",
  schema: z.object({ auth0OrgId: z.string(), organizationId }),
  key: ({ auth0OrgId }) => keys.auth0Pointer(auth0OrgId),
};

export const DOMAIN: ItemType<VerifiedDomain> = {
  type: "domain",
  schema: z.object({
    domain: branded(parseDomain),
    organizationId,
    verifiedBy: z.literal("operator"),
    verifiedAt: instant,
  }),
  key: (domain) => keys.domain(domain.domain, domain.organizationId),
  indexKey: (domain) => indexKeys.domain(domain.organizationId, domain.domain),
};

export const CONNECTION: ItemType<Connection> = {
  type: "connection",
  schema: z.object({ name: z.string(), strategy: z.string(), displayName: z.string(), organizationId }),
  key: ({ name }) => keys.connection(name),
  indexKey: (connection) => indexKeys.connection(connection.organizationId, connection.name),
};

export const MEMBERSHIP: ItemType<Membership> = {
  type: "membership",
  schema: z.object({
    organizationId,
    userId,
    role,
    status: z.enum(["active", "removed"]),
    origin: z.enum(MEMBERSHIP_ORIGINS),
    email,
    invitedFromOutside: z.boolean().default(false), // absent in older items, which exempt no one
    // Absent in older items: who invited them is not known, and nobody could leave.
    invitedBy: userId.nullable().default(null),
    hasLeft: z.boolean().default(false),
    ceased: z.partialRecord(role, instant).default({}),
    createdAt: instant,
    rev: revision,
    change: change,
  }),
  key: (membership) => keys.membership(membership.userId, membership.organizationId),
  indexKey: (membership) => indexKeys.membership(membership.organizationId, membership),
};

export const OWNERS: ItemType<Owners & { readonly rev: string }> = {
  type: "owners",
  schema: z.object({ organizationId, userIds: z.array(userId).max(MAX_OWNERS), rev: z.string() }),
  key: ({ organizationId: id }) => keys.owners(id),
};

export const INVITATION: ItemType<Invitation> = {
  type: "invitation",
  schema: z.object({
    organizationId,
    email,
    role,
    fromOutside: z.boolean().default(false),
    consumedBy: userId.nullable(),
    // The rest is absent in older items, which operators have made and which do not expire.
    invitationId: z.uuid().nullable().default(null),
    ended: z.enum(["revoked", "declined", "void"]).nullable().default(null),
    invitedBy: userId.nullable().default(null),
    createdAt: instant.nullable().default(null),
    expiresAt: instant.nullable().default(null),
    mail: z.enum(["sending", "sent", "failed", "none"]).default("none"),
    mailedAt: instant.nullable().default(null),
    rev: revision,
    change,
  }),
  key: (invitation) => keys.invitation(invitation.email, invitation.organizationId),
  indexKey: (invitation) => indexKeys.invitation(invitation.organizationId, invitation.email),
};

export const INVITATION_LEDGER: ItemType<InvitationLedger & { readonly rev: string }> = {
  type: "invitation-ledger",
  schema: z.object({
    organizationId,
    open: z.record(z.string(), z.int().min(0)),
    day: z.string(),
    mails: z.int().min(0),
    rev: z.string(),
  }),
  key: ({ organizationId: id }) => keys.invitationLedger(id),
};

export const LINK: ItemType<IdentityLink> = {
  type: "link",
  schema: z.object({
    tenant: z.string(),
    subject: z.string(),
    userId,
    connection: z.string(),
    organizationId: organizationId.nullable(),
    email: email.nullable(),
    rule: z.enum(["claim", "verified-domain", "verified-email", "report-mode", "operator"]),
    linkedAt: instant,
  }),
  key: keys.link,
  indexKey: indexKeys.link,
};

export const SEAT: ItemType<HeldSeat> = {
  type: "seat",
  schema: z.object({
    tenant: z.string(),
    connection: z.string(),
    userId,
    subject: z.string(),
    formerSubject: z.string().nullable(),
    takenOverAt: instant.nullable(),
  }),
  key: keys.seat,
  indexKey: indexKeys.seat,
};

export const SPEAKERS: ItemType<Speakers> = {
  type: "speakers",
  schema: z.object({
    userId,
    by: z.union([z.literal(MAILBOX), organizationId]).nullable(),
    sso: organizationId.nullable(),
    inside: z.array(organizationId),
    settledAt: instant.nullable(),
    version: z.int().positive(),
  }),
  key: (speakers) => keys.speakers(speakers.userId),
};

/** The progress of one step of `table upgrade`. */
export interface UpgradeState {
  readonly step: string;
  /** Whether the step is finished for good. */
  readonly complete: boolean;
  /** Whether the current run started after the last process of the old version had ended. */
  readonly isLast: boolean;
  /** Where the current run continues; null when no run is in progress. */
  readonly cursor: Key | null;
}

export const UPGRADE: ItemType<UpgradeState> = {
  type: "upgrade",
  schema: z.object({
    step: z.string(),
    complete: z.boolean(),
    isLast: z.boolean(),
    cursor: z.object({ pk: z.string(), sk: z.string() }).nullable(),
  }),
  key: ({ step }) => keys.upgrade(step),
};

export const BLOCK: ItemType<{ readonly userId: UserId; readonly blockedAt: string }> = {
  type: "block",
  schema: z.object({ userId, blockedAt: instant }),
  key: (block) => keys.block(block.userId),
};

export const RELINK_WINDOW: ItemType<RelinkWindow> = {
  type: "relink-window",
  schema: z.object({
    connection: z.string(),
    organizationId: organizationId.nullable().default(null), // absent in older items
    openedAt: instant,
    until: instant,
    from: organizationId.nullable().default(null), // absent in older items
  }),
  key: ({ connection }) => keys.relinkWindow(connection),
};

export const AUDIT_ENTRY: ItemType<AuditEntry> = {
  type: "audit-entry",
  schema: auditEntry,
  key: keys.auditEntry,
  formerKey: keys.formerAuditEntry,
  indexKey: indexKeys.auditEntry,
};

/** A string that only the domain's own parse function turns into its branded type. */
function branded<T extends string>(parse: (text: string) => T | null) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue("not in canonical form");
    return z.NEVER;
  });
}
