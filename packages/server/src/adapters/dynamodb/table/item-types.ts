import { z } from "zod";
import {
  AUDIT_ACTIONS,
  AUDIT_FIELDS,
  AUDIT_RULES,
  AUDIT_SOURCES,
  type HeldItems,
  keptUntil,
  MEMBERSHIP_ORIGINS,
  type Write,
} from "../../../domain/index.ts";
import type { CacheKey } from "../../cache-keys.ts";
import { auditIndexKeys, auditKey } from "./audit-keys.ts";
import { IDENTITY_ITEMS } from "./identity-items.ts";
import { indexKeys, type Key, keys, type StoredNotice } from "./keys.ts";
import { MEMBER_ITEMS } from "./member-items.ts";
import { ORGANIZATION_ITEMS } from "./organization-items.ts";
import {
  domainName,
  email,
  instant,
  organizationId,
  personName,
  role,
  userActor,
  userId,
} from "./scalars.ts";
import type { ItemType } from "./stored-item.ts";

/** Everything that the table holds, by the names that decisions have for it. */
export interface StoredItems extends HeldItems {
  readonly notice: StoredNotice;
}

/** Nobody reads older ones. */
const NOTICE_KEPT_SECONDS = 3_600;

const auditValues = z
  .partialRecord(z.enum(AUDIT_FIELDS), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .nullable();

/** The key of an item that is written. */
export function keyOf({ item, next, present }: Pick<Write, "item" | "next" | "present">): Key {
  // The kind says the type of both, which a table of all kinds cannot express.
  const type = ITEM_TYPES[item] as ItemType<never>;
  return type.key((next ?? present) as never);
}

export const ITEM_TYPES: { readonly [Kind in keyof StoredItems]: ItemType<StoredItems[Kind]> } = {
  ...ORGANIZATION_ITEMS,
  ...IDENTITY_ITEMS,
  ...MEMBER_ITEMS,
  membership: {
    type: "membership",
    schema: z
      .object({
        organizationId,
        userId,
        role,
        status: z.enum(["active", "removed"]),
        origin: z.enum(MEMBERSHIP_ORIGINS),
        email: email.nullable(),
        name: personName.default(null), // absent from what an earlier version has stored, as the others with a default
        namedAt: instant.nullable().default(null),
        invitedFromOutside: z.boolean(),
        invitedBy: userId.nullable(),
        leftAt: instant.nullable(),
        removedBy: userId.nullable().default(null),
        askedAt: instant.nullable().default(null),
        ceased: z.partialRecord(role, instant),
        createdAt: instant,
        rev: z.string(),
      })
      .refine(({ email, status }) => email !== null || status === "removed", { path: ["email"] }),
    key: (membership) => keys.membership(membership.userId, membership.organizationId),
    indexKeys: (membership) => {
      const { organizationId: id, role } = membership;
      return [indexKeys.membership(id, membership), indexKeys.memberWithRole(id, role, membership)];
    },
  },
  invitation: {
    type: "invitation",
    schema: z.object({
      organizationId,
      email,
      role,
      fromOutside: z.boolean(),
      consumedBy: userId.nullable(),
      invitationId: z.uuid(),
      ended: z.enum(["revoked", "declined", "void"]).nullable(),
      endedBy: z.enum(["file", "others"]).nullable(),
      endedAt: instant.nullable(),
      declared: z.boolean(),
      invitedBy: userId.nullable(),
      createdAt: instant,
      expiresAt: instant,
      mail: z.enum(["sending", "sent", "failed", "none"]),
      mailedAt: instant.nullable(),
      counted: z.boolean(),
      rev: z.string(),
    }),
    key: (invitation) => keys.invitation(invitation.email, invitation.organizationId),
    indexKeys: (invitation) => {
      const { organizationId: id, email, consumedBy, ended, invitedBy } = invitation;
      const isOffered = consumedBy === null && ended === null && invitedBy === null;
      return [
        indexKeys.invitation(id, email),
        indexKeys.listedInvitation(invitation),
        ...(isOffered ? [indexKeys.offered(id)] : []),
      ];
    },
    deleteAfter: (invitation) => {
      const until = keptUntil(invitation);
      return until === null ? null : Math.ceil(until.getTime() / 1_000);
    },
  },
  invitationLedger: {
    type: "invitation-ledger",
    schema: z.object({
      organizationId,
      open: z.record(z.string(), z.int().min(0)),
      day: z.string(),
      mails: z.int().min(0),
      changes: z.int().min(0),
      changedAt: instant.nullable(),
      rev: z.string(),
    }),
    key: ({ organizationId: id }) => keys.invitationLedger(id),
  },
  auditEntry: {
    type: "audit-entry",
    schema: z.object({
      id: z.string(),
      isCopy: z.boolean(),
      at: instant,
      actor: z.union([z.enum(["login", "system"]), z.templateLiteral(["operator:", z.string()]), userActor]),
      via: z.string().nullable(),
      action: z.enum(AUDIT_ACTIONS),
      userId: userId.nullable(),
      organizationId: organizationId.nullable(),
      tenant: z.string().nullable(),
      subject: z.string().nullable(),
      connection: z.string().nullable(),
      domain: domainName.nullable(),
      holder: z.string().nullable(),
      rule: z.enum(AUDIT_RULES).nullable(),
      source: z.enum(AUDIT_SOURCES).nullable(),
      invitationId: z.string().nullable(),
      batchId: z.string().nullable().default(null),
      before: auditValues,
      after: auditValues,
      keptUntil: z.int().optional(),
    }),
    key: auditKey,
    indexKeys: auditIndexKeys,
    deleteAfter: ({ keptUntil }) => keptUntil ?? null,
  },
  notice: {
    type: "notice",
    schema: z.object({
      shard: z.int(),
      atMs: z.int(),
      id: z.string(),
      // Of any cache: a process of another version may have others.
      keys: z.array(z.custom<CacheKey>((key) => typeof key === "string")),
    }),
    key: keys.notice,
    deleteAfter: ({ atMs }) => Math.floor(atMs / 1_000) + NOTICE_KEPT_SECONDS,
  },
  heartbeat: {
    type: "heartbeat",
    schema: z.object({ of: z.enum(["domain-recheck"]), endedAt: instant }),
    key: ({ of }) => keys.heartbeat(of),
  },
  eventCursor: {
    type: "event-cursor",
    schema: z.object({
      tenant: z.string(),
      offset: z.string().nullable(),
      eventAt: instant.nullable(),
      until: instant,
      questions: z.array(z.object({ subject: z.string(), at: instant.nullable(), answers: z.int().min(0) })),
      reconnects: z.int().min(0),
      unreadable: z.int().min(0),
    }),
    key: ({ tenant }) => keys.eventCursor(tenant),
  },
  reconciliation: {
    type: "reconciliation",
    schema: z.object({
      tenant: z.string(),
      lostAfter: z.string().nullable(),
      after: z.string().nullable(),
      left: z.array(z.object({ subject: z.string(), linkedAt: instant.nullable() })),
      read: z.int().min(0),
      gone: z.int().min(0),
      unaskable: z.int().min(0),
      at: instant,
      isEnded: z.boolean(),
    }),
    key: ({ tenant }) => keys.reconciliation(tenant),
  },
};
