import { type DomainName, domainOf } from "../email.ts";
import type { IdentityLink, IdentityRegistry } from "../identity/identity-link.ts";
import type { Organization, OrganizationId, RegisteredConnection, VerifiedDomain } from "../organization.ts";
import { blockerOf } from "../revocation/rule.ts";
import type { UserId } from "../user-id.ts";
import type { MembershipRegistry } from "./memberships.ts";
import { isOwner } from "./owners.ts";
import type { Actor } from "./standing.ts";

/** What is read of the ways in to an organization, without a cache. */
export interface WayInPorts {
  readonly memberships: Pick<MembershipRegistry, "findMany">;
  /** Who signs in through which connection. */
  readonly identities: Pick<IdentityRegistry, "listByUser" | "isBlocked" | "findFacts">;
  readonly connections: {
    find(name: string, signal: AbortSignal): Promise<RegisteredConnection | null>;
    /** Those that exist, in any order. */
    findMany(names: readonly string[], signal: AbortSignal): Promise<readonly RegisteredConnection[]>;
  };
  readonly domains: {
    find(
      id: OrganizationId,
      domain: DomainName,
      signal: AbortSignal,
    ): Promise<{ readonly domain: VerifiedDomain | null }>;
  };
  /** Strategies that are not SSO. */
  readonly otherStrategies: ReadonlySet<string>;
}

/** What shows that a way in was tested lately. */
export interface TestAge {
  /** How old a test may be for SSO to be enforced, in milliseconds. */
  readonly limits: { readonly testAgeMs: number };
  readonly now: () => Date;
}

// Every step that takes a way in away writes the organization as it was read before all that it decides on. So does
// enforcing SSO: of two steps that contradict each other one starts over.

/**
 * Why a verified domain may not be given up: it is the last one while SSO is enforced. Null if it may. The caller must
 * then write the organization as it was read before this; so too for the next.
 */
export async function missingWithoutDomain(
  { id, enforceSso, domains }: Organization,
  domain: DomainName,
  ports: WayInPorts,
  signal: AbortSignal,
): Promise<string | null> {
  if (!enforceSso) return null;
  const others = { id, domains: domains.filter((each) => each !== domain) };
  for await (const other of storedDomains(others, ports, signal)) if (isReliable(other)) return null;
  return "SSO is enforced, and this is the last verified domain with its record: verify another one, or switch the SSO requirement off";
}

/**
 * Why the organization may not become so, be it that a domain's people are no guests any longer, or that a connection or an
 * owner goes: SSO is enforced, and no active owner could sign in afterwards. Null if it may.
 */
export async function missingUnderSso(
  next: Organization,
  ports: WayInPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const missing = next.enforceSso ? await missingOwner(next, ports, signal) : null;
  return missing === null ? null : `SSO is enforced, and ${missing}`;
}

/**
 * Decides on an enabled connection that is to be switched off or removed. The caller must then write the organization as
 * it was read before this. Where SSO is not enforced, operators may leave an organization without an owner who could sign
 * in: the connection may be in wrong hands.
 * @returns what is missing; null if the connection may go, or is not an enabled one of the organization
 */
export async function missingWithoutConnection(
  { userId }: Actor,
  organization: Organization,
  connection: RegisteredConnection | null,
  ports: WayInPorts,
  signal: AbortSignal,
): Promise<string | null> {
  if (connection === null || !isEnabled(connection, organization.id)) return null;
  const connections = organization.connections.filter((name) => name !== connection.name);
  const without = { ...organization, connections };
  if (!organization.enforceSso) return userId === null ? null : missingOwner(without, ports, signal);
  if ((await storedConnections(without, ports, signal)).length > 0)
    return missingUnderSso(without, ports, signal);
  return "SSO is enforced, and this is the last enabled connection: enable another one, or switch the SSO requirement off";
}

/**
 * What would be missing without this owner; null for nothing. The owner goes in the same transaction that gives the
 * organization, read before this, its new list of owners: of two steps that contradict each other one starts over.
 */
export async function missingWithoutOwner(
  userId: UserId,
  organization: Organization,
  ports: WayInPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const owners = organization.owners.filter((id) => id !== userId);
  // The last owner stays anyway.
  return owners.length === 0 ? null : missingUnderSso({ ...organization, owners }, ports, signal);
}

/**
 * Whether SSO can be enforced: with a verified domain, and an enabled connection that was tested within 7 days and that
 * the caller's present token came through. The caller must then write the organization as it was read before this.
 * @param login the connection of the owner's token; null if it is another one
 * @returns what is missing; null for yes
 */
export async function missingWayIn(
  organization: Organization,
  { userId, login }: { readonly userId: UserId; readonly login: string | null },
  ports: WayInPorts & TestAge,
  signal: AbortSignal,
): Promise<string | null> {
  const missing =
    (await missingDomain(organization, ports, signal)) ??
    missingTest(await storedConnections(organization, ports, signal), login, ports);
  if (missing !== null) return missing;
  if (organization.owners.includes(userId)) return null;
  return missingOwner({ ...organization, enforceSso: true }, ports, signal);
}

async function missingDomain(
  organization: Organization,
  ports: WayInPorts,
  signal: AbortSignal,
): Promise<string | null> {
  let missing = "verify a domain";
  for await (const each of storedDomains(organization, ports, signal)) {
    if (isReliable(each)) return null;
    missing = `the record of ${each.domain} is missing: set it, and check the domain again`;
  }
  return missing;
}

function missingTest(
  enabled: readonly RegisteredConnection[],
  login: string | null,
  { now, limits }: TestAge,
): string | null {
  const [first] = enabled;
  if (first === undefined) return "set up and enable an SSO connection";
  const own = enabled.find(({ name }) => name === login);
  if (own === undefined) {
    const one =
      enabled.length === 1 ? `the connection ${first.name}` : "one of the organization's connections";
    return `sign in through ${one} first: enforcing SSO would lock you out`;
  }
  const { name, testedAt } = own;
  if (testedAt === null) return `test the connection ${name} first`;
  if (now().getTime() - Date.parse(testedAt) > limits.testAgeMs)
    return `test the connection ${name} again: its last test is older than 7 days`;
  return null;
}

/** One whose record is missing may go soon. */
function isReliable({ proof }: VerifiedDomain): boolean {
  return (proof?.missingSince ?? null) === null;
}

/** The verified domains of the organization's list, as they are stored. The first one is mostly enough. */
export async function* storedDomains(
  { id, domains: names }: Pick<Organization, "id" | "domains">,
  { domains }: Pick<WayInPorts, "domains">,
  signal: AbortSignal,
): AsyncGenerator<VerifiedDomain, void> {
  for (const name of names) {
    const { domain } = await domains.find(id, name, signal);
    if (domain !== null) yield domain;
  }
}

/** The enabled connections of an organization that was read before, as they are stored. */
async function storedConnections(
  { id, connections: names }: Organization,
  { connections }: WayInPorts,
  signal: AbortSignal,
): Promise<readonly RegisteredConnection[]> {
  return (await connections.findMany(names, signal)).filter((each) => isEnabled(each, id));
}

function isEnabled({ organizationId, state }: RegisteredConnection, id: OrganizationId): boolean {
  return organizationId === id && state === "enabled";
}

/**
 * Why no owner could sign in to the organization as it is given; null if one could. LAST_OWNER counts blocked owners, too,
 * because a block may be lifted; here they do not count. While SSO is enforced they are linked
 * through an enabled connection of the organization, or exempt; otherwise they are linked through that of any organization,
 * or otherwise. A link that was made within the last second may not count yet.
 */
async function missingOwner(
  organization: Organization,
  ports: WayInPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const { id, owners, domains, enforceSso } = organization;
  for (const owner of (await ports.memberships.findMany(id, owners, signal)).filter(isOwner)) {
    const links = await unblockedLinks(owner.userId, ports, signal);
    if (links === null) continue;
    if (await isLinked(links, organization, ports, signal)) return null;
    // As `membershipCounts` decides, but on the list: a lapsed domain on it is verified again by its record alone.
    const { invitedFromOutside, email } = owner;
    const isExempt = invitedFromOutside && email !== null && !domains.includes(domainOf(email));
    if (enforceSso && isExempt) return null;
  }
  return enforceSso
    ? "no owner could sign in afterwards: another one must sign in through the organization's SSO first"
    : "no owner could sign in afterwards: an owner must sign in another way first, for example with a password";
}

/** The links of a user whose subject is not blocked. Null where the user is, or the subject of every link. */
async function unblockedLinks(
  userId: UserId,
  { identities }: WayInPorts,
  signal: AbortSignal,
): Promise<readonly IdentityLink[] | null> {
  if (await identities.isBlocked(userId, signal)) return null;
  const links = await identities.listByUser(userId, signal);
  const facts = await Promise.all(links.map((link) => identities.findFacts(link, signal)));
  const unblocked = links.filter((_, at) => blockerOf(facts[at] ?? null) === null);
  return links.length > 0 && unblocked.length === 0 ? null : unblocked;
}

async function isLinked(
  links: readonly IdentityLink[],
  { id, enforceSso, connections: names }: Organization,
  { connections, otherStrategies }: WayInPorts,
  signal: AbortSignal,
): Promise<boolean> {
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
