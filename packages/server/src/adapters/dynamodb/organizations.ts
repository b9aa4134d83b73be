import {
  type ConnectionStore,
  type DomainStore,
  enabledIn,
  type Organizations,
  type VerifiedDomain,
} from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { type IndexPage, ItemsOf } from "./table/items.ts";
import { domainsSeen, indexKeys, keys, partitions } from "./table/keys.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoOrganizations(table: DynamoTable): Organizations {
  const organizations = new ItemsOf(table, ITEM_TYPES.organization);
  const pointers = new ItemsOf(table, ITEM_TYPES.pointer);
  const domains = new ItemsOf(table, ITEM_TYPES.domain);
  const connections = new ItemsOf(table, ITEM_TYPES.connection);

  return {
    find: (id, signal) => organizations.get(keys.organization(id), signal),
    findMany: (ids, signal) => organizations.getMany([...new Set(ids)].map(keys.organization), signal),

    findByAuth0OrgId: (auth0OrgId, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const pointer = await pointers.get(keys.auth0Pointer(auth0OrgId), deadline);
        if (pointer === null) return null;
        const found = await organizations.get(keys.organization(pointer.organizationId), deadline);
        return found?.auth0OrgId === auth0OrgId ? found : null; // both change together, and were read one after the other
      }),

    findConnection: (name, signal) => connections.get(keys.connection(name), signal),
    listConnections: (id, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const organization = await organizations.get(keys.organization(id), deadline);
        const names = organization?.connections ?? [];
        return enabledIn(id, await connections.getMany(names.map(keys.connection), deadline));
      }),

    listByDomain: (domain, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const verified = await domains.list(partitions.domain(domain), deadline);
        const ids = verified.map(({ organizationId }) => organizationId);
        return organizations.getMany(ids.map(keys.organization), deadline);
      }),
  };
}

export function dynamoConnections(table: DynamoTable): ConnectionStore {
  const connections = new ItemsOf(table, ITEM_TYPES.connection);
  const setups = new ItemsOf(table, ITEM_TYPES.setup);

  return {
    find: (name, signal) => connections.get(keys.connection(name), signal),
    findMany: (names, signal) => connections.getMany(names.map(keys.connection), signal),
    findSetup: (id, signal) => setups.get(keys.connectionSetup(id), signal),
  };
}

export function dynamoDomains(table: DynamoTable): DomainStore {
  const domains = new ItemsOf(table, ITEM_TYPES.domain);
  const claims = new ItemsOf(table, ITEM_TYPES.claim);
  const heartbeats = new ItemsOf(table, ITEM_TYPES.heartbeat);

  return {
    async find(id, name, signal) {
      const [domain, claim] = await Promise.all([
        domains.get(keys.domain(name, id), signal),
        claims.get(keys.domainClaim(name, id), signal),
      ]);
      return { domain, claim };
    },

    list: (id, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const [verified, claimed] = await Promise.all([
          domains.listIndexed(indexKeys.domain(id), deadline),
          claims.listIndexed(indexKeys.domainClaim(id), deadline),
        ]);
        return { domains: verified, claims: claimed };
      }),

    async *listDue(since, signal) {
      let after: string | null = null;
      do {
        const page: IndexPage<VerifiedDomain> = await domains.listPage(
          { range: domainsSeen(since), after, limit: DUE_AT_ONCE },
          signal,
        );
        yield* page.items;
        after = page.last;
      } while (after !== null);
    },

    recheckEnded: (endedAt, signal) => heartbeats.put({ of: RECHECK, endedAt }, signal),
  };
}

/** Domains in a page of those that are due. A page is stale by as long as its domains take. */
const DUE_AT_ONCE = 25;
const RECHECK = "domain-recheck";

/**
 * Since when no recheck has got to its end, as a time (ISO 8601, UTC): that of the last one, or when the domain was verified
 * that has waited longest, if there was none since. Null while no domain is verified by DNS.
 */
export function dynamoUncheckedSince(table: DynamoTable): (signal: AbortSignal) => Promise<string | null> {
  const domains = new ItemsOf(table, ITEM_TYPES.domain);
  const heartbeats = new ItemsOf(table, ITEM_TYPES.heartbeat);
  return async (signal) => {
    const [{ items }, heartbeat] = await Promise.all([
      domains.listPage({ range: domainsSeen(), after: null, limit: 1 }, signal),
      heartbeats.get(keys.heartbeat(RECHECK), signal),
    ]);
    const [first] = items;
    if (first === undefined) return null;
    return [first.verifiedAt, heartbeat?.endedAt ?? ""].sort().at(-1) ?? null;
  };
}
