import { isDeepStrictEqual } from "node:util";
import {
  type Block,
  type CachedRead,
  type Connection,
  enabledOf,
  endRead,
  type IdentityLink,
  type IdentityLinks,
  type Membership,
  type Memberships,
  type Organization,
  type OrganizationId,
  type Organizations,
  type RegisteredConnection,
  readFromCache,
  readOutsideCaches,
  type SubjectKey,
  type UserId,
  unrecorded,
} from "../domain/index.ts";
import type { CacheName, Caches } from "./cache-use.ts";
import type { Clock } from "./clock.ts";
import { Sieve, type Sieved } from "./sieve.ts";

export interface CacheOptions {
  /** How long a value is cached, counted from the start of its read. 0 disables the cache. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly caches?: Caches | undefined;
}

/** Organizations, connections and domains per cache. */
const MAX_ORGANIZATIONS = 10_000;

/** Users, links and memberships per cache: one for each remembered token. */
const MAX_USERS = 131_072;

/** How long a connection or a domain is cached as not registered, or a connection as off. */
const MAX_ABSENT_MS = 5_000;

/**
 * Caches what was found, and briefly that a connection or a domain is not registered, or that a connection is off:
 * otherwise password logins would read the same two keys on every request. No other negative result and no failure is
 * cached: a user who was just granted access must not be refused by a stale entry.
 */
export function cachedOrganizations(
  organizations: Organizations,
  options: CacheOptions,
): Organizations & {
  /** Forgets everything: this process has changed an organization. */
  forget(): void;
} {
  if (options.ttlMs === 0) return { ...organizations, forget() {} };
  const cache = <V>(name: CacheName) => new Cache<V>(name, MAX_ORGANIZATIONS, options);
  const found = cache<Organization>("organizations");
  const byAuth0OrgId = cache<Organization>("organizations_by_auth0_id");
  const connection = cache<RegisteredConnection>("connections");
  const connections = cache<readonly Connection[]>("connection_lists");
  const byDomain = cache<readonly Organization[]>("domains");
  const absence = { ...options, ttlMs: Math.min(options.ttlMs, MAX_ABSENT_MS) };
  const denials = <V>(name: CacheName) => new Cache<Denied<V>>(name, MAX_ORGANIZATIONS, absence);
  const noConnection = denials<RegisteredConnection>("absent_connections");
  const noDomain = denials<readonly Organization[]>("absent_domains");
  const all = [found, byAuth0OrgId, connection, connections, byDomain, noConnection, noDomain];
  /** What is read of several, kept for each. */
  async function keptEach(read: () => Promise<readonly Organization[]>): Promise<readonly Organization[]> {
    const begun = found.begin();
    const organizations = await unrecorded(read);
    for (const organization of organizations) found.keep(organization.id, organization, begun);
    return organizations;
  }
  return {
    forget() {
      for (const each of all) each.clear();
    },
    find: (id, signal) => found.read(id, () => organizations.find(id, signal)),
    async findMany(ids, signal) {
      const kept = ids.map((id) => found.get(id)).filter((organization) => organization !== undefined);
      const known = new Set(kept.map(({ id }) => id));
      const missing = ids.filter((id) => !known.has(id));
      if (missing.length === 0) return kept;
      return [...kept, ...(await keptEach(() => organizations.findMany(missing, signal)))];
    },
    findByAuth0OrgId: (id, signal) => byAuth0OrgId.read(id, () => organizations.findByAuth0OrgId(id, signal)),
    findConnection: (name, signal) =>
      connection.read(name, () => organizations.findConnection(name, signal), {
        cache: noConnection,
        isDenied: (named) => enabledOf(named) === null,
      }),
    listConnections: async (id, signal) =>
      (await connections.read(id, () => nonEmpty(organizations.listConnections(id, signal)))) ?? [],
    listByDomain: async (domain, signal) =>
      (await byDomain.read(
        domain,
        () => nonEmpty(keptEach(() => organizations.listByDomain(domain, signal))),
        { cache: noDomain, isDenied: (verifiers) => verifiers === null },
      )) ?? [],
  };
}

/** Caches links, and that a user is not blocked. */
export function cachedIdentityLinks(
  links: IdentityLinks,
  options: CacheOptions,
): IdentityLinks & {
  /** Forgets the link of a subject, which this process has changed. */
  forgetLink(key: SubjectKey): void;
  /** Forgets that this process has seen the user without a block. */
  forgetBlock(block: Pick<Block, "userId">): void;
} {
  if (options.ttlMs === 0) return { ...links, forgetLink() {}, forgetBlock() {} };
  const link = new Cache<IdentityLink>("links", MAX_USERS, options, true);
  const unblocked = new Cache<true>("unblocked", MAX_USERS, options, true);
  const keyOf = ({ tenant, subject }: SubjectKey) => JSON.stringify([tenant, subject]);
  return {
    forgetLink: (key) => link.forget(keyOf(key)),
    forgetBlock: ({ userId }) => unblocked.forget(userId),
    find: (key, signal) => link.read(keyOf(key), () => links.find(key, signal)),
    isBlocked: async (userId, signal) =>
      (await unblocked.read(userId, async () => ((await links.isBlocked(userId, signal)) ? null : true))) ===
      null,
  };
}

/** Caches active memberships. A removed member may pass until the entry expires or a listing shows the removal. */
export function cachedMemberships(
  memberships: Memberships,
  options: CacheOptions,
): Memberships & {
  /** Forgets a membership that this process has changed. */
  forget(organizationId: OrganizationId, userId: UserId): void;
} {
  if (options.ttlMs === 0) return { ...memberships, forget() {} };
  const active = new Cache<Membership>("memberships", MAX_USERS, options, true);
  const keyOf = (organizationId: OrganizationId, userId: UserId) => `${userId} ${organizationId}`;
  return {
    ...memberships,
    forget: (organizationId, userId) => active.forget(keyOf(organizationId, userId)),
    find: async (organizationId, userId, signal) => {
      let inactive: Membership | null = null;
      const kept = await active.read(keyOf(organizationId, userId), async () => {
        const found = await memberships.find(organizationId, userId, signal);
        if (found?.status === "active") return found;
        inactive = found;
        return null;
      });
      return kept ?? inactive;
    },
    listByUser: async (userId, signal) => {
      const all = await memberships.listByUser(userId, signal);
      for (const { organizationId, status } of all) {
        if (status === "removed") active.forget(keyOf(organizationId, userId));
      }
      return all;
    },
  };
}

interface Entry<V> extends CachedRead, Sieved {
  readonly value: V;
}

interface Begun {
  readonly startMs: number;
  /** How often the cache had forgotten something. */
  readonly forgotten: number;
}

/** An answer that denies something, and that is kept only briefly. */
interface Denied<V> {
  readonly value: V | null;
}

interface Denials<V> {
  readonly cache: Cache<Denied<V>>;
  isDenied(value: V | null): boolean;
}

/** Values by key, each for `ttlMs` from the start of its read. */
class Cache<V> {
  readonly #entries: Sieve<Entry<V>>;
  readonly #options: CacheOptions;
  readonly #isOfUsers: boolean;
  #forgotten = 0;

  /** @param isOfUsers whether what it had is read again before the first reads of others */
  constructor(name: CacheName, max: number, options: CacheOptions, isOfUsers = false) {
    this.#options = options;
    this.#isOfUsers = isOfUsers;
    // Answers made of an entry that is gone would not end with it when this process learns of a change.
    this.#entries = new Sieve<Entry<V>>(max, (entry) => {
      if (entry.untilMs > options.clock.monotonicMs()) endRead(entry);
    });
    options.caches?.set(name, this.#entries);
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.untilMs <= this.#options.clock.monotonicMs()) {
      this.#entries.misses += 1;
      return undefined;
    }
    this.#entries.hits += 1;
    readFromCache(entry);
    return entry.value;
  }

  /** Of a read: it is kept unless this process forgets something before its end. */
  begin(): Begun {
    return { startMs: this.#options.clock.monotonicMs(), forgotten: this.#forgotten };
  }

  keep(key: string, value: V, { startMs, forgotten }: Begun): void {
    if (forgotten !== this.#forgotten) {
      readOutsideCaches();
      return;
    }
    const untilMs = startMs + this.#options.ttlMs;
    const known = this.#entries.peek(key);
    if (known !== undefined && isDeepStrictEqual(known.value, value)) {
      known.untilMs = Math.max(known.untilMs, untilMs); // what was made of it holds for as long
      readFromCache(known);
      return;
    }
    const entry = { value, untilMs, isUsed: false };
    this.#entries.set(key, entry);
    readFromCache(entry);
  }

  /** The value, from `load` unless it is cached. A null is not cached here, but may be in `denials`, as others may. */
  async read(key: string, load: () => Promise<V | null>, denials?: Denials<V>): Promise<V | null> {
    const kept = this.get(key);
    if (kept !== undefined) return kept;
    const denied = denials?.cache.get(key);
    if (denied !== undefined) return denied.value;
    const begun = this.begin();
    const deniedBegun = denials?.cache.begin();
    const isRenewal = this.#isOfUsers && this.#entries.peek(key) !== undefined;
    const value = await unrecorded(load, isRenewal);
    if (deniedBegun && denials?.isDenied(value)) denials.cache.keep(key, { value }, deniedBegun);
    else if (value !== null) this.keep(key, value, begun);
    else {
      this.#dropExpired(key); // who is blocked or removed is not known any more
      readOutsideCaches();
    }
    return value;
  }

  #dropExpired(key: string): void {
    const entry = this.#entries.peek(key);
    if (entry !== undefined && entry.untilMs <= this.#options.clock.monotonicMs()) this.#entries.delete(key);
  }

  /** Also discards every load in progress. */
  clear(): void {
    this.#forgotten += 1;
    this.#entries.clear();
  }

  /** Also discards a load in progress. */
  forget(key: string): void {
    this.#forgotten += 1;
    this.#entries.delete(key);
  }
}

async function nonEmpty<T>(list: Promise<readonly T[]>): Promise<readonly T[] | null> {
  const items = await list;
  return items.length > 0 ? items : null;
}
