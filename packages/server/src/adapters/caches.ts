import { LRUCache } from "lru-cache";
import type {
  Connection,
  IdentityLink,
  IdentityLinks,
  Membership,
  Memberships,
  Organization,
  OrganizationId,
  Organizations,
  SubjectKey,
  UserId,
} from "../domain/index.ts";
import type { Clock } from "./clock.ts";

export interface CacheOptions {
  /** How long a value is cached, counted from the start of its read. 0 disables the cache. */
  readonly ttlMs: number;
  readonly clock: Clock;
}

/** Entries per cache. The least recently used one is evicted first. */
const MAX_ENTRIES = 10_000;

/** How long a connection or a domain is cached as not registered. */
const MAX_ABSENT_MS = 5_000;

/**
 * Caches what was found, and briefly that a connection or a domain is not registered: otherwise password logins would
 * read the same two keys on every request. No other negative result and no failure is cached: a user who was just
 * granted access must not be refused by a stale entry.
 */
export function cachedOrganizations(organizations: Organizations, options: CacheOptions): Organizations {
  if (options.ttlMs === 0) return organizations;
  const found = cache<Organization>(options);
  const byAuth0OrgId = cache<Organization>(options);
  const connection = cache<Connection>(options);
  const absent = cache<true>({ ...options, ttlMs: Math.min(options.ttlMs, MAX_ABSENT_MS) });
  const connections = cache<readonly Connection[]>(options);
  const byDomain = cache<readonly Organization[]>(options);
  return {
    find: (id, signal) => found(id, () => organizations.find(id, signal)),
    async findMany(ids, signal) {
      const kept = ids.map((id) => found.kept(id)).filter((organization) => organization !== undefined);
      const known = new Set(kept.map(({ id }) => id));
      const missing = ids.filter((id) => !known.has(id));
      const start = options.clock.monotonicMs();
      const read = missing.length === 0 ? [] : await organizations.findMany(missing, signal);
      for (const organization of read) found.keep(organization.id, organization, start);
      return [...kept, ...read];
    },
    findByAuth0OrgId: (id, signal) => byAuth0OrgId(id, () => organizations.findByAuth0OrgId(id, signal)),
    findConnection: (name, signal) =>
      connection(name, () =>
        unlessAbsent(absent, `connection ${name}`, () => organizations.findConnection(name, signal)),
      ),
    listConnections: async (id, signal) =>
      (await connections(id, () => nonEmpty(organizations.listConnections(id, signal)))) ?? [],
    listByDomain: async (domain, signal) =>
      (await byDomain(domain, () =>
        unlessAbsent(absent, `domain ${domain}`, () => nonEmpty(organizations.listByDomain(domain, signal))),
      )) ?? [],
  };
}

/** Caches links, and that a user is not blocked. A link that is created or removed here takes effect at once. */
export function cachedIdentityLinks(links: IdentityLinks, options: CacheOptions): IdentityLinks {
  if (options.ttlMs === 0) return links;
  const link = cache<IdentityLink>(options);
  const unblocked = cache<true>(options);
  const keyOf = ({ tenant, subject }: SubjectKey) => JSON.stringify([tenant, subject]);
  return {
    ...links,
    find: (key, signal) => link(keyOf(key), () => links.find(key, signal)),
    remove: (removed, signal) => links.remove(removed, signal).finally(() => link.forget(keyOf(removed))),
    isBlocked: async (userId, signal) =>
      (await unblocked(userId, async () => ((await links.isBlocked(userId, signal)) ? null : true))) === null,
  };
}

/** Caches active memberships. A removed member may pass until the entry expires or a listing shows the removal. */
export function cachedMemberships(memberships: Memberships, options: CacheOptions): Memberships {
  if (options.ttlMs === 0) return memberships;
  const active = entries<Membership>(options);
  const keyOf = (organizationId: OrganizationId, userId: UserId) => `${userId} ${organizationId}`;
  return {
    ...memberships,
    find: async (organizationId, userId, signal) => {
      const key = keyOf(organizationId, userId);
      const kept = active.get(key);
      if (kept !== undefined) return kept;
      const start = options.clock.monotonicMs();
      const found = await memberships.find(organizationId, userId, signal);
      if (found?.status === "active") active.set(key, found, { start });
      return found;
    },
    listByUser: async (userId, signal) => {
      const all = await memberships.listByUser(userId, signal);
      for (const { organizationId, status } of all) {
        if (status === "removed") active.delete(keyOf(organizationId, userId));
      }
      return all;
    },
  };
}

type Cache<V extends object | true> = ReturnType<typeof cache<V>>;

function cache<V extends object | true>(options: CacheOptions) {
  const kept = entries<V>(options);
  let forgotten = 0;
  const read = async (key: string, load: () => Promise<V | null>) => {
    const hit = kept.get(key);
    if (hit !== undefined) return hit;
    const before = forgotten;
    const start = options.clock.monotonicMs();
    const value = await load();
    if (value !== null && before === forgotten) kept.set(key, value, { start });
    return value;
  };
  /** Also discards a load in progress. */
  const forget = (key: string) => {
    forgotten += 1;
    kept.delete(key);
  };
  /** @param start when the read started, by the monotonic clock */
  const keep = (key: string, value: V, start: number) => void kept.set(key, value, { start });
  return Object.assign(read, { forget, keep, kept: (key: string) => kept.get(key) });
}

function entries<V extends object | true>({ ttlMs, clock }: CacheOptions): LRUCache<string, V> {
  return new LRUCache({ max: MAX_ENTRIES, ttl: ttlMs, ttlResolution: 0, perf: { now: clock.monotonicMs } });
}

/** Loads the value unless it is cached as absent, and caches its absence. */
async function unlessAbsent<V>(
  absent: Cache<true>,
  key: string,
  load: () => Promise<V | null>,
): Promise<V | null> {
  let value: V | null = null;
  await absent(key, async () => {
    value = await load();
    return value === null ? true : null;
  });
  return value;
}

async function nonEmpty<T>(list: Promise<readonly T[]>): Promise<readonly T[] | null> {
  const items = await list;
  return items.length > 0 ? items : null;
}
