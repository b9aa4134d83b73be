import { isDeepStrictEqual } from "node:util";
import { declaredConnection, declaredDomain, type Write } from "@platform-api/server/domain";
import { cacheKeysOf } from "../../server/src/adapters/cache-keys.ts";
import type { ChangeFeed, Notice } from "../../server/src/adapters/changes.ts";
import type { ManualClock } from "../../server/src/adapters/tokens/testing/signed-token.ts";
import type { MemoryStores } from "../in-process/memory-stores.ts";

/** An item by its kind and key. */
type Stored = ReadonlyMap<string, Write>;

/** The changes of the stores, for a process that asks for them. Its polls take until the next step. */
export function steppedFeed(stores: MemoryStores, clock: ManualClock) {
  let stored = itemsOf(stores);
  let asked = Promise.withResolvers<void>();
  let step = Promise.withResolvers<void>();
  const notices: (Notice & { readonly atMs: number })[] = [];
  const steps = { failing: false };
  const feed: ChangeFeed = {
    shards: 1,
    async read(_, fromMs) {
      asked.resolve();
      await step.promise;
      if (steps.failing) throw new Error("the store is down");
      return notices.filter(({ atMs }) => atMs >= fromMs);
    },
  };
  const put = (keys: Notice["keys"], atMs = clock.wallMs()) =>
    void notices.push({ id: `${notices.length}`, keys, atMs });
  return {
    feed,
    /** What has changed since the last time was one commit. @param sentMs when it was sent, which its notice bears */
    commit(sentMs: number) {
      const before = stored;
      stored = itemsOf(stores);
      put(writesBetween(before, stored).flatMap(cacheKeysOf), sentMs);
    },
    put,
    /** Ends the poll, when it has begun, and begins the next. */
    async poll() {
      await asked.promise;
      asked = Promise.withResolvers();
      step.resolve();
      step = Promise.withResolvers();
      await asked.promise;
    },
    /** Ends the poll, which fails as all others do from here on. */
    fail() {
      steps.failing = true;
      step.resolve();
    },
  };
}

function writesBetween(before: Stored, after: Stored): Write[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [present, next] = [before.get(key), after.get(key)];
    if (isDeepStrictEqual(present, next)) return [];
    return {
      item: (present ?? next)?.item,
      present: present?.next ?? null,
      next: next?.next ?? null,
    } as Write;
  });
}

/** What caches may hold something of, as if all of it had just been stored. */
function itemsOf({ organizations, identities, memberships }: MemoryStores): Stored {
  const since = { verifiedAt: "2026-11-24T00:00:00.000Z" };
  const domains = [...organizations.verifiers].flatMap(([domain, ids]) =>
    ids.map((organizationId) => ({ ...declaredDomain({ domain, organizationId, ...since }), rev: "0" })),
  );
  const connections = [...organizations.connections.values(), ...organizations.off.values()];
  const kinds = {
    organization: organizations.organizations,
    pointer: organizations.pointers,
    domain: new Map(domains.map((each) => [`${each.domain} ${each.organizationId}`, each])),
    connection: new Map(
      connections.map((each) => [each.name, { ...declaredConnection(each), rev: "0", ...each }]),
    ),
    membership: memberships.memberships,
    link: identities.links,
    block: identities.blocked,
    facts: identities.facts,
    session: identities.sessions,
    signOut: identities.signOuts,
  } satisfies Partial<Record<Write["item"], ReadonlyMap<string, object>>>;
  return new Map(
    Object.entries(kinds).flatMap(([item, items]) =>
      [...items].map(([key, next]) => [`${item} ${key}`, { item, next, present: null } as Write] as const),
    ),
  );
}
