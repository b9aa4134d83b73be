import { createHash, randomBytes } from "node:crypto";
import {
  type AuditEntry,
  auditPosition,
  type CanonicalEmail,
  type DomainName,
  type Membership,
  monthOf,
  type OrganizationId,
  type Seat,
  type SubjectKey,
  type UserId,
} from "../../../domain/index.ts";
import type { CacheKey } from "../../cache-keys.ts";
import { endOfPrefix, type SortKeyRange } from "./sort-keys.ts";

/** Enough until the year 33658, so that the order of the texts is that of the numbers. */
const DIGITS_OF_MS = 15;

/** The primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** An item's key in an index, which only listings read. */
export interface IndexKey {
  readonly index: IndexName;
  readonly pk: string;
  readonly sk: string;
}

/** The keys of one partition of an index whose sort keys lie in a range. */
export interface IndexRange extends SortKeyRange {
  readonly index: IndexName;
  readonly pk: string;
}

/** A partition that is queried as a whole: it holds items of one type. */
export type Partition = Pick<Key, "pk">;

/** An entry under its id, which is random: 64 hex digits. */
export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
}

/** The entry under a new id. */
export function identified(entry: AuditEntry): StoredAuditEntry {
  return { ...entry, id: randomBytes(32).toString("hex") };
}

/** What caches must forget because of a change. */
export interface StoredNotice {
  readonly shard: number;
  /** By the store's clock. */
  readonly atMs: number;
  /** Another one for each notice. */
  readonly id: string;
  readonly keys: readonly CacheKey[];
  /** In seconds since the epoch: the table's time to live. */
  readonly expiresAt: number;
}

/** The indexes, and the attributes that are their keys. An item without one of them is not in that index. */
export const INDEXES = {
  /** An organization's items, a person's links and a subject's seats. */
  byOrganization: { pk: "gsi1pk", sk: "gsi1sk" },
  /** Lists that one attribute selects: members of a role, links of a connection, domains that are due, and others. */
  byAttribute: { pk: "gsi2pk", sk: "gsi2sk" },
  /** An organization's audit entries by who acted. */
  byActor: { pk: "gsi3pk", sk: "sk" },
  /** An organization's audit entries by what was done. */
  byAction: { pk: "gsi4pk", sk: "sk" },
} as const;

export type IndexName = keyof typeof INDEXES;

/**
 * When DynamoDB may delete an item: a number of seconds since 1970. Only notices of changes have one: a time of
 * this name in other items is a text, which DynamoDB ignores.
 */
export const TTL_ATTRIBUTE = "expiresAt";

export const keys = {
  organization: (id: OrganizationId): Key => ({ pk: `ORG#${id}`, sk: "ORGANIZATION" }),
  auth0Pointer: (auth0OrgId: string): Key => ({ pk: `AUTH0ORG#${auth0OrgId}`, sk: "ORGANIZATION" }),
  domain: (domain: DomainName, id: OrganizationId) => keyIn(partitions.domain(domain), id),
  connection: (name: string): Key => ({ pk: `CONNECTION#${name}`, sk: "CONNECTION" }),
  membership: (userId: UserId, id: OrganizationId) => keyIn(partitions.user(userId), id),
  invitation: (email: CanonicalEmail, id: OrganizationId) => keyIn(partitions.invitations(email), id),
  link: (subject: SubjectKey): Key => ({ ...partitions.subject(subject), sk: "LINK" }),
  seat: ({ tenant, connection, userId }: Seat): Key => ({
    pk: `SEAT#${joined(tenant, connection, userId)}`,
    sk: "SEAT",
  }),
  invitationLedger: (id: OrganizationId): Key => ({ pk: `ORG#${id}`, sk: "INVITATIONS" }),
  domainClaim: (domain: DomainName, id: OrganizationId) => keyIn({ pk: `CLAIM#${domain}` }, id),
  connectionSetup: (id: OrganizationId): Key => ({ pk: `ORG#${id}`, sk: "SETUP" }),
  speakers: (userId: UserId): Key => ({ pk: `SPEAKERS#${userId}`, sk: "SPEAKERS" }),
  block: (userId: UserId): Key => ({ pk: `BLOCK#${userId}`, sk: "BLOCK" }),
  relinkWindow: (connection: string): Key => ({ pk: `WINDOW#${connection}`, sk: "WINDOW" }),
  auditEntry: (entry: StoredAuditEntry): Key => ({
    ...partitions.auditShard(entry.at, entry.id.slice(0, 1)),
    sk: auditPosition(entry),
  }),
  /** In the order of their times. */
  notice: ({ shard, atMs, id }: Pick<StoredNotice, "shard" | "atMs" | "id">): Key => ({
    pk: `CHANGES#${shard}`,
    sk: `${String(atMs).padStart(DIGITS_OF_MS, "0")}#${id}`,
  }),
};

export const partitions = {
  domain: (domain: DomainName): Partition => ({ pk: `DOMAIN#${domain}` }),
  /** Everything that is known of a subject. */
  subject: ({ tenant, subject }: SubjectKey): Partition => ({ pk: `SUBJECT#${joined(tenant, subject)}` }),
  user: (userId: UserId): Partition => ({ pk: `USER#${userId}` }),
  invitations: (email: CanonicalEmail): Partition => ({ pk: `INVITATION#${email}` }),
  /**
   * One of the 16 of the entry's month. A single partition for all months would grow forever, and DynamoDB accepts only
   * 1,000 writes per second in a partition.
   */
  auditShard: (at: string, hexDigit: string): Partition => ({ pk: `AUDIT#${monthOf(at)}#${hexDigit}` }),
  /** Every partition that may hold entries of the month. */
  auditShards: (at: string): readonly Partition[] =>
    Array.from("0123456789abcdef", (hexDigit) => partitions.auditShard(at, hexDigit)),
};

/** A month's entries of an organization. A million of them never share a partition with its members. */
export function auditIndexPartition(id: OrganizationId, month: string): string {
  return `AUDIT#${id}#${month}`;
}

/** Without its last argument, a function returns the prefix of all index keys of its type. */
export const indexKeys = {
  /** One partition holds every organization, so that listing them never scans the people. */
  organization: (id = ""): IndexKey => byOrganization("ORGANIZATIONS", `ORG#${id}`),
  domain: (id: OrganizationId, domain = "") => ofOrganization(id, `DOMAIN#${domain}`),
  domainClaim: (id: OrganizationId, domain = "") => ofOrganization(id, `CLAIM#${domain}`),
  connection: (id: OrganizationId, name = "") => ofOrganization(id, `CONNECTION#${name}`),
  /** The active ones by address, then the removed ones. */
  membership: (id: OrganizationId, of?: Pick<Membership, "status" | "email" | "userId">) =>
    ofOrganization(id, of === undefined ? "MEMBERSHIP#" : `MEMBERSHIP#${of.status}#${of.email}#${of.userId}`),
  invitation: (id: OrganizationId, email = "") => ofOrganization(id, `INVITATION#${email}`),
  link: (userId: UserId, of?: SubjectKey): IndexKey =>
    byOrganization(
      partitions.user(userId).pk,
      `LINK#${of === undefined ? "" : digest([of.tenant, of.subject])}`,
    ),
  seat: (subject: SubjectKey, of?: Seat): IndexKey =>
    byOrganization(
      partitions.subject(subject).pk,
      `SEAT#${of === undefined ? "" : digest([of.connection, of.userId])}`,
    ),
  /** None for an entry of no organization. */
  auditEntry: ({ organizationId, ...entry }: StoredAuditEntry): readonly IndexKey[] =>
    organizationId === null
      ? []
      : [byOrganization(auditIndexPartition(organizationId, monthOf(entry.at)), auditPosition(entry))],
};

/** Every index key that begins with the prefix. */
export function rangeOf({ index, pk, sk }: IndexKey): IndexRange {
  return { index, pk, from: sk, to: endOfPrefix(sk) };
}

/** An item's attributes for the indexes that it is in. */
export function indexAttributes(indexed: readonly IndexKey[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    indexed.flatMap(({ index, pk, sk }) => [
      [INDEXES[index].pk, pk],
      [INDEXES[index].sk, sk],
    ]),
  );
}

function keyIn(partition: Partition, id: OrganizationId): Key {
  return { ...partition, sk: `ORG#${id}` };
}

function byOrganization(pk: string, sk: string): IndexKey {
  return { index: "byOrganization", pk, sk };
}

function ofOrganization(id: OrganizationId, sk: string): IndexKey {
  return byOrganization(`ORG#${id}`, sk);
}

/**
 * A JSON array, because a subject may contain any character. No separator can be forged, and two different lists
 * never become the same string: JSON escapes lone surrogates, which UTF-8 would all encode alike. A subject of 255
 * characters takes at most 1,530 of a key's 2,048 bytes.
 */
function joined(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** For sort keys, which have at most 1,024 bytes, and for parts that are never read back. */
function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
