import { afterAll, describe, expect, it, vi } from "vitest";
import {
  Reads,
  type RegisteredConnection,
  readOutsideCaches,
  recordReads,
  renewsCache,
} from "../domain/index.ts";
import type { Caches, CacheUse } from "./cache-use.ts";
import { cachedIdentityLinks, cachedMemberships, cachedOrganizations } from "./caches.ts";
import { dynamoIdentities } from "./dynamodb/identities.ts";
import { dynamoMemberships } from "./dynamodb/memberships.ts";
import { dynamoOrganizations } from "./dynamodb/organizations.ts";
import { ITEM_TYPES } from "./dynamodb/table/item-types.ts";
import { ItemsOf } from "./dynamodb/table/items.ts";
import { keys } from "./dynamodb/table/keys.ts";
import { startEmbeddedStore } from "./dynamodb/testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  connection,
  deleteItem,
  JANE,
  link,
  membership,
  organization,
  UNBOUNDED,
} from "./dynamodb/testing/examples.ts";

const TTL_MS = 5_000;
const READ_MS = 400;
/** How long a connection or a domain is cached as not registered. */
const ABSENT_MS = 5_000;
const store = await startEmbeddedStore();
afterAll(() => store.close());
const table = await store.emptyTable();

let nowMs = 1;
const clock = { wallMs: () => 0, monotonicMs: () => nowMs };
const pass = (ms: number) => {
  nowMs += ms;
};

/** What the store behind the caches answers to every question. */
let answer: unknown;
/** For each question to it, whether the answer renews one that was cached. */
const renewals: boolean[] = [];

/** The same ports, where every read takes `READ_MS` and finds `answer`. */
function answering<Ports extends object>(ports: Ports): Ports {
  const read = async () => {
    readOutsideCaches(); // as the store does
    renewals.push(renewsCache());
    pass(READ_MS);
    return answer;
  };
  return new Proxy(ports, { get: () => read });
}

interface CachedRead {
  readonly use: CacheUse | undefined;
  readonly read: () => Promise<unknown>;
  /** What the store answers before, while and after there is something. */
  readonly answers: readonly [absent: unknown, present: unknown, gone: unknown];
}

/** Everything that is cached. */
function cachedReads(ttlMs: number): Record<string, CachedRead> {
  const caches: Caches = new Map();
  const options = { ttlMs, clock, caches };
  const organizations = cachedOrganizations(answering(dynamoOrganizations(table)), options);
  const memberships = cachedMemberships(answering(dynamoMemberships(table)), options);
  const identities = cachedIdentityLinks(answering(dynamoIdentities(table)), options);
  const acme = organization({ auth0OrgId: "org_acme" });
  const okta = connection();
  const named = (state: RegisteredConnection["state"]) => ({ ...okta, state });
  const removed = membership({ status: "removed" });
  return {
    "an organization": {
      use: caches.get("organizations"),
      read: () => organizations.find(ACME, UNBOUNDED),
      answers: [null, acme, { ...acme, name: "Acme Ltd" }],
    },
    "an organization by Auth0's id": {
      use: caches.get("organizations_by_auth0_id"),
      read: () => organizations.findByAuth0OrgId("org_acme", UNBOUNDED),
      answers: [null, acme, null],
    },
    "a connection": {
      use: caches.get("connections"),
      read: () => organizations.findConnection(okta.name, UNBOUNDED),
      answers: [null, named("enabled"), named("removed")],
    },
    "a connection that is off": {
      use: caches.get("connections"),
      read: () => organizations.findConnection(okta.name, UNBOUNDED),
      answers: [named("disabled"), named("enabled"), named("disabled")],
    },
    "an organization's connections": {
      use: caches.get("connection_lists"),
      read: () => organizations.listConnections(ACME, UNBOUNDED),
      answers: [[], [okta], []],
    },
    "the organizations of a domain": {
      use: caches.get("domains"),
      read: () => organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED),
      answers: [[], [acme], []],
    },
    "an active membership": {
      use: caches.get("memberships"),
      read: () => memberships.find(ACME, JANE, UNBOUNDED),
      answers: [removed, membership(), removed],
    },
    "an identity link": {
      use: caches.get("links"),
      read: () => identities.find(link(), UNBOUNDED),
      answers: [null, link(), null],
    },
    "an unblocked user": {
      use: caches.get("unblocked"),
      read: () => identities.isBlocked(JANE, UNBOUNDED),
      answers: [true, false, true],
    },
  };
}

describe.each(Object.keys(cachedReads(TTL_MS)))("%s", (name) => {
  const cached = (ttlMs: number) => cachedReads(ttlMs)[name] ?? expect.fail();
  const [absent, present, gone] = cached(TTL_MS).answers;

  it(`counts hits, and reads without or past its time as misses: ${name}`, async () => {
    const { use, read } = cached(TTL_MS);
    answer = present;
    for (let i = 0; i < 3; i += 1) await read();
    pass(TTL_MS);
    await read();
    expect(use).toMatchObject({ hits: 2, misses: 2, size: 1 });
  });

  it(`caches a positive result for its time, counted from the start of the read: ${name}`, async () => {
    const { read } = cached(TTL_MS);
    answer = present;
    expect(await read()).toEqual(present);
    answer = gone;
    pass(TTL_MS - READ_MS - 1);
    expect(await read()).toEqual(present);
    pass(2);
    expect(await read()).toEqual(gone);
  });

  const brief = ["a connection", "a connection that is off", "the organizations of a domain"];
  const absentMs = brief.includes(name) ? ABSENT_MS : 0;

  it(`caches a negative result for ${absentMs} ms: ${name}`, async () => {
    const { read } = cached(60_000);
    answer = absent;
    expect(await read()).toEqual(absent);
    answer = present;
    if (absentMs > 0) {
      pass(absentMs - READ_MS - 1);
      expect(await read()).toEqual(absent);
      pass(2);
    }
    expect(await read()).toEqual(present);
  });

  it(`T8N: reads again as a renewal what it had of a user, until that is gone: ${name}`, async () => {
    const { read } = cached(TTL_MS);
    renewals.length = 0;
    for (answer of [present, present, gone, gone]) {
      await read();
      pass(TTL_MS);
    }
    const isOfUser = ["an active membership", "an identity link", "an unblocked user"].includes(name);
    expect(renewals).toEqual([false, isOfUser, isOfUser, false]);
  });

  it(`caches nothing when the time is 0 ms: ${name}`, async () => {
    const { read } = cached(0);
    for (answer of [present, gone]) expect(await read()).toEqual(answer);
  });

  it(`records what a request has read: ${name}`, async () => {
    const { read } = cached(60_000);
    answer = absent;
    const denied = await recorded(read);
    const none = { cached: [], complete: false };
    const known = { cached: [{ untilMs: denied.startMs + absentMs }], complete: true };
    expect(denied.reads).toMatchObject(absentMs === 0 ? none : known);
    pass(absentMs + 1);
    answer = present;
    const cold = await recorded(read);
    expect(cold.reads).toMatchObject({ cached: [{ untilMs: cold.startMs + 60_000 }], complete: true });
    pass(100);
    expect((await recorded(read)).reads).toEqual(cold.reads);
    expect((await recorded(cached(0).read)).reads).toEqual(none);
  });

  it(`renews what a request has read when a later read finds the same: ${name}`, async () => {
    const { read } = cached(TTL_MS);
    answer = present;
    const { reads } = await recorded(read);
    pass(TTL_MS);
    const untilMs = nowMs + TTL_MS;
    await read();
    expect(reads.cached).toMatchObject([{ untilMs }]);
    pass(TTL_MS);
    answer = gone;
    await read();
    expect(reads.cached).toMatchObject([{ untilMs }]);
  });
});

/** What a read records, and when it starts. */
async function recorded(read: () => Promise<unknown>) {
  const [reads, startMs] = [new Reads(), nowMs];
  await recordReads(reads, read);
  return { reads, startMs };
}

it("drops a cached membership that a listing shows as removed", async () => {
  const memberships = cachedMemberships(dynamoMemberships(table), { ttlMs: TTL_MS, clock });
  const stored = new ItemsOf(table, ITEM_TYPES.membership);
  await stored.put(membership(), UNBOUNDED);
  const find = () => memberships.find(ACME, JANE, UNBOUNDED);
  const { reads } = await recorded(find);
  const removed = membership({ status: "removed", rev: "2" });
  await stored.put(removed, UNBOUNDED);
  expect(await find()).toMatchObject({ status: "active" });
  expect(reads.cached).toMatchObject([{ untilMs: nowMs + TTL_MS }]);
  expect(await memberships.listByUser(JANE, UNBOUNDED)).toMatchObject([{ status: "removed" }]);
  expect(reads.cached).toMatchObject([{ untilMs: Number.NEGATIVE_INFINITY }]);
  expect(await find()).toMatchObject({ status: "removed" });
});

it("drops a cached link that is changed here, even one that is being read", async () => {
  const links = dynamoIdentities(table);
  const stored = new ItemsOf(table, ITEM_TYPES.link);
  await stored.put(link(), UNBOUNDED);
  const read = Promise.withResolvers<void>();
  const removed = Promise.withResolvers<void>();
  const find: typeof links.find = async (key, signal) => {
    const found = await links.find(key, signal);
    read.resolve();
    await removed.promise;
    return found;
  };
  const identities = cachedIdentityLinks({ ...links, find }, { ttlMs: TTL_MS, clock });
  const reading = identities.find(link(), UNBOUNDED);
  await read.promise;
  await deleteItem(table, keys.link(link()));
  identities.forgetLink(link());
  removed.resolve();
  expect(await reading).toEqual(link());
  expect(await identities.find(link(), UNBOUNDED)).toBeNull();

  await stored.put(link(), UNBOUNDED);
  expect(await identities.find(link(), UNBOUNDED)).toEqual(link());
  await deleteItem(table, keys.link(link()));
  expect(await identities.find(link(), UNBOUNDED)).toEqual(link());
  identities.forgetLink(link());
  expect(await identities.find(link(), UNBOUNDED)).toBeNull();
});

it("drops that a user was not blocked, when this process blocks them", async () => {
  const isBlocked = vi.fn(async () => false);
  const links = { ...dynamoIdentities(table), isBlocked };
  const identities = cachedIdentityLinks(links, { ttlMs: TTL_MS, clock });
  for (let reads = 0; reads < 2; reads += 1) await identities.isBlocked(JANE, UNBOUNDED);
  identities.forgetBlock({ userId: JANE });
  await identities.isBlocked(JANE, UNBOUNDED);
  expect(isBlocked).toHaveBeenCalledTimes(2);
});

it("keeps nothing of a connection that was off while it was read, if this process has changed one since", async () => {
  const table = await store.emptyTable();
  const organizations = dynamoOrganizations(table);
  const put = (state: RegisteredConnection["state"]) =>
    new ItemsOf(table, ITEM_TYPES.connection).put(connection({ state }), UNBOUNDED);
  await put("disabled");
  const read = Promise.withResolvers<void>();
  const changed = Promise.withResolvers<void>();
  const findConnection: typeof organizations.findConnection = async (name, signal) => {
    const found = await organizations.findConnection(name, signal);
    read.resolve();
    await changed.promise;
    return found;
  };
  const cached = cachedOrganizations({ ...organizations, findConnection }, { ttlMs: TTL_MS, clock });
  const find = () => cached.findConnection(connection().name, UNBOUNDED);
  const reading = find();
  await read.promise;
  await put("enabled");
  cached.forget();
  changed.resolve();
  expect(await reading).toMatchObject({ state: "disabled" });
  expect(await find()).toMatchObject({ state: "enabled" });
});

it("keeps no organization that was read with others, if this process has changed one since", async () => {
  const acme = organization();
  const changed = { ...acme, name: "Acme Ltd" };
  let stored = acme;
  const store = dynamoOrganizations(table);
  const cached = cachedOrganizations(
    {
      ...store,
      find: async () => stored,
      findMany: async () => {
        const read = [stored];
        stored = changed;
        cached.forget();
        return read;
      },
    },
    { ttlMs: TTL_MS, clock },
  );
  expect(await cached.findMany([ACME], UNBOUNDED)).toEqual([acme]);
  expect(await cached.find(ACME, UNBOUNDED)).toEqual(changed);
});

it("keeps each organization of a domain", async () => {
  const find = vi.fn(async () => null);
  const listByDomain = async () => [organization()];
  const cached = cachedOrganizations(
    { ...dynamoOrganizations(table), find, listByDomain },
    { ttlMs: TTL_MS, clock },
  );
  await cached.listByDomain(ACME_EXAMPLE, UNBOUNDED);
  expect(await cached.find(ACME, UNBOUNDED)).toEqual(organization());
  expect(find).not.toHaveBeenCalled();
});
