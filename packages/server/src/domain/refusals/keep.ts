import { type CanonicalEmail, domainOf } from "../email.ts";
import { type Assessment, assess, type TrustSettings } from "../login/address-trust.ts";
import { connectionNameOf } from "../login/login.ts";
import { tokenOrganization } from "../membership/access.ts";
import { type MembershipRegistry, membershipCounts } from "../membership/memberships.ts";
import type { Membership } from "../membership.ts";
import { isClosed, type Organization, type OrganizationId, type Organizations } from "../organization.ts";
import type { Transactions } from "../transaction.ts";
import {
  placeOf,
  type RefusalAbout,
  type RefusalStore,
  type RefusedLogin,
  type RefusedReason,
} from "./refusals.ts";

/** What a refusal is kept with. */
export interface RefusalPorts extends TrustSettings {
  /** Cached, so that a flood asks the store nothing. */
  readonly organizations: Organizations;
  readonly memberships: Pick<MembershipRegistry, "listByUser" | "find" | "findByAddress" | "findInvitation">;
  readonly refusals: RefusalStore;
  readonly transactions: Pick<Transactions, "commit">;
  readonly now: () => Date;
}

/** What bounds the work. Nothing is asked of the store before one of an organization is admitted. */
export interface RefusalBounds {
  /** Counts a refusal of an organization; of none where it is not known yet whose it is. */
  admits(id: OrganizationId | null): boolean;
  /** Whether it may be stored again. */
  isDue(about: RefusalAbout): boolean;
}

/** `limited`: the bounds do not admit it. `lost`: another process has taken its slot. */
export type KeptRefusal = "kept" | "limited" | "lost";

/** A refused login, judged by what is cached. */
interface Known extends Assessment, RefusedLogin {
  /** Whose connection it came through, be it switched off; null for a login without SSO, and an unknown connection. */
  readonly connectionOf: OrganizationId | null;
}

/** An organization that a refusal is about. */
interface Concern {
  readonly organization: Organization;
  readonly reason: RefusedReason;
  /** Of the user, who is known; null for anybody else. */
  readonly membership: Membership | null;
}

/** Organizations that one refusal is kept in, such as those that share a domain. */
const MOST_CONCERNED = 5;

/**
 * Keeps a refusal for the organizations that it is about: that of the connection; for a login without SSO those that have
 * verified the domain of its address, if that is proved; and for a removal only the one that has removed the user.
 * @returns what became of it in each of them
 * @throws {Refusal} STORE_UNAVAILABLE: it may be kept all the same
 */
export async function keepRefusal(
  refused: RefusedLogin,
  bounds: RefusalBounds,
  ports: RefusalPorts,
  signal: AbortSignal,
): Promise<readonly KeptRefusal[]> {
  const known = await knownOf(refused, ports, signal);
  if (known === null) return [];
  const admitted = new Set<OrganizationId | null>();
  const admits = (id: OrganizationId | null) =>
    admitted.has(id) || (bounds.admits(id) && admitted.add(id).has(id));
  const concerned = await concernedBy(known, admits, ports, signal);
  if (concerned === "limited") return [concerned];
  const outcomes: KeptRefusal[] = [];
  for (const concern of concerned) {
    if (!admits(concern.organization.id)) outcomes.push("limited");
    else {
      const about = await aboutOf(known, concern, ports, signal);
      const kept = bounds.isDue(about) ? await store(about, ports, signal) : null;
      if (kept !== null) outcomes.push(kept);
    }
  }
  return outcomes;
}

/** Null for a token of somebody who is not at the door in person: an agent's, or a legacy one of our own. */
async function knownOf(
  refused: RefusedLogin,
  ports: RefusalPorts,
  signal: AbortSignal,
): Promise<Known | null> {
  const { claims } = refused;
  if (claims.actor !== null || claims.source === "platform") return null;
  const assessment = await assess(claims, ports.organizations, ports, signal);
  const { login } = assessment;
  const connection =
    login.via === "sso"
      ? login.connection
      : login.via === "unregistered"
        ? await ports.organizations.findConnection(login.connectionName, signal)
        : null;
  return { ...refused, ...assessment, connectionOf: connection?.organizationId ?? null };
}

async function concernedBy(
  known: Known,
  admits: (id: OrganizationId | null) => boolean,
  ports: RefusalPorts,
  signal: AbortSignal,
): Promise<readonly Concern[] | "limited"> {
  const { reason, userId } = known;
  const organizations = await organizationsOf(known, ports, signal);
  const [first] = organizations;
  if (reason === "NOT_A_MEMBER") {
    if (userId === null) return [];
    if (!admits(first?.id ?? null)) return "limited";
    const stored = await ports.memberships.listByUser(userId, signal);
    return (await outsiderIn(known, organizations, stored, ports, signal)).slice(0, MOST_CONCERNED);
  }
  if (reason !== "MEMBERSHIP_REMOVED")
    return organizations.map((organization) => ({ organization, reason, membership: null }));
  if (first === undefined || userId === null) return [];
  if (!admits(first.id)) return "limited";
  const membership = await ports.memberships.find(first.id, userId, signal);
  const isKnown = membership?.status === "removed" && membership.email !== null; // not of one who was erased
  return isKnown ? [{ organization: first, reason, membership }] : [];
}

/** The open organizations that the login itself is about, by what is cached. */
async function organizationsOf(
  known: Known,
  ports: RefusalPorts,
  signal: AbortSignal,
): Promise<readonly Organization[]> {
  const { claims, login, verifiers, reason, connectionOf } = known;
  const isOpen = (each: Organization) => !isClosed(each, ports);
  if (login.via === "other" && reason !== "MEMBERSHIP_REMOVED")
    return claims.emailVerified ? verifiers.filter(isOpen).slice(0, MOST_CONCERNED) : [];
  const isOfToken = reason === "MEMBERSHIP_REMOVED" || reason === "NOT_A_MEMBER";
  const token = isOfToken ? await tokenOrganization({ claims, login }, ports, signal) : null;
  if (reason === "MEMBERSHIP_REMOVED") return token === null ? [] : [token];
  // Through one organization's connection to another one: neither may learn of the other.
  if (isOfToken && token?.id !== connectionOf) return [];
  const found = connectionOf === null ? null : await ports.organizations.find(connectionOf, signal);
  return found !== null && isOpen(found) ? [found] : [];
}

/** Where somebody who is known, and whom no organization lets in, could be expected. Nowhere if one does. */
async function outsiderIn(
  known: Known,
  organizations: readonly Organization[],
  stored: readonly Membership[],
  ports: RefusalPorts,
  signal: AbortSignal,
): Promise<readonly Concern[]> {
  const ids = stored.map(({ organizationId }) => organizationId);
  const found = ids.length === 0 ? [] : await ports.organizations.findMany(ids, signal);
  const concerned: Concern[] = [];
  for (const membership of stored) {
    const organization = found.find(({ id }) => id === membership.organizationId);
    if (organization === undefined || isClosed(organization, ports)) continue;
    const isActive = membership.status === "active";
    if (isActive && (await membershipCounts(organization, membership, known, ports, signal))) return [];
    const reason = isActive ? "SSO_REQUIRED" : "MEMBERSHIP_REMOVED";
    const isOver = membership.leftAt !== null && !organizations.some(({ id }) => id === organization.id);
    if (membership.email !== null && !isOver) concerned.push({ organization, reason, membership });
  }
  const others = organizations.filter(({ id }) => !ids.includes(id));
  return [
    ...concerned,
    ...others.map((organization) => ({ organization, reason: known.reason, membership: null })),
  ];
}

/** What the organization may know of it. */
async function aboutOf(
  known: Known,
  { organization: { id: organizationId }, reason, membership }: Concern,
  ports: RefusalPorts,
  signal: AbortSignal,
): Promise<RefusalAbout> {
  const { claims, login, connectionOf, verifiers } = known;
  const isShown = login.via === "other" || connectionOf === organizationId;
  const about = { organizationId, connection: isShown ? connectionNameOf(login) : null, reason };
  if (membership !== null && membership.email !== null) {
    const { email, userId } = membership; // the address that the organization knows, whatever the token says
    return { ...about, email, domain: domainOf(email), userId };
  }
  if ("absent" in claims.email) return { ...about, email: null, domain: null, userId: null };
  const email = claims.email.canonical;
  const isInside = verifiers.some(({ id }) => id === organizationId);
  const { userId, isInvited } = await whoHas(email, organizationId, ports, signal);
  const isTheirs = isInside || isInvited || userId !== null;
  return { ...about, email: isTheirs ? email : null, domain: domainOf(email), userId };
}

async function whoHas(
  email: CanonicalEmail,
  id: OrganizationId,
  { memberships }: RefusalPorts,
  signal: AbortSignal,
) {
  const [[member], invitation] = await Promise.all([
    memberships.findByAddress(id, email, signal),
    memberships.findInvitation(id, email, signal),
  ]);
  return { userId: member?.userId ?? null, isInvited: invitation !== null };
}

async function store(
  about: RefusalAbout,
  { refusals, transactions, now }: RefusalPorts,
  signal: AbortSignal,
): Promise<KeptRefusal | null> {
  const stored = await refusals.list(about.organizationId, signal);
  const place = placeOf(about, stored, now());
  if (place === null) return null;
  const write = { item: "refusal", ...place } as const;
  const isStored = await transactions.commit({ writes: [write], unchanged: [], audit: [] }, signal);
  return isStored ? "kept" : "lost";
}
