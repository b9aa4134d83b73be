import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import {
  type DomainName,
  isOwner,
  loginIdOf,
  type Membership,
  memberPlaces,
  memberWords,
  type Organization,
  type OrganizationId,
  Refusal,
} from "../../domain/index.ts";
import { auditKey, isCopied, isPast, type StoredAuditEntry } from "./table/audit-keys.ts";
import { ITEM_TYPES, type StoredItems } from "./table/item-types.ts";
import { INDEXES, type Key, keys, TTL_ATTRIBUTE } from "./table/keys.ts";
import { fromItem, type StoredItem, toItem } from "./table/stored-item.ts";

/** An item that is not valid, or that others contradict. */
export interface TableFinding extends Key {
  /** The end of a sentence about the item. It names no value but ids, domains and connections. */
  readonly problem: string;
}

/** What an item says of others. */
interface Relation {
  /** Where they are stored. */
  readonly keys: readonly Key[];
  /** What is wrong with what is stored there, in their order: the end of a sentence about the item. Null for nothing. */
  readonly problem: (others: readonly (StoredItem | undefined)[]) => string | null;
}

/** What an item says alone. */
interface Inspected {
  /** What is wrong with it: each is the end of a sentence about the item. */
  readonly problems: readonly string[];
  readonly relations: readonly Relation[];
}

export type Kind = keyof StoredItems;

const KINDS = new Map<unknown, Kind>(
  Object.entries(ITEM_TYPES).map(([kind, { type }]) => [type, kind as Kind]),
);

const INDEX_ATTRIBUTES = Object.values(INDEXES).flatMap(({ pk, sk }) => [pk, sk]);

/** What a valid item demands of others: one thing, several or none. */
const RELATIONS: { readonly [K in Kind]?: (value: StoredItems[K]) => Relation | readonly Relation[] } = {
  organization: relationsOfOrganization,
  pointer: ({ auth0OrgId, organizationId: id }) =>
    ofOrganization(id, "has another Auth0 id, or none", (it) => it.auth0OrgId === auth0OrgId),
  domain: ({ domain, organizationId: id }) =>
    ofOrganization(id, "does not list this domain", ({ domains }) => domains.includes(domain)),
  claim: ({ domain, organizationId: id, state, expiresAt }) =>
    ofOrganization(id, "does not list this claim", ({ claims, domains }) => {
      if (state === "lapsed") return domains.includes(domain);
      // One that has ended is taken off the list with the next claim.
      return claims[domain] === expiresAt || Date.parse(expiresAt) <= Date.now();
    }),
  connection: ({ name, organizationId: id, state }) =>
    state === "removed"
      ? []
      : ofOrganization(id, "does not list this connection", ({ connections }) => connections.includes(name)),
  setup: ({ name, organizationId: id }) =>
    ofOrganization(id, `lists its connection ${name} already`, (it) => !it.connections.includes(name)),
  membership: relationsOfMember,
  memberWord: (word) =>
    ofMember(word, (member) => memberWords(member).some((each) => isDeepStrictEqual(each, word))),
  memberPlace: (place) =>
    ofMember(place, (member) => memberPlaces(member).some((each) => isDeepStrictEqual(each, place))),
  invitation: ({ organizationId, consumedBy: userId }) =>
    userId === null
      ? []
      : relation("membership", keys.membership(userId, organizationId), (member) =>
          member === null ? `was accepted by ${userId}, who was never a member` : null,
        ),
  invitationLedger: ({ organizationId: id }) => ofOrganization(id, "exists", () => true),
  refusal: ({ organizationId: id }) => ofOrganization(id, "exists", () => true),
  link: ({ subject, ...link }) =>
    relation("seat", keys.seat(link), (seat) =>
      seat?.subject === subject ? null : "is of a subject that does not hold the seat of its user",
    ),
  // The subject may be linked through another connection since, whose seat its link demands.
  seat: ({ userId, ...key }) =>
    relation("link", keys.link(loginIdOf(key)), (link) =>
      link?.userId === userId ? null : "is held by a subject that is not linked so",
    ),
  // The end of a session is looked for only by tokens that are older than this.
  session: ({ at, ...key }) =>
    relation("facts", keys.facts(loginIdOf(key)), (facts) =>
      facts !== null && (facts.sidlessNotBefore ?? 0) >= at
        ? null
        : "has ended later than any session that the facts of its subject know of",
    ),
  auditEntry: relationsOfEntry,
};

/** Undefined for a type that is not known. */
export function kindOf({ type }: StoredItem): Kind | undefined {
  return KINDS.get(type);
}

/** Compares an item with its schema, its key and its place in the index. */
export function inspect(item: StoredItem): Inspected {
  const kind = kindOf(item);
  return kind === undefined ? { problems: ["is of an unknown type"], relations: [] } : inspectAs(kind, item);
}

function inspectAs<K extends Kind>(kind: K, item: StoredItem): Inspected {
  try {
    const value = fromItem(ITEM_TYPES[kind], item);
    const own = toItem(ITEM_TYPES[kind], value);
    const isInItsPlace = INDEX_ATTRIBUTES.every((name) => item[name] === own[name]);
    const problems = isInItsPlace ? [] : ["is in an index under a key that is not its own"];
    if (item[TTL_ATTRIBUTE] !== own[TTL_ATTRIBUTE]) problems.push("is deleted at a time that is not its own");
    return { problems, relations: [RELATIONS[kind]?.(value) ?? []].flat() };
  } catch (error) {
    return { problems: [problemOf(error)], relations: [] };
  }
}

function relationsOfOrganization(organization: Organization): readonly Relation[] {
  const { id, auth0OrgId, owners, domains, claims, connections } = organization;
  const claimed = Object.entries(claims) as [DomainName, string][];
  const auth0Ids = auth0OrgId === null ? [] : [auth0OrgId];
  return [
    ...owners.map((userId) =>
      relation("membership", keys.membership(userId, id), (member) =>
        member !== null && isOwner(member) ? null : `lists the owner ${userId}, who is not an active owner`,
      ),
    ),
    ...domains.map(
      (domain): Relation => ({
        keys: [keys.domain(domain, id), keys.domainClaim(domain, id)],
        problem: ([verified, claim]) =>
          verified !== undefined || validOf("claim", claim)?.state === "lapsed"
            ? null
            : `lists the domain ${domain}, which is neither verified nor lapsed`,
      }),
    ),
    ...claimed.map(([domain, expiresAt]) =>
      relation("claim", keys.domainClaim(domain, id), (claim) =>
        claim?.state === "pending" && claim.expiresAt === expiresAt
          ? null
          : `lists a claim of ${domain} until ${expiresAt}, which is not stored`,
      ),
    ),
    ...connections.map((name) =>
      relation("connection", keys.connection(name), (connection) =>
        connection?.organizationId === id && connection.state !== "removed"
          ? null
          : `lists the connection ${name}, which it does not have`,
      ),
    ),
    ...auth0Ids.map((auth0Id) =>
      relation("pointer", keys.auth0Pointer(auth0Id), (pointer) =>
        pointer?.organizationId === id ? null : `has the Auth0 id ${auth0Id}, which does not point to it`,
      ),
    ),
  ];
}

/** What lists and finds the member, and the organization of an owner. */
function relationsOfMember(member: Membership): readonly Relation[] {
  const { organizationId: id, userId } = member;
  const inOrganization = isOwner(member)
    ? [ofOrganization(id, "does not list this owner", ({ owners }) => owners.includes(userId))]
    : [];
  return [
    ...inOrganization,
    ...memberWords(member).map((word) =>
      relation("memberWord", keys.memberWord(word), (other) =>
        isDeepStrictEqual(other, word) ? null : "is not found by each word of the address and the name",
      ),
    ),
    ...memberPlaces(member).map((place) =>
      relation("memberPlace", keys.memberPlace(place), (other) =>
        other === null ? `is not in the list by ${place.by}` : null,
      ),
    ),
  ];
}

/** @param isOf whether it follows from the membership */
function ofMember(
  { userId, organizationId: id }: Pick<Membership, "userId" | "organizationId">,
  isOf: (member: Membership) => boolean,
): Relation {
  return relation("membership", keys.membership(userId, id), (member) =>
    member !== null && isOf(member) ? null : "does not follow from the membership",
  );
}

/** An entry of two users is stored twice, until its time is over. */
function relationsOfEntry(entry: StoredAuditEntry): readonly Relation[] {
  const { isCopy } = entry;
  if (isPast(entry) || (!isCopy && !isCopied(entry))) return [];
  const expected = { ...entry, isCopy: !isCopy };
  const problem = isCopy
    ? "is a copy of an entry that is not stored so"
    : "has no such copy for the user who acted";
  return [
    relation("auditEntry", auditKey(expected), (other) =>
      isCopied(entry) && isDeepStrictEqual(other, expected) ? null : problem,
    ),
  ];
}

/** What is wrong with an item that is not valid. It names fields, and no value. */
function problemOf(error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  if (!(error.cause instanceof z.ZodError)) return "contradicts its key";
  const fields = new Set(error.cause.issues.map(({ path }) => path.join(".")));
  return `is malformed: ${[...fields].join(", ")}`;
}

/** An item that is not valid is a finding of its own, and contradicts no other. */
function relation<K extends Kind>(
  kind: K,
  key: Key,
  problem: (other: StoredItems[K] | null) => string | null,
): Relation {
  return {
    keys: [key],
    problem: ([item]) => {
      const other = validOf(kind, item);
      return item !== undefined && other === null ? null : problem(other);
    },
  };
}

/** @param problem what is wrong with the organization if it is not as the item demands */
function ofOrganization(id: OrganizationId, problem: string, isSo: (of: Organization) => boolean): Relation {
  return relation("organization", keys.organization(id), (organization) => {
    if (organization === null) return `is of the organization ${id}, which does not exist`;
    return isSo(organization) ? null : `is of the organization ${id}, which ${problem}`;
  });
}

/** Null for an item that is absent or not valid. */
export function validOf<K extends Kind>(kind: K, item: StoredItem | undefined): StoredItems[K] | null {
  try {
    return item === undefined ? null : fromItem(ITEM_TYPES[kind], item);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
