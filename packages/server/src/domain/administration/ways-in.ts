import type { DomainName } from "../email.ts";
import type { Organization, OrganizationId, RegisteredConnection, VerifiedDomain } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { UserId } from "../user-id.ts";
import type { OrganizationStores } from "./administration.ts";
import { canAnOwnerSignIn, isEnabled, storedConnections, storedDomains } from "./owner-sign-in.ts";
import type { Actor } from "./standing.ts";

// Every step that takes a way in away writes the organization as it was read before all that it decides on. So does
// enforcing SSO: of two steps that contradict each other one starts over. A connection goes in one transaction with the
// organization. A domain `isLeaving`, an owner off the list or a domain to be verified on the ledger is marked first, so
// that the step that comes second at the organization sees the mark of the first.

/**
 * Decides that a verified domain may go, and marks it as leaving. The decision and every other one about ways in change
 * the revision of the organization, so that of two that contradict each other one starts over. A mark that a crash has
 * left counts until the step is repeated, or the domain is checked.
 * @returns the marked domain, which is still trusted until it is deleted; null if it has gone meanwhile
 * @throws {Refusal} NOT_READY for the last one while SSO is enforced; the mark is then taken back
 */
export async function leaveDomain(
  { organization: { id } }: Actor,
  domain: VerifiedDomain,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<VerifiedDomain | null> {
  const marked = { ...domain, isLeaving: true, rev: newRevision() };
  if (!(await ports.domains.replaceDomain(marked, domain, signal))) return null;
  // Who is linked stays so, and who is outside the remaining domains is exempt: no owner is locked out by this.
  const decide = async ({ enforceSso }: Organization) => {
    if (!enforceSso) return null;
    for await (const other of storedDomains(id, ports, signal)) if (isReliable(other)) return null;
    return "this is the last verified domain with its record: verify another one, or switch the SSO requirement off";
  };
  await decideOn(id, decide, ports, signal).catch(
    unlessRefused(marked, {
      find: async () => (await ports.domains.find(id, domain.domain, signal)).domain,
      replace: (next, present) => ports.domains.replaceDomain(next, present, signal),
    }),
  );
  return marked;
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
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<string | null> {
  const { id, enforceSso } = organization;
  if (connection === null || !isEnabled(connection, id)) return null;
  const ways = { joining: null, isEnforced: enforceSso, leaving: connection.name };
  if (!enforceSso) return userId === null ? null : missingOwner(id, ways, ports, signal);
  const enabled = await storedConnections(organization, ports, signal);
  const missing = enabled.every(({ name }) => name === connection.name)
    ? "this is the last enabled connection: enable another one, or switch the SSO requirement off"
    : await missingOwner(id, ways, ports, signal);
  return missing === null ? null : `SSO is enforced, and ${missing}`;
}

/**
 * Decides that an owner may go who has left the list of owners already.
 * @throws {Refusal} NOT_READY where SSO is enforced and none of those on the list could sign in; they must then be put
 * back on it
 */
export async function leaveOwners(
  id: OrganizationId,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  await decideOn(id, whileEnforced(null, ports, signal), ports, signal);
}

/**
 * Decides that a domain may be verified, which ends the exemption of those who were invited at it. Its name on the ledger
 * is the mark: the caller writes it there first, under a revision of its own even if it is there already, then calls
 * this, and then stores the domain. A name is taken off only under a revision that was read before: if that loses, it stays.
 * @throws {Refusal} NOT_READY where SSO is enforced and no active owner could sign in afterwards; the caller then takes the
 * name off the ledger again, unless it was there before
 */
export async function joinDomain(
  { organization: { id } }: Actor,
  domain: DomainName,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  await decideOn(id, whileEnforced(domain, ports, signal), ports, signal);
}

/** Who wants to enforce SSO: an owner, and the connection of their token; null if it is another one. */
export interface Enforcer {
  readonly userId: UserId;
  readonly login: string | null;
}

/**
 * Whether SSO can be enforced: with a verified domain, and an enabled connection that was tested within 7 days and that
 * the caller's present token came through. The caller must then write the organization as it was read before this.
 * @returns what is missing; null for yes
 */
export async function missingWayIn(
  organization: Organization,
  enforcer: Enforcer,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<string | null> {
  const { id } = organization;
  const missing =
    (await missingDomain(id, ports, signal)) ??
    missingTest(await storedConnections(organization, ports, signal), enforcer, ports);
  if (missing !== null) return missing;
  const { userIds } = await ports.owners.find(id, signal);
  if (userIds.includes(enforcer.userId)) return null;
  // They are no owner any more, or an owner for whom the list had no place, and on whom nothing relies.
  return missingOwner(id, { joining: null, isEnforced: true, leaving: null }, ports, signal);
}

async function missingDomain(
  id: OrganizationId,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<string | null> {
  let missing = "verify a domain";
  for await (const each of storedDomains(id, ports, signal)) {
    if (isReliable(each)) return null;
    missing = each.isLeaving
      ? `the release of ${each.domain} was interrupted: check the domain again`
      : `the record of ${each.domain} is missing: set it, and check the domain again`;
  }
  return missing;
}

function missingTest(
  enabled: readonly RegisteredConnection[],
  { login }: Enforcer,
  { now, limits }: OrganizationStores,
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

/** One that is leaving goes soon, and so may one whose record is missing. */
function isReliable({ isLeaving, proof }: VerifiedDomain): boolean {
  return !isLeaving && (proof?.missingSince ?? null) === null;
}

/** What is missing where SSO is enforced; nothing elsewhere. */
function whileEnforced(joining: DomainName | null, ports: OrganizationStores, signal: AbortSignal) {
  return async ({ id, enforceSso }: Organization) =>
    enforceSso ? missingOwner(id, { joining, isEnforced: true, leaving: null }, ports, signal) : null;
}

async function missingOwner(
  id: OrganizationId,
  ways: Parameters<typeof canAnOwnerSignIn>[1],
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<string | null> {
  if (await canAnOwnerSignIn(id, ways, ports, signal)) return null;
  return ways.isEnforced
    ? "no owner could sign in afterwards: another one must sign in through the organization's SSO first"
    : "no owner could sign in afterwards: an owner must sign in another way first, for example with a password";
}

/**
 * Decides on what is stored, and gives the organization a new revision where the answer is yes, also where SSO is not
 * enforced: somebody may be about to enforce it.
 * @param decide what is missing; null for yes
 */
async function decideOn(
  id: OrganizationId,
  decide: (present: Organization) => Promise<string | null>,
  { organizations, organizationRegistry }: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const present = await organizations.find(id, signal);
    if (present === null) throw new Refusal("NOT_A_MEMBER", "the organization does not exist any more");
    const missing = await decide(present);
    if (missing !== null) throw notReady(present.enforceSso ? `SSO is enforced, and ${missing}` : missing);
    const next = { ...present, rev: newRevision() };
    if (await organizationRegistry.putOrganization(next, present, signal)) return;
  }
}

/**
 * Takes a mark back where the step is refused, also where the item has changed meanwhile: another step that relies on a
 * mark starts over without it. Without a decision the mark stays.
 */
function unlessRefused<Item extends VerifiedDomain>(
  marked: Item,
  stored: {
    find(): Promise<Item | null>;
    replace(next: Item, present: Item): Promise<boolean>;
  },
): (error: unknown) => Promise<never> {
  return async (error) => {
    const isRefused = error instanceof Refusal && error.reason === "NOT_READY";
    let present: Item | null = marked;
    while (isRefused && present?.isLeaving) {
      const unmarked: Item = { ...present, isLeaving: false, rev: newRevision() };
      present = (await stored.replace(unmarked, present)) ? null : await stored.find();
    }
    throw error;
  };
}

export function notReady(missing: string): Refusal {
  return new Refusal("NOT_READY", missing, { hint: missing });
}
