import type { OrganizationId, OrganizationRegistry, RegisteredConnection } from "../../domain/index.ts";
import { INVITATION, LINK } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys } from "./table/keys.ts";
import { AUTH0_POINTER, CONNECTION, DOMAIN, ORGANIZATION } from "./table/organization-items.ts";
import type { DynamoTable } from "./table/table.ts";

const READS_AT_ONCE = 32;
export function dynamoOrganizationRegistry(table: DynamoTable): OrganizationRegistry {
  const organizations = itemsOf(table, ORGANIZATION);
  const pointers = itemsOf(table, AUTH0_POINTER);
  const domains = itemsOf(table, DOMAIN);
  const connections = itemsOf(table, CONNECTION);
  const invitations = itemsOf(table, INVITATION);
  const links = itemsOf(table, LINK);
  const isRegistered = ({ state }: RegisteredConnection) => state !== "removed";

  async function indexed(id: OrganizationId, signal: AbortSignal) {
    const [ofDomains, ofConnections, ofInvitations] = await Promise.all([
      domains.listIndexed(indexKeys.domain(id), signal),
      connections.listIndexed(indexKeys.connection(id), signal),
      invitations.listIndexed(indexKeys.invitation(id), signal),
    ]);
    const registered = ofConnections.filter(isRegistered);
    return { domains: ofDomains, connections: registered, invitations: ofInvitations };
  }

  return {
    async list(signal) {
      const states = [];
      for (const organization of await organizations.listIndexed(indexKeys.organization(), signal)) {
        states.push({ organization, ...(await indexed(organization.id, signal)) });
      }
      return states;
    },

    async listConnections(signal) {
      const found: RegisteredConnection[] = [];
      for (const { id } of await organizations.listIndexed(indexKeys.organization(), signal)) {
        const registered = await connections.listIndexed(indexKeys.connection(id), signal);
        found.push(...registered.filter(isRegistered));
      }
      return found;
    },

    async read({ organization: { id }, ...declared }, signal) {
      const known = await indexed(id, signal);
      const domainNames = [...declared.domains, ...known.domains.map(({ domain }) => domain)];
      const connectionNames = [...declared.connections, ...known.connections].map(({ name }) => name);
      const addresses = [...(declared.invitations ?? []), ...known.invitations].map(({ email }) => email);
      const named = await readEach(connectionNames, (name) => connections.get(keys.connection(name), signal));
      return {
        organization: await organizations.get(keys.organization(id), signal),
        domains: await readEach(domainNames, (domain) => domains.get(keys.domain(domain, id), signal)),
        connections: named.filter((each) => each.organizationId === id && isRegistered(each)),
        invitations: await readEach(addresses, (email) =>
          invitations.get(keys.invitation(email, id), signal),
        ),
      };
    },

    findPointer: (auth0OrgId, signal) => pointers.get(keys.auth0Pointer(auth0OrgId), signal),

    linkedConnections: (signal) => links.scan("connection", signal),
  };
}

async function readEach<Name extends string, T>(
  names: readonly Name[],
  read: (name: Name) => Promise<T | null>,
): Promise<readonly T[]> {
  const distinct = [...new Set(names)].sort();
  const found: T[] = [];
  for (let start = 0; start < distinct.length; start += READS_AT_ONCE) {
    const values = await Promise.all(distinct.slice(start, start + READS_AT_ONCE).map(read));
    found.push(...values.filter((value) => value !== null));
  }
  return found;
}
