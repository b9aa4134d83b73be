import { type DomainName, domainOf } from "../email.ts";
import type { Membership } from "../membership/membership.ts";
import { isOwner } from "../membership/owners.ts";
import type { Organization, OrganizationId, RegisteredConnection, VerifiedDomain } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import type { OrganizationStores } from "./administration.ts";

/**
 * The verified domains as they are stored, leaving ones included: each name of the index and of the ledger is read, so
 * that none is missing that was verified by DNS. The first one is mostly enough.
 */
export async function* storedDomains(
  id: OrganizationId,
  { domains }: OrganizationStores,
  signal: AbortSignal,
): AsyncIterable<VerifiedDomain> {
  const [listed, ledger] = await Promise.all([domains.list(id, signal), domains.findLedger(id, signal)]);
  for (const name of new Set([...listed.domains.map(({ domain }) => domain), ...ledger.domains])) {
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
 * Whether an owner on the list could sign in. While SSO is enforced they are linked through an enabled connection of the
 * organization, or exempt; otherwise they are linked through that of any organization, or otherwise. A link that was made
 * within the last second may not count yet.
 * @param joining a domain that is about to be verified: nobody at it is exempt any more
 * @param leaving a connection that is about to be switched off or removed
 */
export async function canAnOwnerSignIn(
  id: OrganizationId,
  {
    joining,
    isEnforced,
    leaving,
  }: { readonly joining: DomainName | null; readonly isEnforced: boolean; readonly leaving: string | null },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const { userIds } = await ports.owners.find(id, signal);
  const memberships = await ports.membershipRegistry.findMany(id, userIds, signal);
  for (const owner of memberships.filter(isOwner)) {
    if (await ports.identities.isBlocked(owner.userId, signal)) continue;
    if (await isLinked(owner.userId, { id: isEnforced ? id : null, leaving }, ports, signal)) return true;
    if (isEnforced && (await isExempt(owner, joining, ports, signal))) return true;
  }
  return false;
}

/** @param id the organization whose connections alone count; null for any way to sign in */
async function isLinked(
  userId: UserId,
  { id, leaving }: { readonly id: OrganizationId | null; readonly leaving: string | null },
  { identities, connections, otherStrategies }: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const links = await identities.listByUser(userId, signal);
  const counted = links.filter(({ organizationId }) => id === null || organizationId === id);
  for (const name of new Set(counted.map(({ connection }) => connection))) {
    if (id === null && otherStrategies.has(name)) return true;
    const connection = await connections.find(name, signal);
    if (connection === null || connection.name === leaving) continue;
    if (isEnabled(connection, id ?? connection.organizationId)) return true;
  }
  return false;
}

/**
 * As `membershipCounts` decides, but on what is stored. A domain that is being verified is on the ledger already; a
 * lapsed one still is, and is verified again without another decision.
 */
async function isExempt(
  { organizationId, invitedFromOutside, email }: Membership,
  joining: DomainName | null,
  { domains }: OrganizationStores,
  signal: AbortSignal,
): Promise<boolean> {
  const domain = domainOf(email);
  if (!invitedFromOutside || domain === joining) return false;
  const ledger = await domains.findLedger(organizationId, signal);
  if (ledger.domains.includes(domain)) return false;
  return (await domains.find(organizationId, domain, signal)).domain === null;
}
