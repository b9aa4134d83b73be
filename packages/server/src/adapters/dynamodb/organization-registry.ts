import type { DeclaredOrganization, OrganizationRegistry } from "../../domain/index.ts";
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

  async function readInvitations(declared: DeclaredOrganization, signal: AbortSignal) {
    if (declared.invitations === null) return [];
    const { id } = declared.organization;
    const open = await invitations.listIndexed(indexKeys.offered(id), signal);
    const addresses = [...declared.invitations, ...open].map(({ email }) => email);
    return invitations.getMany(
      each(addresses, (email) => keys.invitation(email, id)),
      signal,
    );
  }

  return {
    list: (signal) => organizations.listIndexed(indexKeys.organization(), signal),

    async read(declared, signal) {
      const { id } = declared.organization;
      // First, so that no detail is older: what changes one changes the organization.
      const organization = await organizations.get(keys.organization(id), signal);
      const domainNames = [...declared.domains, ...(organization?.domains ?? [])];
      const connectionNames = [
        ...declared.connections.map(({ name }) => name),
        ...(organization?.connections ?? []),
      ];
      const [ofDomains, named, ofInvitations] = await Promise.all([
        domains.getMany(
          each(domainNames, (domain) => keys.domain(domain, id)),
          signal,
        ),
        connections.getMany(each(connectionNames, keys.connection), signal),
        readInvitations(declared, signal),
      ]);
      const ofConnections = named.filter(
        ({ organizationId, state }) => organizationId === id && state !== "removed",
      );
      return { organization, domains: ofDomains, connections: ofConnections, invitations: ofInvitations };
    },

    findPointer: (auth0OrgId, signal) => pointers.get(keys.auth0Pointer(auth0OrgId), signal),
    countLinks: (connection, signal) => links.countIndexed(indexKeys.linked(connection), signal),
  };
}

/** The key of each name once, in the order of the names. */
function each<Name extends string>(names: readonly Name[], keyOf: (name: Name) => Key): readonly Key[] {
  return [...new Set(names)].sort().map(keyOf);
}
