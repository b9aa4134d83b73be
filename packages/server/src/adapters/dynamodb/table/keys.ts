import { createHash } from "node:crypto";
import type {
  AuditEntry,
  CanonicalEmail,
  DomainName,
  OrganizationId,
  Seat,
  SubjectKey,
  UserId,
} from "../../../domain/index.ts";

/** The primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Where an item stands in the index, which only listings read. */
export interface IndexKey {
  readonly gsi1pk: string;
  readonly gsi1sk: string;
}

/** A partition that is queried as a whole: it holds items of one type. */
export type Partition = Pick<Key, "pk">;

/** The one index: what belongs to an organization, the links of a person, the seats of a subject. */
export const INDEX = "byOrganization";

/** One index partition holds every organization, so that listing them never scans the people. */
const ORGANIZATIONS = "ORGANIZATIONS";

export const keys = {
  organization: (id: OrganizationId): Key => ({ pk: `ORG#${id}`, sk: "ORGANIZATION" }),
  auth0Pointer: (auth0OrgId: string): Key => ({ pk: `AUTH0ORG#${auth0OrgId}`, sk: "ORGANIZATION" }),
  domain: (domain: DomainName, id: OrganizationId): Key => ({
    ...partitions.domain(domain),
    sk: `ORG#${id}`,
  }),
  connection: (name: string): Key => ({ pk: `CONNECTION#${name}`, sk: "CONNECTION" }),
  membership: (userId: UserId, id: OrganizationId): Key => ({ ...partitions.user(userId), sk: `ORG#${id}` }),
  invitation: (email: CanonicalEmail, id: OrganizationId): Key => ({
    ...partitions.invitations(email),
    sk: `ORG#${id}`,
  }),
  link: ({ tenant, subject }: SubjectKey): Key => ({ pk: `LINK#${joined(tenant, subject)}`, sk: "LINK" }),
  seat: ({ tenant, connection, userId }: Seat): Key => ({
    pk: `SEAT#${joined(tenant, connection, userId)}`,
    sk: "SEAT",
  }),
  speakers: (userId: UserId): Key => ({ pk: `SPEAKERS#${userId}`, sk: "SPEAKERS" }),
  upgrade: (step: string): Key => ({ pk: `UPGRADE#${step}`, sk: "UPGRADE" }),
  block: (userId: UserId): Key => ({ pk: `BLOCK#${userId}`, sk: "BLOCK" }),
  relinkWindow: (connection: string): Key => ({ pk: `WINDOW#${connection}`, sk: "WINDOW" }),
  /**
   * Addressed by its content: appending the same again is one item. A null `domain` is left out of the address:
   * entries stored before the field existed keep theirs.
   */
  auditEntry: ({ domain, ...entry }: AuditEntry): Key => {
    const content = domain === null ? entry : { ...entry, domain };
    const sk = `${entry.at}#${digest(Object.entries(content).sort())}`;
    return { ...partitions.auditShard(entry.at, digest([sk]).slice(0, 1)), sk };
  },
  /** Where entries were stored while a month was one partition. */
  formerAuditEntry: (entry: AuditEntry): Key => ({
    ...partitions.auditMonth(entry.at),
    sk: keys.auditEntry(entry).sk,
  }),
};

export const partitions = {
  domain: (domain: DomainName): Partition => ({ pk: `DOMAIN#${domain}` }),
  user: (userId: UserId): Partition => ({ pk: `USER#${userId}` }),
  invitations: (email: CanonicalEmail): Partition => ({ pk: `INVITATION#${email}` }),
  /** The month of an ISO 8601 time in UTC: one partition would grow for ever. */
  auditMonth: (at: string): Partition => ({ pk: `AUDIT#${at.slice(0, "yyyy-mm".length)}` }),
  /** One of the month's sixteen: DynamoDB takes only 1,000 writes a second in a partition. */
  auditShard: (at: string, hexDigit: string): Partition => ({
    pk: `${partitions.auditMonth(at).pk}#${hexDigit}`,
  }),
  /** Everything that a month's entries may be in, the partition of before included. */
  auditShards: (at: string): readonly Partition[] => [
    partitions.auditMonth(at),
    ...Array.from("0123456789abcdef", (hexDigit) => partitions.auditShard(at, hexDigit)),
  ],
};

export const indexKeys = {
  organization: (id: string): IndexKey => ({ gsi1pk: ORGANIZATIONS, gsi1sk: `ORG#${id}` }),
  domain: (id: OrganizationId, domain: string): IndexKey => ofOrganization(id, `DOMAIN#${domain}`),
  connection: (id: OrganizationId, name: string): IndexKey => ofOrganization(id, `CONNECTION#${name}`),
  membership: (id: OrganizationId, userId: string): IndexKey => ofOrganization(id, `MEMBERSHIP#${userId}`),
  invitation: (id: OrganizationId, email: string): IndexKey => ofOrganization(id, `INVITATION#${email}`),
  link: ({ userId, tenant, subject }: SubjectKey & { readonly userId: UserId }): IndexKey => ({
    ...indexPrefixes.links(userId),
    gsi1sk: `LINK#${digest([tenant, subject])}`,
  }),
  seat: ({ tenant, connection, userId, subject }: Seat & SubjectKey): IndexKey => ({
    ...indexPrefixes.seats({ tenant, subject }),
    gsi1sk: `SEAT#${digest([connection, userId])}`,
  }),
};

/** What the index keys of one type begin with: the query for all of them. */
export const indexPrefixes = {
  organizations: () => indexKeys.organization(""),
  domains: (id: OrganizationId) => indexKeys.domain(id, ""),
  connections: (id: OrganizationId) => indexKeys.connection(id, ""),
  memberships: (id: OrganizationId) => indexKeys.membership(id, ""),
  invitations: (id: OrganizationId) => indexKeys.invitation(id, ""),
  links: (userId: UserId): IndexKey => ({ gsi1pk: `USER#${userId}`, gsi1sk: "LINK#" }),
  seats: ({ tenant, subject }: SubjectKey): IndexKey => ({
    gsi1pk: `SUBJECT#${joined(tenant, subject)}`,
    gsi1sk: "SEAT#",
  }),
};

function ofOrganization(id: OrganizationId, gsi1sk: string): IndexKey {
  return { gsi1pk: `ORG#${id}`, gsi1sk };
}

/**
 * A JSON array, because subjects may hold any character: no separator can be forged, and two different lists
 * never become one string, not even with lone surrogates, which UTF-8 would fold together and JSON escapes. A
 * subject of 255 characters takes at most 1,530 of a key's 2,048 bytes.
 */
function joined(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** For what must be short, a sort key of the index has 1,024 bytes at most, or cannot be taken apart anyway. */
function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
