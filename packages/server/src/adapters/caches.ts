import { LRUCache } from "lru-cache";
import type {
  Connection,
  IdentityLink,
  IdentityLinks,
  Membership,
  Memberships,
  Organization,
  Organizations,
  SubjectKey,
} from "../domain/index.ts";

/** Entries of each cache; the least recently used goes first. */
const MAX_ENTRIES = 10_000;

/**
 * Keeps what was found for `ttlMs`. Never kept: a failure, a denial, a not-found; whoever is let in a moment later
 * must not wait for an old "no".
 */
export function cachedOrganizations(organizations: Organizations, ttlMs: number): Organizations {
  if (ttlMs === 0) return organizations;
  const found = cache<Organization>(ttlMs);
  const byAuth0OrgId = cache<Organization>(ttlMs);
  const connection = cache<Connection>(ttlMs);
  const connections = cache<readonly Connection[]>(ttlMs);
  const byDomain = cache<readonly Organization[]>(ttlMs);
  return {
    find: (id, signal) => found(id, () => organizations.find(id, signal)),
    findByAuth0OrgId: (id, signal) => byAuth0OrgId(id, () => organizations.findByAuth0OrgId(id, signal)),
    findConnection: (name, signal) => connection(name, () => organizations.findConnection(name, signal)),
    listConnections: async (id, signal) =>
      (await connections(id, () => nonEmpty(organizations.listConnections(id, signal)))) ?? [],
    listByDomain: async (domain, signal) =>
      (await byDomain(domain, () => nonEmpty(organizations.listByDomain(domain, signal)))) ?? [],
  };
}

/** Keeps links, and that a user was not blocked, for `ttlMs`. A link made or removed here is known at once. */
export function cachedIdentityLinks(links: IdentityLinks, ttlMs: number): IdentityLinks {
  if (ttlMs === 0) return links;
  const link = cache<IdentityLink>(ttlMs);
  const unblocked = cache<true>(ttlMs);
  const keyOf = ({ tenant, subject }: SubjectKey) => JSON.stringify([tenant, subject]);
  return {
    find: (key, signal) => link(keyOf(key), () => links.find(key, signal)),
    create: (created, signal) => links.create(created, signal),
    remove: (removed, signal) => links.remove(removed, signal).finally(() => link.forget(keyOf(removed))),
    takeSeat: (seat, subject, signal) => links.takeSeat(seat, subject, signal),
    takeOverSeat: (held, by, signal) => links.takeOverSeat(held, by, signal),
    releaseSeat: (seat, subject, signal) => links.releaseSeat(seat, subject, signal),
    isBlocked: async (userId, signal) =>
      (await unblocked(userId, async () => ((await links.isBlocked(userId, signal)) ? null : true))) === null,
  };
}

/** Keeps active memberships for `ttlMs`: for so long may a removed member still pass. */
export function cachedMemberships(memberships: Memberships, ttlMs: number): Memberships {
  if (ttlMs === 0) return memberships;
  const active = new LRUCache<string, Membership>({ max: MAX_ENTRIES, ttl: ttlMs });
  return {
    find: async (organizationId, userId, signal) => {
      const key = `${userId} ${organizationId}`;
      const kept = active.get(key);
      if (kept !== undefined) return kept;
      const found = await memberships.find(organizationId, userId, signal);
      if (found?.status === "active") active.set(key, found);
      return found;
    },
    listByUser: (userId, signal) => memberships.listByUser(userId, signal),
    create: (membership, signal) => memberships.create(membership, signal),
    findInvitation: (organizationId, email, signal) =>
      memberships.findInvitation(organizationId, email, signal),
    listInvitations: (email, signal) => memberships.listInvitations(email, signal),
    consumeInvitation: (invitation, userId, signal) =>
      memberships.consumeInvitation(invitation, userId, signal),
  };
}

interface Cache<V> {
  (key: string, load: () => Promise<V | null>): Promise<V | null>;
  forget(key: string): void;
}

function cache<V extends object | true>(ttlMs: number): Cache<V> {
  const kept = new LRUCache<string, V>({ max: MAX_ENTRIES, ttl: ttlMs });
  const read = async (key: string, load: () => Promise<V | null>) => {
    const hit = kept.get(key);
    if (hit !== undefined) return hit;
    const value = await load();
    if (value !== null) kept.set(key, value);
    return value;
  };
  return Object.assign(read, { forget: (key: string) => void kept.delete(key) });
}

async function nonEmpty<T>(list: Promise<readonly T[]>): Promise<readonly T[] | null> {
  const items = await list;
  return items.length > 0 ? items : null;
}
