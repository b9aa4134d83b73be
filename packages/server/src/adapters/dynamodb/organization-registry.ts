import type { OrganizationId, OrganizationRegistry } from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { indexKeys, type Key, keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoOrganizationRegistry(table: DynamoTable): OrganizationRegistry {
  const organizations = new ItemsOf(table, ITEM_TYPES.organization);
  const pointers = new ItemsOf(table, ITEM_TYPES.pointer);
  const domains = new ItemsOf(table, ITEM_TYPES.domain);
  const connections = new ItemsOf(table, ITEM_TYPES.connection);
  const invitations = new ItemsOf(table, ITEM_TYPES.invitation);
  const links = new ItemsOf(table, ITEM_TYPES.link);

  /** No removed connection is in the index. */
  async function indexed(id: OrganizationId, signal: AbortSignal) {
    const [ofDomains, ofConnections, ofInvitations] = await Promise.all([
      domains.listIndexed(indexKeys.domain(id), signal),
      connections.listIndexed(indexKeys.connection(id), signal),
      invitations.listIndexed(indexKeys.invitation(id), signal),
    ]);
    return { domains: ofDomains, connections: ofConnections, invitations: ofInvitations };
  }

  return {
    async list(signal) {
      const states = [];
      for (const organization of await organizations.listIndexed(indexKeys.organization(), signal)) {
        states.push({ organization, ...(await indexed(organization.id, signal)) });
      }
      return states;
    },

    async read({ organization: { id }, ...declared }, signal) {
      const known = await indexed(id, signal);
      const domainNames = [...declared.domains, ...known.domains.map(({ domain }) => domain)];
      const connectionNames = [...declared.connections, ...known.connections].map(({ name }) => name);
      const addresses = [...(declared.invitations ?? []), ...known.invitations].map(({ email }) => email);
      const domainKeys = each(domainNames, (domain) => keys.domain(domain, id));
      const invitationKeys = each(addresses, (email) => keys.invitation(email, id));
      const organization = await organizations.get(keys.organization(id), signal); // no detail is older
      const [ofDomains, named, ofInvitations] = await Promise.all([
        domains.getMany(domainKeys, signal),
        connections.getMany(each(connectionNames, keys.connection), signal),
        invitations.getMany(invitationKeys, signal),
      ]);
      const ofConnections = named.filter(
        ({ organizationId, state }) => organizationId === id && state !== "removed",
      );
      return { organization, domains: ofDomains, connections: ofConnections, invitations: ofInvitations };
    },

    findPointer: (auth0OrgId, signal) => pointers.get(keys.auth0Pointer(auth0OrgId), signal),

    linkedConnections: (signal) => links.scan("connection", signal),
  };
}

/** The key of each name once, in the order of the names. */
function each<Name extends string>(names: readonly Name[], keyOf: (name: Name) => Key): readonly Key[] {
  return [...new Set(names)].sort().map(keyOf);
}
