import { createHash } from "node:crypto";
import {
  type CanonicalEmail,
  type DomainName,
  type HeldHeartbeat,
  type HeldNotice,
  type Invitation,
  type InvitationList,
  type LoginId,
  listPlaceOf,
  loginIdOf,
  type MemberPlace,
  type Membership,
  type MemberWord,
  memberPosition,
  type OrganizationId,
  type RecentRefusal,
  type Role,
  type Seat,
  type SubjectKey,
  shelfOf,
  type UserId,
  type VerifiedDomain,
} from "../../../domain/index.ts";
import type { CacheKey } from "../../cache-keys.ts";
import { beginOfPrefix, endOfPrefix, type SortKeyRange } from "./sort-keys.ts";

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

/** A partition of an index. */
export type IndexPartition = Pick<IndexKey, "index" | "pk">;

/** The keys of one partition of an index whose sort keys lie in a range. */
export interface IndexRange extends SortKeyRange, IndexPartition {}

/** A partition that is queried as a whole: it holds items of one type. */
export type Partition = Pick<Key, "pk">;

/** What caches must forget because of a change. */
export interface StoredNotice extends HeldNotice {
  readonly keys: readonly CacheKey[];
}

/** The indexes, and the attributes that are their keys. An item without one of them is not in that index. */
export const INDEXES = {
  /** An organization's items, a person's links and a subject's seats. */
  byOrganization: { pk: "gsi1pk", sk: "gsi1sk" },
  /** Lists that one attribute selects: members of a role, links of a connection, domains that are due, and others. */
  byAttribute: { pk: "gsi2pk", sk: "gsi2sk" },
  /** An organization's audit entries by the kind of actor, and its open invitations of operators. */
  byActor: { pk: "gsi3pk", sk: "sk" },
  /** An organization's audit entries by what was done. */
  byAction: { pk: "gsi4pk", sk: "sk" },
} as const;

export type IndexName = keyof typeof INDEXES;

/**
 * When DynamoDB may delete an item: a number of seconds since 1970. Only notices, invitations, ended sessions and refusals
 * have one, and entries of the audit that were written while it was to be kept for some days.
 */
export const TTL_ATTRIBUTE = "deleteAfter";

const SESSION = "SESSION#";

export const keys = {
  organization: (id: OrganizationId): Key => ({ pk: `ORG#${id}`, sk: "ORGANIZATION" }),
  auth0Pointer: (auth0OrgId: string): Key => ({ pk: `AUTH0ORG#${auth0OrgId}`, sk: "ORGANIZATION" }),
  domain: (domain: DomainName, id: OrganizationId) => keyIn(partitions.domain(domain), id),
  connection: (name: string): Key => ({ pk: `CONNECTION#${name}`, sk: "CONNECTION" }),
  membership: (userId: UserId, id: OrganizationId) => keyIn(partitions.user(userId), id),
  memberWord: ({ organizationId, userId, word }: Omit<MemberWord, "words">): Key => ({
    ...partitions.memberWords(organizationId, shelfOf(word) ?? ""),
    sk: `${word}#${userId}`,
  }),
  memberPlace: ({ organizationId, by, role, position }: Omit<MemberPlace, "userId">): Key => ({
    ...partitions.memberPlaces(organizationId, by, role),
    sk: position,
  }),
  invitation: (email: CanonicalEmail, id: OrganizationId) => keyIn(partitions.invitations(email), id),
  link: (loginId: LoginId): Key => ({ ...partitions.login(loginId), sk: "LINK" }),
  seat: ({ tenant, connection, userId }: Seat): Key => ({
    pk: `SEAT#${joined(tenant, connection, userId)}`,
    sk: "SEAT",
  }),
  invitationLedger: (id: OrganizationId): Key => ({ pk: `ORG#${id}`, sk: "INVITATIONS" }),
  domainClaim: (domain: DomainName, id: OrganizationId) => keyIn({ pk: `CLAIM#${domain}` }, id),
  connectionSetup: (id: OrganizationId): Key => ({ pk: `ORG#${id}`, sk: "SETUP" }),
  refusal: ({ organizationId, slot }: Pick<RecentRefusal, "organizationId" | "slot">): Key => ({
    ...partitions.refusals(organizationId),
    sk: `SLOT#${String(slot).padStart(2, "0")}`,
  }),
  speakers: (userId: UserId): Key => ({ pk: `SPEAKERS#${userId}`, sk: "SPEAKERS" }),
  block: (userId: UserId): Key => ({ pk: `BLOCK#${userId}`, sk: "BLOCK" }),
  signOut: (userId: UserId): Key => ({ pk: `SIGNED_OUT#${userId}`, sk: "SIGNED_OUT" }),
  facts: (loginId: LoginId): Key => ({ ...partitions.login(loginId), sk: "FACTS" }),
  session: (loginId: LoginId, sid: string): Key => ({
    ...partitions.login(loginId),
    sk: `${SESSION}${digest([sid])}`,
  }),
  heartbeat: (of: HeldHeartbeat["of"]): Key => ({ pk: `HEARTBEAT#${of}`, sk: "HEARTBEAT" }),
  eventCursor: (tenant: string): Key => ({ pk: `EVENTS#${joined(tenant)}`, sk: "CURSOR" }),
  reconciliation: (tenant: string): Key => ({ pk: `EVENTS#${joined(tenant)}`, sk: "RECONCILIATION" }),
  relinkWindow: (connection: string): Key => ({ pk: `WINDOW#${connection}`, sk: "WINDOW" }),
  /** In the order of their times. */
  notice: ({ shard, atMs, id }: Pick<StoredNotice, "shard" | "atMs" | "id">): Key => ({
    pk: `CHANGES#${shard}`,
    sk: `${String(atMs).padStart(DIGITS_OF_MS, "0")}#${id}`,
  }),
};

/** A subject's facts and its link, which stand beside each other in its partition. */
export function knownOfLogin(loginId: LoginId): Partition & SortKeyRange {
  return { ...partitions.login(loginId), from: keys.facts(loginId).sk, to: keys.link(loginId).sk };
}

/** The ended sessions of a subject, in its partition. */
export function endedSessions(loginId: LoginId): Partition & SortKeyRange {
  return { ...partitions.login(loginId), from: beginOfPrefix(SESSION), to: endOfPrefix(SESSION) };
}

export const partitions = {
  domain: (domain: DomainName): Partition => ({ pk: `DOMAIN#${domain}` }),
  /** Everything that is known of a subject. */
  login: (loginId: LoginId): Partition => ({ pk: `SUBJECT#${loginId}` }),
  user: (userId: UserId): Partition => ({ pk: `USER#${userId}` }),
  invitations: (email: CanonicalEmail): Partition => ({ pk: `INVITATION#${email}` }),
  /** The words of an organization's members that begin alike. */
  memberWords: (id: OrganizationId, shelf: string): Partition => ({ pk: `ORG#${id}#WORD#${shelf}` }),
  memberPlaces: (id: OrganizationId, by: MemberPlace["by"], role: Role): Partition => ({
    pk: `ORG#${id}#${by.toUpperCase()}#${role}`,
  }),
  /** Apart from the organization, so that nothing that signs people in meets what a flood writes. */
  refusals: (id: OrganizationId): Partition => ({ pk: `REFUSALS#${id}` }),
};

const DOMAINS_DUE = "DOMAINS_DUE";
/** The invitations of an organization that stand in the list. */
export function invitationListPartition(id: OrganizationId, list: InvitationList): string {
  return `ORG#${id}#INVITATIONS#${list}`;
}

type Listed = Pick<Membership, "status" | "email" | "userId">;

/** Without its last argument, a function returns the prefix of all index keys of its type. */
export const indexKeys = {
  /** One partition holds every organization, so that listing them never scans the people. */
  organization: (id = ""): IndexKey => byOrganization("ORGANIZATIONS", `ORG#${id}`),
  domain: (id: OrganizationId, domain = "") => ofOrganization(id, `DOMAIN#${domain}`),
  /** Those that `domain recheck` looks at, of all organizations. */
  domainSeen: (
    seenAt: string,
    { domain, organizationId }: Pick<VerifiedDomain, "domain" | "organizationId">,
  ) => byAttribute(DOMAINS_DUE, `${seenAt}#${domain}#${organizationId}`),
  domainClaim: (id: OrganizationId, domain = "") => ofOrganization(id, `CLAIM#${domain}`),
  connection: (id: OrganizationId, name = "") => ofOrganization(id, `CONNECTION#${name}`),
  /** In the order of the list. */
  membership: (id: OrganizationId, of?: Listed) =>
    ofOrganization(id, `MEMBERSHIP#${of === undefined ? "" : memberPosition(of)}`),
  /** Those with the role, in the same order. */
  memberWithRole: (id: OrganizationId, role: Role, of?: Listed): IndexKey =>
    byAttribute(`ORG#${id}#ROLE#${role}`, of === undefined ? "" : memberPosition(of)),
  invitation: (id: OrganizationId, email = "") => ofOrganization(id, `INVITATION#${email}`),
  /** Those of a list, in its order. */
  listedInvitation: (invitation: Invitation): IndexKey => {
    const { list, position } = listPlaceOf(invitation);
    return byAttribute(invitationListPartition(invitation.organizationId, list), position);
  },
  link: (userId: UserId, of?: SubjectKey): IndexKey => byOrganization(partitions.user(userId).pk, linkOf(of)),
  /** The links that were made through a connection. */
  linked: (connection: string, of?: SubjectKey): IndexKey => byAttribute(`LINKS#${connection}`, linkOf(of)),
  /** The open invitations of operators. */
  offered: (id: OrganizationId): IndexKey => ({ index: "byActor", pk: `OFFERED#${id}`, sk: `ORG#${id}` }),
  seat: (subject: SubjectKey, of?: Seat): IndexKey =>
    byOrganization(
      partitions.login(loginIdOf(subject)).pk,
      `SEAT#${of === undefined ? "" : digest([of.connection, of.userId])}`,
    ),
};

/** The domains that were last seen at this time (ISO 8601, UTC) or before; all of them without a time. */
export function domainsSeen(until: string | null = null): IndexRange {
  const to = endOfPrefix(until === null ? "" : `${until}#`);
  return { index: "byAttribute", pk: DOMAINS_DUE, from: "0", to };
}

/** Every index key that begins with the prefix. */
export function rangeOf({ index, pk, sk }: IndexKey): IndexRange {
  return { index, pk, from: beginOfPrefix(sk), to: endOfPrefix(sk) };
}

/** The primary keys of one partition that begin with the prefix. */
export function keysFrom({ pk }: Partition, prefix: string): Partition & SortKeyRange {
  return { pk, from: beginOfPrefix(prefix), to: endOfPrefix(prefix) };
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

function linkOf(of: SubjectKey | undefined): string {
  return `LINK#${of === undefined ? "" : loginIdOf(of)}`;
}

function byAttribute(pk: string, sk: string): IndexKey {
  return { index: "byAttribute", pk, sk };
}

function ofOrganization(id: OrganizationId, sk: string): IndexKey {
  return byOrganization(`ORG#${id}`, sk);
}

/**
 * A JSON array, because a name may contain any character. No separator can be forged, and two different lists never become
 * the same string: JSON escapes lone surrogates, which UTF-8 would all encode alike.
 */
function joined(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** For sort keys, which have at most 1,024 bytes, and for parts that are never read back. */
function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
