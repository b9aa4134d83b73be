import type { CanonicalEmail, DomainName } from "../../domain/email.ts";
import type { Invitation } from "../../domain/membership/membership.ts";
import type { Connection, Organization, OrganizationId } from "../../domain/organization.ts";
import { auth0Pointers } from "./auth0-pointers.ts";
import { ABSENT, type Expression } from "./table/expression.ts";
import {
  CONNECTION,
  DOMAIN,
  INVITATION,
  LINK,
  ORGANIZATION,
  type VerifiedDomain,
} from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexPrefixes, keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

/** Everything that operators declare about one organization; `organization` is null while it does not exist. */
export interface OrganizationState {
  readonly organization: Organization | null;
  readonly domains: readonly VerifiedDomain[];
  readonly connections: readonly Connection[];
  /** Consumed ones included. */
  readonly invitations: readonly Invitation[];
}

/** The names an operator is about to declare. */
export interface DeclaredNames {
  readonly domains: readonly DomainName[];
  readonly connections: readonly string[];
  readonly invitations: readonly CanonicalEmail[];
}

/**
 * What operators declare. Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer.
 *
 * A change of several steps that stops half-way must leave less trust than was declared, never more: first
 * delete (invitations, connections, domains), then put the organization, then its domains, its connections, and
 * last its invitations. Every step may be repeated.
 */
export interface OrganizationRegistry {
  /** Every organization; what was written within the last second may be missing. */
  list(
    signal: AbortSignal,
  ): Promise<readonly (OrganizationState & { readonly organization: Organization })[]>;
  /** The connections of every organization; what was written within the last second may be missing. */
  listConnections(signal: AbortSignal): Promise<readonly Connection[]>;
  /**
   * The present state of one organization. The index only suggests names: each of them, and each of the
   * `declared`, is then read consistently. So a declared name is never missed, and nothing deleted is listed;
   * only something undeclared that was written within the last second may be missing.
   */
  read(id: OrganizationId, declared: DeclaredNames, signal: AbortSignal): Promise<OrganizationState>;
  /** Creates or replaces it; false, with nothing changed, when its `auth0OrgId` is another organization's. */
  putOrganization(organization: Organization, signal: AbortSignal): Promise<boolean>;
  /** Leaves a domain that the organization has verified already as it is. */
  putDomain(domain: VerifiedDomain, signal: AbortSignal): Promise<void>;
  deleteDomain(id: OrganizationId, domain: DomainName, signal: AbortSignal): Promise<void>;
  /**
   * Registers or describes the connection, or moves it here from the organization `movedFrom`; false when it
   * belongs to yet another organization.
   */
  putConnection(
    connection: Connection,
    move: { readonly movedFrom: OrganizationId | null },
    signal: AbortSignal,
  ): Promise<boolean>;
  /** False when the connection is another organization's. */
  deleteConnection(id: OrganizationId, name: string, signal: AbortSignal): Promise<boolean>;
  /** Offers a role, or changes the one offered; false when the invitation was consumed: it never reopens. */
  putInvitation(invitation: Omit<Invitation, "consumedBy">, signal: AbortSignal): Promise<boolean>;
  /** False when the invitation was consumed: it stays, as the record of what happened. */
  withdrawInvitation(id: OrganizationId, email: CanonicalEmail, signal: AbortSignal): Promise<boolean>;
  /** The connection of every identity link, one by one: reads the whole table. */
  linkedConnections(signal: AbortSignal): AsyncIterable<string>;
}

const READS_AT_ONCE = 32;
const UNCONSUMED: Expression = {
  expression: `${ABSENT.expression} OR #consumedBy = :nobody`,
  values: { ":nobody": null },
};

export function dynamoOrganizationRegistry(table: DynamoTable): OrganizationRegistry {
  const organizations = itemsOf(table, ORGANIZATION);
  const pointers = auth0Pointers(table);
  const domains = itemsOf(table, DOMAIN);
  const connections = itemsOf(table, CONNECTION);
  const invitations = itemsOf(table, INVITATION);
  const links = itemsOf(table, LINK);

  async function indexed(id: OrganizationId, signal: AbortSignal) {
    const [ofDomains, ofConnections, ofInvitations] = await Promise.all([
      domains.listIndexed(indexPrefixes.domains(id), signal),
      connections.listIndexed(indexPrefixes.connections(id), signal),
      invitations.listIndexed(indexPrefixes.invitations(id), signal),
    ]);
    return { domains: ofDomains, connections: ofConnections, invitations: ofInvitations };
  }

  return {
    async list(signal) {
      const states = [];
      for (const organization of await organizations.listIndexed(indexPrefixes.organizations(), signal)) {
        states.push({ organization, ...(await indexed(organization.id, signal)) });
      }
      return states;
    },

    async listConnections(signal) {
      const found: Connection[] = [];
      for (const { id } of await organizations.listIndexed(indexPrefixes.organizations(), signal)) {
        found.push(...(await connections.listIndexed(indexPrefixes.connections(id), signal)));
      }
      return found;
    },

    async read(id, declared, signal) {
      const known = await indexed(id, signal);
      const domainNames = [...declared.domains, ...known.domains.map(({ domain }) => domain)];
      const connectionNames = [...declared.connections, ...known.connections.map(({ name }) => name)];
      const addresses = [...declared.invitations, ...known.invitations.map(({ email }) => email)];
      const named = await readEach(connectionNames, (name) => connections.get(keys.connection(name), signal));
      return {
        organization: await organizations.get(keys.organization(id), signal),
        domains: await readEach(domainNames, (domain) => domains.get(keys.domain(domain, id), signal)),
        connections: named.filter(({ organizationId }) => organizationId === id),
        invitations: await readEach(addresses, (email) =>
          invitations.get(keys.invitation(email, id), signal),
        ),
      };
    },

    async putOrganization(organization, signal) {
      const { id: organizationId, auth0OrgId } = organization;
      if (auth0OrgId !== null && !(await pointers.claim({ auth0OrgId, organizationId }, signal)))
        return false;
      return organizations.put(organization, null, signal);
    },

    async putDomain(domain, signal) {
      await domains.putIfAbsent(domain, signal);
    },
    async deleteDomain(id, domain, signal) {
      await domains.delete(keys.domain(domain, id), null, signal);
    },

    putConnection: (connection, { movedFrom }, signal) =>
      connections.put(connection, ownedBy(connection.organizationId, movedFrom), signal),
    deleteConnection: (id, name, signal) =>
      connections.delete(keys.connection(name), ownedBy(id, null), signal),

    putInvitation: (invitation, signal) =>
      invitations.put({ ...invitation, consumedBy: null }, UNCONSUMED, signal),
    withdrawInvitation: (id, email, signal) =>
      invitations.delete(keys.invitation(email, id), UNCONSUMED, signal),

    linkedConnections: (signal) => links.scan("connection", signal),
  };
}

/** Ours already (so that a repeated attempt succeeds), or still `other`'s; for `other` null, nobody's. */
function ownedBy(own: OrganizationId, other: OrganizationId | null): Expression {
  const ours = { expression: "#organizationId = :own", values: { ":own": own } };
  if (other === null) return { ...ours, expression: `${ours.expression} OR ${ABSENT.expression}` };
  return {
    expression: `${ours.expression} OR #organizationId = :other`,
    values: { ...ours.values, ":other": other },
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
