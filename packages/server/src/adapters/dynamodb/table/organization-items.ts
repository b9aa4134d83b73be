import { z } from "zod";
import {
  FOUND_KINDS,
  type Items,
  LOCKABLE,
  lastSeenAt,
  MAX_OWNERS,
  MAX_REFUSALS,
  REFUSALS_KEPT_MS,
  REFUSED_REASONS,
  SETUP_STEPS,
} from "../../../domain/index.ts";
import { indexKeys, keys } from "./keys.ts";
import { domainName, email, instant, organizationId, role, userId } from "./scalars.ts";
import type { ItemType } from "./stored-item.ts";

const domainProof = z.object({
  token: z.string(),
  checkedAt: instant.nullable(),
  found: z
    .object({
      kind: z.enum(FOUND_KINDS),
      values: z.array(z.string()),
      seenBy: z.int().min(0),
      resolvers: z.int().min(0),
    })
    .nullable(),
  missingSince: instant.nullable(),
  reminders: z.int().min(0),
});

/** What an organization consists of besides its people. */
export const ORGANIZATION_ITEMS: {
  readonly [Kind in
    | "organization"
    | "pointer"
    | "domain"
    | "claim"
    | "connection"
    | "setup"
    | "refusal"]: ItemType<Items[Kind]>;
} = {
  organization: {
    type: "organization",
    schema: z.object({
      id: organizationId,
      name: z.string(),
      auth0OrgId: z.string().nullable(),
      jit: z.boolean(),
      defaultRole: role,
      enforceSso: z.boolean(),
      trusts: z.array(organizationId),
      state: z.enum(["open", "closed"]),
      closing: z
        .object({
          at: instant,
          by: userId.nullable(),
          mail: z.enum(["sending", "sent", "failed", "none"]),
        })
        .nullable()
        .default(null), // absent from what an earlier version has stored, as the next
      closingAskedAt: instant.nullable().default(null),
      locked: z.array(z.enum(LOCKABLE)),
      owners: z.array(userId).max(MAX_OWNERS),
      domains: z.array(domainName),
      claims: z.record(domainName, instant),
      connections: z.array(z.string()),
      applied: z
        .object({
          digest: z.string(),
          rev: z.string(),
          invitations: z.object({ changes: z.int().min(0), until: instant.nullable() }).nullable(),
        })
        .nullable(),
      rev: z.string(),
    }),
    key: ({ id }) => keys.organization(id),
    indexKeys: ({ id }) => [indexKeys.organization(id)],
  },
  pointer: {
    type: "auth0-pointer",
    schema: z.object({ auth0OrgId: z.string(), organizationId, rev: z.string() }),
    key: ({ auth0OrgId }) => keys.auth0Pointer(auth0OrgId),
  },
  domain: {
    type: "domain",
    schema: z.object({
      domain: domainName,
      organizationId,
      verifiedBy: z.enum(["operator", "dns"]),
      verifiedAt: instant,
      proof: domainProof.nullable(),
      rev: z.string(),
    }),
    key: (domain) => keys.domain(domain.domain, domain.organizationId),
    indexKeys(domain) {
      const seenAt = lastSeenAt(domain);
      const seen = seenAt === null ? [] : [indexKeys.domainSeen(seenAt, domain)];
      return [indexKeys.domain(domain.organizationId, domain.domain), ...seen];
    },
  },
  claim: {
    type: "domain-claim",
    schema: z.object({
      domain: domainName,
      organizationId,
      state: z.enum(["pending", "lapsed"]),
      proof: domainProof,
      claimedAt: instant,
      expiresAt: instant,
      rev: z.string(),
    }),
    key: (claim) => keys.domainClaim(claim.domain, claim.organizationId),
    indexKeys: (claim) => [indexKeys.domainClaim(claim.organizationId, claim.domain)],
  },
  connection: {
    type: "connection",
    schema: z.object({
      name: z.string(),
      strategy: z.string(),
      displayName: z.string(),
      organizationId,
      state: z.enum(["enabled", "disabled", "removed"]),
      origin: z.enum(["operator", "self-service"]),
      auth0Id: z.string().nullable(),
      testedAt: instant.nullable(),
      rev: z.string(),
    }),
    key: ({ name }) => keys.connection(name),
    // Removed ones stay stored, however many there will be, and no list has them.
    indexKeys: ({ state, organizationId: id, name }) =>
      state === "removed" ? [] : [indexKeys.connection(id, name)],
  },
  setup: {
    type: "connection-setup",
    schema: z.object({
      organizationId,
      name: z.string(),
      displayName: z.string(),
      startedAt: instant,
      ticketId: z.string().nullable(),
      waitingFor: z.enum(SETUP_STEPS).nullable(),
      askedAt: instant.nullable(),
      rev: z.string(),
    }),
    key: ({ organizationId: id }) => keys.connectionSetup(id),
  },
  refusal: {
    type: "refusal",
    schema: z.object({
      organizationId,
      slot: z
        .int()
        .min(0)
        .max(MAX_REFUSALS - 1),
      connection: z.string().nullable(),
      email: email.nullable(),
      domain: domainName.nullable(),
      userId: userId.nullable(),
      reason: z.enum(REFUSED_REASONS),
      firstAt: instant,
      lastAt: instant,
      count: z.int().min(1),
      askedAt: instant.nullable(),
      rev: z.string(),
    }),
    key: keys.refusal,
    deleteAfter: ({ lastAt }) => Math.ceil((Date.parse(lastAt) + REFUSALS_KEPT_MS) / 1_000),
  },
};
