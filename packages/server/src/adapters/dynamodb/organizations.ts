import { enabledOf, namedConnection, type Organizations } from "../../domain/index.ts";
import { auth0Pointers } from "./auth0-pointers.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys, partitions } from "./table/keys.ts";
import { CONNECTION, DOMAIN, ORGANIZATION } from "./table/organization-items.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoOrganizations(table: DynamoTable): Organizations {
  const organizations = itemsOf(table, ORGANIZATION);
  const pointers = auth0Pointers(table);
  const domains = itemsOf(table, DOMAIN);
  const connections = itemsOf(table, CONNECTION);

  return {
    find: (id, signal) => organizations.get(keys.organization(id), signal),
    findMany: (ids, signal) =>
      inOneDeadline(table, signal, (deadline) =>
        organizations.getMany([...new Set(ids)].map(keys.organization), deadline),
      ),

    findByAuth0OrgId: (auth0OrgId, signal) =>
      inOneDeadline(table, signal, (deadline) => pointers.find(auth0OrgId, deadline)),

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
