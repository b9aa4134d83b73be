import { z } from "zod";
import {
  type DomainName,
  isOwner,
  type Organization,
  type OrganizationId,
  Refusal,
} from "../../domain/index.ts";
import {
  AUDIT_ENTRY,
  BLOCK,
  INVITATION,
  INVITATION_LEDGER,
  LINK,
  MEMBERSHIP,
  RELINK_WINDOW,
  SEAT,
  SPEAKERS,
} from "./table/item-types.ts";
import { type Key, keys } from "./table/keys.ts";
import {
  AUTH0_POINTER,
  CONNECTION,
  CONNECTION_SETUP,
  DOMAIN,
  DOMAIN_CLAIM,
  ORGANIZATION,
} from "./table/organization-items.ts";
import { fromItem, type ItemType, type StoredItem } from "./table/stored-item.ts";

/** What an item says of others. */
interface Relation {
  /** Where they are stored. */
  readonly keys: readonly Key[];
  /** What is wrong with what is stored there, in their order: the end of a sentence about the item. Null for nothing. */
  readonly problem: (others: readonly (StoredItem | undefined)[]) => string | null;
}

/** What an item says alone. */
export interface Inspected {
  /** What is wrong with it: each is the end of a sentence about the item. */
  readonly problems: readonly string[];
  readonly relations: readonly Relation[];
}

/** Compares an item with its schema, its key and its place in the index. */
export function inspect(item: StoredItem): Inspected {
  return INSPECTIONS.get(item.type)?.(item) ?? { problems: ["is of an unknown type"], relations: [] };
}

/** For every type of item, by its name. */
const INSPECTIONS: ReadonlyMap<unknown, (item: StoredItem) => Inspected> = new Map([
  inspection(ORGANIZATION, relationsOfOrganization),
  inspection(AUTH0_POINTER, ({ auth0OrgId, organizationId }) => [
    ofOrganization(organizationId, (organization) =>
      organization.auth0OrgId === auth0OrgId ? null : "has another Auth0 id, or none",
    ),
  ]),
  inspection(DOMAIN, ({ domain, organizationId }) => [
    ofOrganization(organizationId, ({ domains }) =>
      domains.includes(domain) ? null : "does not list this domain",
    ),
  ]),
  inspection(DOMAIN_CLAIM, ({ domain, organizationId, state, expiresAt }) => [
    ofOrganization(organizationId, ({ claims, domains }) => {
      // One that has ended is taken off the list with the next claim.
      const isOver = state === "pending" && Date.parse(expiresAt) <= Date.now();
      const isListed = state === "pending" ? claims[domain] === expiresAt : domains.includes(domain);
      return isOver || isListed ? null : "does not list this claim";
    }),
  ]),
  inspection(CONNECTION, ({ name, organizationId, state }) =>
    state === "removed"
      ? []
      : [
          ofOrganization(organizationId, ({ connections }) =>
            connections.includes(name) ? null : "does not list this connection",
          ),
        ],
  ),
  inspection(CONNECTION_SETUP, ({ organizationId, name }) => [
    ofOrganization(organizationId, ({ connections }) =>
      connections.includes(name) ? `lists its connection ${name} already` : null,
    ),
  ]),
  inspection(MEMBERSHIP, (membership) =>
    isOwner(membership)
      ? [
          ofOrganization(membership.organizationId, ({ owners }) =>
            owners.includes(membership.userId) ? null : "does not list this owner",
          ),
        ]
      : [],
  ),
  inspection(INVITATION, ({ organizationId, consumedBy }) =>
    consumedBy === null
      ? []
      : [
          relation(MEMBERSHIP, keys.membership(consumedBy, organizationId), (membership) =>
            membership === null ? `was accepted by ${consumedBy}, who was never a member` : null,
          ),
        ],
  ),
  inspection(INVITATION_LEDGER, ({ organizationId }) => [ofOrganization(organizationId, () => null)]),
  inspection(LINK, ({ subject, ...link }) => [
    relation(SEAT, keys.seat(link), (seat) =>
      seat?.subject === subject ? null : "is of a subject that does not hold the seat of its user",
    ),
  ]),
  // The subject may be linked through another connection since, whose seat its link demands.
  inspection(SEAT, ({ tenant, subject, userId }) => [
    relation(LINK, keys.link({ tenant, subject }), (link) =>
      link?.userId === userId ? null : "is held by a subject that is not linked so",
    ),
  ]),
  inspection(SPEAKERS),
  inspection(BLOCK),
  inspection(RELINK_WINDOW),
  inspection(AUDIT_ENTRY),
]);

function relationsOfOrganization(organization: Organization): readonly Relation[] {
  const { id, auth0OrgId, owners, domains, claims, connections } = organization;
  const pointed = auth0OrgId === null ? [] : [auth0OrgId];
  return [
    ...owners.map((userId) =>
      relation(MEMBERSHIP, keys.membership(userId, id), (membership) =>
        membership !== null && isOwner(membership)
          ? null
          : `lists the owner ${userId}, who is not an active owner`,
      ),
    ),
    ...domains.map(
      (domain): Relation => ({
        keys: [keys.domain(domain, id), keys.domainClaim(domain, id)],
        problem: ([verified, claim]) =>
          verified !== undefined || validOf(DOMAIN_CLAIM, claim)?.state === "lapsed"
            ? null
            : `lists the domain ${domain}, which is neither verified nor lapsed`,
      }),
    ),
    ...(Object.entries(claims) as [DomainName, string][]).map(([domain, expiresAt]) =>
      relation(DOMAIN_CLAIM, keys.domainClaim(domain, id), (claim) =>
        claim?.state === "pending" && claim.expiresAt === expiresAt
          ? null
          : `lists a claim of ${domain} until ${expiresAt}, which is not stored`,
      ),
    ),
    ...connections.map((name) =>
      relation(CONNECTION, keys.connection(name), (connection) =>
        connection?.organizationId === id && connection.state !== "removed"
          ? null
          : `lists the connection ${name}, which it does not have`,
      ),
    ),
    ...pointed.map((auth0Id) =>
      relation(AUTH0_POINTER, keys.auth0Pointer(auth0Id), (pointer) =>
        pointer?.organizationId === id ? null : `has the Auth0 id ${auth0Id}, which does not point to it`,
      ),
    ),
  ];
}

function inspection<T extends object>(
  itemType: ItemType<T>,
  relationsOf: (value: T) => readonly Relation[] = () => [],
): readonly [string, (item: StoredItem) => Inspected] {
  const inspectItem = (item: StoredItem): Inspected => {
    try {
      const value = fromItem(itemType, item);
      const { gsi1pk, gsi1sk } = itemType.indexKey?.(value) ?? {};
      const isInItsPlace = item.gsi1pk === gsi1pk && item.gsi1sk === gsi1sk;
      const problems = isInItsPlace ? [] : ["is in the index under a key that is not its own"];
      return { problems, relations: relationsOf(value) };
    } catch (error) {
      return { problems: [problemOf(error)], relations: [] };
    }
  };
  return [itemType.type, inspectItem];
}

/** What is wrong with an item that is not valid. It names fields, and no value. */
function problemOf(error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  if (!(error.cause instanceof z.ZodError)) return "contradicts its key";
  const fields = new Set(error.cause.issues.map(({ path }) => path.join(".")));
  return `is malformed: ${[...fields].join(", ")}`;
}

/** An item that is not valid is a finding of its own, and contradicts no other. */
function relation<T extends object>(
  itemType: ItemType<T>,
  key: Key,
  problem: (other: T | null) => string | null,
): Relation {
  return {
    keys: [key],
    problem: ([item]) => {
      const other = validOf(itemType, item);
      return item !== undefined && other === null ? null : problem(other);
    },
  };
}

function ofOrganization(
  id: OrganizationId,
  problem: (organization: Organization) => string | null,
): Relation {
  return relation(ORGANIZATION, keys.organization(id), (organization) => {
    if (organization === null) return `is of the organization ${id}, which does not exist`;
    const found = problem(organization);
    return found === null ? null : `is of the organization ${id}, which ${found}`;
  });
}

/** Null for an item that is absent or not valid. */
function validOf<T extends object>(itemType: ItemType<T>, item: StoredItem | undefined): T | null {
  try {
    return item === undefined ? null : fromItem(itemType, item);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
