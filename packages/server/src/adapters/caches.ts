import {
  blockerOf,
  type EndedSession,
  enabledIn,
  enabledOf,
  type IdentityLinks,
  type KnownSubject,
  type KnownUser,
  type LoginId,
  type Membership,
  type Memberships,
  type Organization,
  type Organizations,
  type RegisteredConnection,
  unrecorded,
} from "../domain/index.ts";
import { Cache, type CacheOptions, type Denied } from "./cache.ts";
import { keyIn } from "./cache-keys.ts";
import type { CacheName } from "./cache-use.ts";

/** Organizations, connections and domains per cache. */
const MAX_ORGANIZATIONS = 10_000;

/** Users, links and memberships per cache: one for each remembered token. */
const MAX_USERS = 131_072;

/**
 * Caches what was found, and for 5 s that a connection or a domain is not registered, or that a connection is off:
 * otherwise password logins would read the same two keys on every request. No other negative result and no failure is
 * cached: a user who was just granted access must not be refused by a stale entry.
 */
export function cachedOrganizations(organizations: Organizations, options: CacheOptions): Organizations {
  if (options.ttlMs === 0) return organizations;
  const cache = <V>(name: CacheName, turnsAtMs?: (value: V, nowMs: number) => number | null) =>
    new Cache<V>(name, { max: MAX_ORGANIZATIONS, ...(turnsAtMs && { turnsAtMs }) }, options);
  const found = cache("organizations", closesAtMs);
  const byAuth0OrgId = cache("organizations_by_auth0_id", closesAtMs);
  const connection = cache<RegisteredConnection>("connections");
  const byDomain = cache("domains", nextClosingMs);
  const denials = <V>(name: CacheName, notifiedAs: CacheName) =>
    new Cache<Denied<V>>(name, { max: MAX_ORGANIZATIONS, notifiedAs, isOfAbsences: true }, options);
  const noConnection = denials<RegisteredConnection>("absent_connections", "connections");
  const noDomain = denials<readonly Organization[]>("absent_domains", "domains");
  /** What is read of several, kept for each. */
  const keptEach = (read: () => Promise<readonly Organization[]>) =>
    found.fill(null, async (fill) => {
      const organizations = await unrecorded(read);
      for (const organization of organizations) found.keep(organization.id, organization, fill);
      return organizations;
    });
  const find: Organizations["find"] = (id, signal) =>
    found.read(id, () => organizations.find(id, signal), signal);
  const findConnection: Organizations["findConnection"] = (name, signal) =>
    connection.read(name, () => organizations.findConnection(name, signal), signal, {
      denials: { cache: noConnection, isDenied: (named) => enabledOf(named) === null },
    });
  return {
    find,
    findConnection,
    async findMany(ids, signal) {
      const kept = ids.map((id) => found.get(id)).filter((organization) => organization !== undefined);
      const known = new Set(kept.map(({ id }) => id));
      const missing = ids.filter((id) => !known.has(id));
      if (missing.length === 0) return kept;
      return [...kept, ...(await keptEach(() => organizations.findMany(missing, signal)))];
    },
    findByAuth0OrgId: (id, signal) =>
      byAuth0OrgId.read(id, () => organizations.findByAuth0OrgId(id, signal), signal),
    async listConnections(id, signal) {
      const names = (await find(id, signal))?.connections ?? [];
      const named = await Promise.all(names.map((name) => findConnection(name, signal)));
      return enabledIn(id, named);
    },
    listByDomain: async (domain, signal) =>
      (await byDomain.read(
        domain,
        () => nonEmpty(keptEach(() => organizations.listByDomain(domain, signal))),
        signal,
        { denials: { cache: noDomain, isDenied: (verifiers) => verifiers === null } },
      )) ?? [],
  };
}

/**
 * Caches links with what is known of their subjects, what is known of users, and whether sessions have ended: a token that was
 * issued before the last end of a session asks for its own. Who is blocked is asked again each time.
 */
export function cachedIdentityLinks(links: IdentityLinks, options: CacheOptions): IdentityLinks {
  if (options.ttlMs === 0) return links;
  const subjects = new Cache<KnownSubject>("links", { max: MAX_USERS }, options);
  const users = new Cache<KnownUser>("unblocked", { max: MAX_USERS }, options);
  const sessions = new Cache<{ readonly ended: EndedSession | null }>(
    "sessions",
    { max: MAX_USERS },
    options,
  );
  const linked = { keeps: ({ link, facts }: KnownSubject) => link !== null && blockerOf(facts) === null };
  const unblocked = { keeps: ({ isBlocked }: KnownUser) => !isBlocked };
  const subject = (loginId: LoginId, ask: () => Promise<KnownSubject>, signal: AbortSignal) =>
    always(subjects.read(loginId, ask, signal, linked));
  return {
    findSubject: (key, signal) => subject(keyIn.link(key), () => links.findSubject(key, signal), signal),
    findLogin: (loginId, signal) => subject(loginId, () => links.findLogin(loginId, signal), signal),
    findUser: (userId, signal, beside) => {
      const ask = () => {
        beside?.();
        return links.findUser(userId, signal);
      };
      return always(users.read(userId, ask, signal, unblocked));
    },
    findSession: async (key, signal) => {
      const ask = async () => ({ ended: await links.findSession(key, signal) });
      return (await always(sessions.read(keyIn.session(key), ask, signal))).ended;
    },
  };
}

/** Caches active memberships, one by one: a list is always read. It corrects them where it shows that one was removed. */
export function cachedMemberships(
  memberships: Memberships,
  options: CacheOptions,
): Memberships & {
  /** Reads the membership again, though it may be cached. */
  readonly renew: Memberships["find"];
} {
  if (options.ttlMs === 0) return { ...memberships, renew: async () => null };
  const active = new Cache<Membership>("memberships", { max: MAX_USERS }, options);
  const keeping = { keeps: ({ status }: Membership) => status === "active" };
  const read =
    (how: "read" | "renew"): Memberships["find"] =>
    (organizationId, userId, signal) =>
      active[how](
        keyIn.membership(organizationId, userId),
        () => memberships.find(organizationId, userId, signal),
        signal,
        keeping,
      );
  return {
    ...memberships,
    find: read("read"),
    renew: read("renew"),
    listByUser: async (userId, signal) => {
      const all = await memberships.listByUser(userId, signal);
      for (const { organizationId, status } of all) {
        if (status === "removed") active.forget(keyIn.membership(organizationId, userId));
      }
      return all;
    },
  };
}

/** An organization closes by itself: nothing that was made of it while it was open may hold longer. */
function closesAtMs({ closing }: Organization, nowMs: number): number | null {
  const atMs = closing === null ? nowMs : Date.parse(closing.at);
  return atMs > nowMs ? atMs : null;
}

/** When the next of them closes; null for none. */
function nextClosingMs(organizations: readonly Organization[], nowMs: number): number | null {
  const ahead = organizations.flatMap((each) => closesAtMs(each, nowMs) ?? []);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/** Of a read that never answers null. */
async function always<T>(read: Promise<T | null>): Promise<T> {
  const found = await read;
  if (found === null) throw new Error("a cache has lost what was read");
  return found;
}

async function nonEmpty<T>(list: Promise<readonly T[]>): Promise<readonly T[] | null> {
  const items = await list;
  return items.length > 0 ? items : null;
}
