import { afterAll, describe, expect, it, vi } from "vitest";
import {
  holds,
  type IdentityLink,
  type OrganizationId,
  Reads,
  type RegisteredConnection,
  readOutsideCaches,
  recordReads,
  renewsCache,
} from "../domain/index.ts";
import { NotifiedCaches } from "./cache.ts";
import { cacheKeysOf } from "./cache-keys.ts";
import type { Caches, CacheUse } from "./cache-use.ts";
import { cachedIdentityLinks, cachedMemberships, cachedOrganizations } from "./caches.ts";
import { dynamoIdentities } from "./dynamodb/identities.ts";
import { dynamoMemberships } from "./dynamodb/memberships.ts";
import { dynamoOrganizations } from "./dynamodb/organizations.ts";
import { ITEM_TYPES } from "./dynamodb/table/item-types.ts";
import { ItemsOf } from "./dynamodb/table/items.ts";
import { startEmbeddedStore } from "./dynamodb/testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  connection,
  GLOBEX,
  JANE,
  link,
  membership,
  organization,
  subjectFacts,
  UNBOUNDED,
} from "./dynamodb/testing/examples.ts";

const TTL_MS = 5_000;
/** How long a value is kept while this process is notified of changes. */
const MEMORY_MS = 600_000;
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

const BLOCKED = { isBlocked: true, at: "2026-11-30T12:00:00.000Z" };

interface CachedRead {
  readonly notified: NotifiedCaches;
  readonly use: CacheUse | undefined;
  readonly read: () => Promise<unknown>;
  /** What the store answers before, while and after there is something. */
  readonly answers: readonly [absent: unknown, present: unknown, gone: unknown];
}

/** Everything that is cached. */
function cachedReads(ttlMs: number): Record<string, CachedRead> {
  const caches: Caches = new Map();
  const notified = new NotifiedCaches(MEMORY_MS);
  const options = { ttlMs, clock, caches, notified };
  const organizations = cachedOrganizations(answering(dynamoOrganizations(table)), options);
  const memberships = cachedMemberships(answering(dynamoMemberships(table)), options);
  const identities = cachedIdentityLinks(answering(dynamoIdentities(table)), options);
  const acme = organization({ auth0OrgId: "org_acme" });
  const okta = connection();
  const named = (state: RegisteredConnection["state"]) => ({ ...okta, state });
  const removed = membership({ status: "removed" });
  return {
    "an organization": {
      notified,
      use: caches.get("organizations"),
      read: () => organizations.find(ACME, UNBOUNDED),
      answers: [null, acme, { ...acme, name: "Acme Ltd" }],
    },
    "an organization by Auth0's id": {
      notified,
      use: caches.get("organizations_by_auth0_id"),
      read: () => organizations.findByAuth0OrgId("org_acme", UNBOUNDED),
      answers: [null, acme, null],
    },
    "a connection": {
      notified,
      use: caches.get("connections"),
      read: () => organizations.findConnection(okta.name, UNBOUNDED),
      answers: [null, named("enabled"), named("removed")],
    },
    "a connection that is off": {
      notified,
      use: caches.get("connections"),
      read: () => organizations.findConnection(okta.name, UNBOUNDED),
      answers: [named("disabled"), named("enabled"), named("disabled")],
    },
    "the organizations of a domain": {
      notified,
      use: caches.get("domains"),
      read: () => organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED),
      answers: [[], [acme], []],
    },
    "an active membership": {
      notified,
      use: caches.get("memberships"),
      read: () => memberships.find(ACME, JANE, UNBOUNDED),
      answers: [removed, membership(), removed],
    },
    "an identity link": {
      notified,
      use: caches.get("links"),
      read: () => identities.findSubject(link(), UNBOUNDED),
      answers: [
        { link: null, facts: null },
        { link: link(), facts: null },
        { link: link(), facts: subjectFacts({ sources: { event: BLOCKED, operator: null } }) },
      ],
    },
    "an unblocked user": {
      notified,
      use: caches.get("unblocked"),
      read: () => identities.findUser(JANE, UNBOUNDED),
      answers: [
        { isBlocked: true, signOut: null },
        { isBlocked: false, signOut: null },
        { isBlocked: true, signOut: null },
      ],
    },
  };
}

describe("an organization that closes", () => {
  const [WALL_MS, END_MS] = [Date.parse("2026-12-01T00:00:00.000Z"), 3_000];
  const at = new Date(WALL_MS + END_MS).toISOString();
  const CLOSING = organization({ auth0OrgId: "org_acme", closing: { at, by: JANE, mail: "sent" } });
  /** In a process that is notified of changes, in which a value holds for ten minutes: some seconds before the end. */
  function reading(ttlMs = TTL_MS) {
    const notified = new NotifiedCaches(MEMORY_MS);
    notified.freshness.untilMs = Number.POSITIVE_INFINITY;
    const beganMs = nowMs;
    const wall = { ...clock, wallMs: () => WALL_MS + nowMs - beganMs };
    const asked = answering(dynamoOrganizations(table));
    return { notified, ports: cachedOrganizations(asked, { ttlMs, clock: wall, notified }) };
  }
  type Ask = (ports: ReturnType<typeof reading>["ports"]) => Promise<unknown>;
  const ASKED: [string, unknown, Ask][] = [
    ["by its id", CLOSING, (ports) => ports.find(ACME, UNBOUNDED)],
    ["by Auth0's id", CLOSING, (ports) => ports.findByAuth0OrgId("org_acme", UNBOUNDED)],
    [
      "by its domain",
      [organization({ id: GLOBEX }), CLOSING],
      (ports) => ports.listByDomain(ACME_EXAMPLE, UNBOUNDED),
    ],
  ];

  it.each(ASKED)(
    "T8Y: %s, is read again at its end, and what was made of it before holds no longer",
    async (_, value, ask) => {
      const { notified, ports } = reading();
      answer = value;
      const [made, later] = [new Reads(), new Reads()];
      await ask(ports);
      await recordReads(made, () => ask(ports));
      const holding = ({ cached }: Reads) => cached.every((read) => holds(read, nowMs, notified.freshness));
      renewals.length = 0;
      pass(END_MS - READ_MS - 1);
      await ask(ports);
      expect([renewals.length, holding(made)]).toEqual([0, true]);
      pass(1);
      expect(holding(made)).toBe(false);
      await ask(ports); // the same value as before
      await recordReads(later, () => ask(ports));
      pass(MEMORY_MS / 2);
      await ask(ports);
      expect([renewals.length, holding(made), holding(later)]).toEqual([1, false, true]);
    },
  );

  it("is read no more often than another one before its end", async () => {
    const { ports } = reading();
    answer = organization({ closing: { at: "2026-12-08T00:00:00.000Z", by: JANE, mail: "sent" } });
    renewals.length = 0;
    for (let n = 0; n < 10; n += 1) {
      await ports.find(ACME, UNBOUNDED);
      pass(MEMORY_MS / 20);
    }
    expect(renewals.length).toBe(1);
  });
});

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

  it(`caches for minutes what is there, while this process is notified of changes: ${name}`, async () => {
    const { read, notified } = cached(TTL_MS);
    const beganMs = nowMs;
    answer = present;
    expect(await read()).toEqual(present);
    answer = gone;
    notified.freshness.untilMs = nowMs + MEMORY_MS;
    pass(beganMs + MEMORY_MS - 1 - nowMs);
    expect(await read()).toEqual(present);
    notified.freshness.untilMs = nowMs;
    expect(await read()).toEqual(gone);
  });

  it(`caches what is there no longer than its memory, and what is not for ${absentMs} ms, notified or not: ${name}`, async () => {
    const { read, notified } = cached(TTL_MS);
    notified.freshness.untilMs = Number.POSITIVE_INFINITY;
    const beganMs = nowMs;
    answer = absent;
    await read();
    answer = present;
    pass(absentMs);
    expect(await read()).toEqual(present);
    answer = gone;
    pass(MEMORY_MS - READ_MS - 1);
    expect(await read()).toEqual(present);
    pass(2);
    expect(await read()).toEqual(gone);
    expect(nowMs).toBeGreaterThan(beganMs + MEMORY_MS);
  });

  it(`caches no longer than an operator says who wants less than 5 s, notified or not: ${name}`, async () => {
    const { read, notified } = cached(1_000);
    notified.freshness.untilMs = Number.POSITIVE_INFINITY;
    answer = present;
    await read();
    answer = gone;
    pass(1_000);
    expect(await read()).toEqual(gone);
  });

  it(`asks once for those who ask at once: ${name}`, async () => {
    const { read } = cached(TTL_MS);
    renewals.length = 0;
    answer = present;
    expect(await Promise.all([read(), read(), read()])).toEqual([present, present, present]);
    expect(renewals).toHaveLength(1);
  });

  it(`T8N: reads again as a renewal what it had, until that is gone: ${name}`, async () => {
    const { read } = cached(TTL_MS);
    renewals.length = 0;
    for (answer of [present, present, gone, gone]) {
      await read();
      pass(TTL_MS);
    }
    const isThere = name === "an organization"; // with another name
    expect(renewals).toEqual([false, true, true, isThere]);
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
    const endMs = denied.startMs + absentMs;
    const known = { cached: [{ untilMs: endMs, lastMs: endMs }], complete: true };
    expect(denied.reads).toMatchObject(absentMs === 0 ? none : known);
    pass(absentMs + 1);
    answer = present;
    const cold = await recorded(read);
    const [untilMs, lastMs] = [cold.startMs + TTL_MS, cold.startMs + MEMORY_MS];
    expect(cold.reads).toMatchObject({ cached: [{ untilMs, lastMs }], complete: true });
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
    const ended = Number.NEGATIVE_INFINITY; // it would hold again as soon as this process is notified of changes
    expect(reads.cached).toMatchObject([{ untilMs: ended, lastMs: ended }]);
  });
});

/** What a read records, and when it starts. */
async function recorded(read: () => Promise<unknown>) {
  const [reads, startMs] = [new Reads(), nowMs];
  await recordReads(reads, read);
  return { reads, startMs };
}

const notified = new NotifiedCaches(MEMORY_MS);
const OPTIONS = { ttlMs: TTL_MS, clock, notified };

it("drops a cached membership that a listing shows as removed", async () => {
  const memberships = cachedMemberships(dynamoMemberships(table), OPTIONS);
  const stored = new ItemsOf(table, ITEM_TYPES.membership);
  await stored.put(membership(), UNBOUNDED);
  const find = () => memberships.find(ACME, JANE, UNBOUNDED);
  const { reads } = await recorded(find);
  const removed = membership({ status: "removed", rev: "2" });
  await stored.put(removed, UNBOUNDED);
  expect(await find()).toMatchObject({ status: "active" });
  expect(reads.cached).toMatchObject([{ untilMs: nowMs + TTL_MS }]);
  expect(await memberships.listByUser(JANE, UNBOUNDED)).toMatchObject([{ status: "removed" }]);
  const ended = Number.NEGATIVE_INFINITY;
  expect(reads.cached).toMatchObject([{ untilMs: ended, lastMs: ended }]);
  expect(await find()).toMatchObject({ status: "removed" });
});

describe("while a value is read, and its key is forgotten,", () => {
  /** Links whose reads end by `end`, and how many were begun. */
  function heldLinks() {
    const reads: { readonly end: (found: IdentityLink | null) => void; readonly isRenewal: boolean }[] = [];
    const findSubject = async () => {
      const { promise, resolve } = Promise.withResolvers<IdentityLink | null>();
      reads.push({ end: resolve, isRenewal: renewsCache() });
      return { link: await promise, facts: null };
    };
    const options = { ...OPTIONS, notified: new NotifiedCaches(MEMORY_MS) };
    const links = cachedIdentityLinks({ ...dynamoIdentities(table), findSubject }, options);
    return {
      reads,
      notified: options.notified,
      find: async (subject = "one") => (await links.findSubject(link({ subject }), UNBOUNDED)).link,
    };
  }
  const keysOf = (subject: string) => cacheKeysOf({ item: "link", present: link({ subject }), next: null });

  it.each<[string, (notified: NotifiedCaches) => void]>([
    ["by its key", (notified) => notified.forget(keysOf("one"))],
    ["with everything", (notified) => notified.clear()],
  ])(
    "%s, the value is given to those who waited, and read again for those who come later",
    async (_, forget) => {
      const { reads, notified, find } = heldLinks();
      const before = [find(), find()];
      forget(notified);
      const after = [find(), find()];
      expect(reads).toHaveLength(2);
      reads[1]?.end(null);
      reads[0]?.end(link());
      expect(await Promise.all(before)).toEqual([link(), link()]);
      expect(await Promise.all(after)).toEqual([null, null]);
      void find();
      expect(reads).toHaveLength(3);
    },
  );

  it("what was forgotten is read again as a renewal, and what was made of it holds again if it is the same", async () => {
    const { reads, notified, find } = heldLinks();
    const first = recorded(find);
    reads[0]?.end(link());
    const [read] = (await first).reads.cached;
    notified.forget(keysOf("one"));
    expect(read?.untilMs).toBe(Number.NEGATIVE_INFINITY);
    const again = find();
    expect(reads.map(({ isRenewal }) => isRenewal)).toEqual([false, true]);
    reads[1]?.end(link());
    await again;
    expect(read?.untilMs).toBe(nowMs + TTL_MS);
  });

  it("the reads of other keys are kept", async () => {
    const { reads, notified, find } = heldLinks();
    const other = find("other");
    notified.forget(keysOf("one"));
    reads[0]?.end(link({ subject: "other" }));
    await other;
    await find("other");
    expect(reads).toHaveLength(1);
  });
});

it("forgets that a connection was off as soon as somebody switches it on", async () => {
  const findConnection = vi.fn(async () => connection({ state: "disabled" }));
  const cached = cachedOrganizations({ ...dynamoOrganizations(table), findConnection }, OPTIONS);
  const find = () => cached.findConnection(connection().name, UNBOUNDED);
  for (let times = 0; times < 2; times += 1) await find();
  expect(findConnection).toHaveBeenCalledTimes(1);
  notified.forget(
    cacheKeysOf({ item: "connection", present: connection({ state: "disabled" }), next: connection() }),
  );
  await find();
  expect(findConnection).toHaveBeenCalledTimes(2);
});

it("keeps no organization that was read with others, if it has changed since", async () => {
  const [acme, globex] = [organization(), organization({ id: GLOBEX })];
  const find = vi.fn(async (id: OrganizationId) => (id === ACME ? acme : globex));
  const findMany = async () => {
    notified.forget(cacheKeysOf({ item: "organization", present: acme, next: acme }));
    return [acme, globex];
  };
  const cached = cachedOrganizations({ ...dynamoOrganizations(table), find, findMany }, OPTIONS);
  expect(await cached.findMany([ACME, GLOBEX], UNBOUNDED)).toEqual([acme, globex]);
  for (const id of [ACME, GLOBEX]) await cached.find(id, UNBOUNDED);
  expect(find.mock.calls.map(([id]) => id)).toEqual([ACME]);
});

it("keeps each organization of a domain", async () => {
  const find = vi.fn(async () => null);
  const listByDomain = async () => [organization()];
  const cached = cachedOrganizations({ ...dynamoOrganizations(table), find, listByDomain }, OPTIONS);
  await cached.listByDomain(ACME_EXAMPLE, UNBOUNDED);
  expect(await cached.find(ACME, UNBOUNDED)).toEqual(organization());
  expect(find).not.toHaveBeenCalled();
});

it("lists the connections of an organization from what it has of each", async () => {
  const names = ["b", "a", "off", "moved", "gone"];
  const stored = new Map(
    [
      connection({ name: "a" }),
      connection({ name: "b" }),
      connection({ name: "off", state: "disabled" }),
      connection({ name: "moved", organizationId: GLOBEX }),
    ].map((each) => [each.name, each]),
  );
  const findConnection = vi.fn(async (name: string) => stored.get(name) ?? null);
  const find = async () => organization({ connections: names });
  const cached = cachedOrganizations({ ...dynamoOrganizations(table), find, findConnection }, OPTIONS);
  notified.clear();
  for (let times = 0; times < 2; times += 1) {
    const listed = await cached.listConnections(ACME, UNBOUNDED);
    expect(listed.map(({ name }) => name)).toEqual(["a", "b"]);
  }
  expect(findConnection.mock.calls.map(([name]) => name).sort()).toEqual(names.toSorted());
});
