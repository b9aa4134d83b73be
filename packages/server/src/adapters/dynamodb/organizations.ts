import { enabledOf, namedConnection, type Organizations } from "../../domain/index.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys, partitions } from "./table/keys.ts";
import { AUTH0_POINTER, CONNECTION, DOMAIN, ORGANIZATION } from "./table/organization-items.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoOrganizations(table: DynamoTable): Organizations {
  const organizations = itemsOf(table, ORGANIZATION);
  const pointers = itemsOf(table, AUTH0_POINTER);
  const domains = itemsOf(table, DOMAIN);
  const connections = itemsOf(table, CONNECTION);

  return {
    find: (id, signal) => organizations.get(keys.organization(id), signal),
    findMany: (ids, signal) =>
      inOneDeadline(table, signal, (deadline) =>
        organizations.getMany([...new Set(ids)].map(keys.organization), deadline),
      ),

    findByAuth0OrgId: (auth0OrgId, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const pointer = await pointers.get(keys.auth0Pointer(auth0OrgId), deadline);
        if (pointer === null) return null;
        const found = await organizations.get(keys.organization(pointer.organizationId), deadline);
        return found?.auth0OrgId === auth0OrgId ? found : null; // both change together, and were read one after the other
      }),

    async findConnection(name, signal) {
      const stored = await connections.get(keys.connection(name), signal);
      return stored === null ? null : namedConnection(stored);
    },
    listConnections: (id, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const found = await connections.listIndexed(indexKeys.connection(id), deadline);
        return found.flatMap((each) => enabledOf(namedConnection(each)) ?? []);
      }),

    listByDomain: (domain, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const verified = await domains.list(partitions.domain(domain), deadline);
        const ids = verified.map(({ organizationId }) => organizationId);
        const found = await organizations.getMany(ids.map(keys.organization), deadline);
        return found.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
      }),
  };
}
