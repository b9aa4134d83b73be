import { domainOf } from "../email.ts";
import { isOwner } from "../membership/owners.ts";
import type { Organization, OrganizationId, RegisteredConnection, VerifiedDomain } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import type { OrganizationStores } from "./administration.ts";

/** The verified domains of the organization's list, as they are stored. The first one is mostly enough. */
export async function* storedDomains(
  { id, domains: names }: Pick<Organization, "id" | "domains">,
  { domains }: OrganizationStores,
  signal: AbortSignal,
): AsyncGenerator<VerifiedDomain, void> {
  for (const name of names) {
    const { domain } = await domains.find(id, name, signal);
    if (domain !== null) yield domain;
  }
}

/** The enabled connections of an organization that was read before, as they are stored. */
export async function storedConnections(
  { id, connections: names }: Organization,
  { connections }: OrganizationStores,
  signal: AbortSignal,
): Promise<readonly RegisteredConnection[]> {
  return (await connections.findMany(names, signal)).filter((each) => isEnabled(each, id));
}

export function isEnabled({ organizationId, state }: RegisteredConnection, id: OrganizationId): boolean {
  return organizationId === id && state === "enabled";
}

/**
 * Whether one of the owners could sign in to the organization as it is given. While SSO is enforced they are linked
 * through an enabled connection of the organization, or exempt; otherwise they are linked through that of any organization,
 * or otherwise. A link that was made within the last second may not count yet.
 */
export async function canAnOwnerSignIn(
  organization: Organization,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const memberships = await ports.memberships.findMany(organization.id, organization.owners, signal);
  for (const owner of memberships.filter(isOwner)) {
    if (await ports.identities.isBlocked(owner.userId, signal)) continue;
    if (await isLinked(owner.userId, organization, ports, signal)) return true;
    // As `membershipCounts` decides, but on the list: a lapsed domain on it is verified again by its record alone.
    const isExempt = owner.invitedFromOutside && !organization.domains.includes(domainOf(owner.email));
    if (organization.enforceSso && isExempt) return true;
  }
  return false;
}

async function isLinked(
  userId: UserId,
  { id, enforceSso, connections: names }: Organization,
  { identities, connections, otherStrategies }: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const links = await identities.listByUser(userId, signal);
  const counted = links.filter(({ organizationId }) => !enforceSso || organizationId === id);
  for (const name of new Set(counted.map(({ connection }) => connection))) {
    if (!enforceSso && otherStrategies.has(name)) return true;
    const connection = await connections.find(name, signal);
    if (connection?.organizationId === id && !names.includes(name)) continue;
    if (connection !== null && isEnabled(connection, enforceSso ? id : connection.organizationId))
      return true;
  }
  return false;
}
