import { afterAll, describe, expect, it } from "vitest";
import { Reads, recordReads } from "../domain/index.ts";
import type { Caches } from "./cache-use.ts";
import { cachedIdentityLinks, cachedMemberships, cachedOrganizations } from "./caches.ts";
import { dynamoBlockedUsers, dynamoIdentityLinks } from "./dynamodb/identity-links.ts";
import { dynamoMemberships, dynamoMembershipWrites } from "./dynamodb/memberships.ts";
import { dynamoOrganizationRegistry } from "./dynamodb/organization-registry.ts";
import { dynamoOrganizations } from "./dynamodb/organizations.ts";
import { startEmbeddedStore } from "./dynamodb/testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  asLoginsSee,
  connection,
  JANE,
  link,
  membership,
  NOON,
  organization,
  UNBOUNDED,
  verifiedDomain,
} from "./dynamodb/testing/examples.ts";

const TTL_MS = 5_000;
const READ_MS = 400;
/** How long a connection or a domain is cached as not registered. */
const ABSENT_MS = 5_000;
const store = await startEmbeddedStore();
afterAll(() => store.close());

let nowMs = 1;
const clock = { wallMs: () => 0, monotonicMs: () => nowMs };
const pass = (ms: number) => {
  nowMs += ms;
};

/** The same ports, where every read takes `READ_MS`. */
function slowly<Ports extends object>(ports: Ports): Ports {
  return new Proxy(ports, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...input: unknown[]) => {
        const answer: unknown = await method.apply(target, input);
        pass(READ_MS);
        return answer;
      };
    },
  });
}

/** Everything that is cached, each on a new table: how it is read, denied, granted and revoked. */
async function cachedReads(ttlMs: number) {
  const table = await store.emptyTable();
  const registry = dynamoOrganizationRegistry(table);
  const blocked = dynamoBlockedUsers(table);
  const block = () => blocked.block(JANE, NOON, UNBOUNDED);
  const writes = dynamoMembershipWrites(table);
  const stored = (status: "active" | "removed") => () =>
    writes.replace(membership({ status }), membership(), UNBOUNDED);
  const nothing = async () => {};
  const caches: Caches = new Map();
  const [members, links] = [dynamoMemberships(table), dynamoIdentityLinks(table)];
  const organizations = cachedOrganizations(slowly(dynamoOrganizations(table)), { ttlMs, clock, caches });
  const memberships = cachedMemberships(slowly(members), { ttlMs, clock, caches });
  const identities = cachedIdentityLinks(slowly(links), { ttlMs, clock, caches });
  const acme = organization({ auth0OrgId: "org_acme" });
  const renamed = { ...acme, name: "Acme Ltd" };
  const put = (wanted: typeof acme) => () => registry.putOrganization(wanted, null, UNBOUNDED);
  const register = () => registry.putConnection(connection(), { movedFrom: null }, UNBOUNDED);
  const withdraw = () => registry.deleteConnection(ACME, connection().name, UNBOUNDED);
  const verify = async () => {
    await put(acme)();
    await registry.putDomain(verifiedDomain(), UNBOUNDED);
  };
  return {
    "an organization": {
      use: caches.get("organizations"),
      read: () => organizations.find(ACME, UNBOUNDED),
      deny: nothing,
      make: put(acme),
      unmake: put(renamed),
      answers: [null, acme, renamed],
    },
    "an organization by Auth0's id": {
      use: caches.get("organizations_by_auth0_id"),
      read: () => organizations.findByAuth0OrgId("org_acme", UNBOUNDED),
      deny: nothing,
      make: put(acme),
      unmake: put({ ...acme, auth0OrgId: null }),
      answers: [null, acme, null],
    },
    "a connection": {
      use: caches.get("connections"),
      read: () => organizations.findConnection(connection().name, UNBOUNDED),
      deny: nothing,
      make: register,
      unmake: withdraw,
      answers: [null, asLoginsSee(connection()), null],
    },
    "an organization's connections": {
      use: caches.get("connection_lists"),
      read: () => organizations.listConnections(ACME, UNBOUNDED),
      deny: nothing,
      make: register,
      unmake: withdraw,
      answers: [[], [asLoginsSee(connection())], []],
    },
    "the organizations of a domain": {
      use: caches.get("domains"),
      read: () => organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED),
      deny: nothing,
      make: verify,
      unmake: () => registry.deleteDomain(ACME, ACME_EXAMPLE, UNBOUNDED),
      answers: [[], [acme], []],
    },
    "an active membership": {
      use: caches.get("memberships"),
      read: () => memberships.find(ACME, JANE, UNBOUNDED),
      deny: async () => {
        await members.create(membership(), UNBOUNDED);
        await stored("removed")();
      },
      make: async () => {
        await members.create(membership(), UNBOUNDED);
        await stored("active")();
      },
      unmake: stored("removed"),
      answers: [membership({ status: "removed" }), membership(), membership({ status: "removed" })],
    },
    "an identity link": {
      use: caches.get("links"),
      read: () => identities.find(link(), UNBOUNDED),
      deny: nothing,
      make: () => links.create(link(), UNBOUNDED),
      unmake: () => links.remove(link(), UNBOUNDED),
      answers: [null, link(), null],
    },
    "an unblocked user": {
      use: caches.get("unblocked"),
      read: () => identities.isBlocked(JANE, UNBOUNDED),
      deny: block,
      make: () => blocked.unblock(JANE, UNBOUNDED),
      unmake: block,
      answers: [true, false, true],
    },
  } as const;
}

describe.each([
  "an organization",
  "an organization by Auth0's id",
  "a connection",
  "an organization's connections",
  "the organizations of a domain",
  "an active membership",
  "an identity link",
  "an unblocked user",
] as const)("%s", (name) => {
  it(`counts hits, and reads without or past its time as misses: ${name}`, async () => {
    const { use, read, make } = (await cachedReads(TTL_MS))[name];
    await make();
    for (let i = 0; i < 3; i += 1) await read();
    pass(TTL_MS);
    await read();
    expect(use).toMatchObject({ hits: 2, misses: 2, size: 1 });
  });

  it(`caches a positive result for its time, counted from the start of the read: ${name}`, async () => {
    const { read, make, unmake, answers } = (await cachedReads(TTL_MS))[name];
    await make();
    expect(await read()).toEqual(answers[1]);
    await unmake();
    pass(TTL_MS - READ_MS - 1);
    expect(await read()).toEqual(answers[1]);
    pass(2);
    expect(await read()).toEqual(answers[2]);
  });

  const absentMs = ["a connection", "the organizations of a domain"].includes(name) ? ABSENT_MS : 0;

  it(`caches a negative result for ${absentMs} ms: ${name}`, async () => {
    const { read, deny, make, answers } = (await cachedReads(60_000))[name];
    await deny();
    expect(await read()).toEqual(answers[0]);
    await make();
    if (absentMs > 0) {
      pass(absentMs - READ_MS - 1);
      expect(await read()).toEqual(answers[0]);
      pass(2);
    }
    expect(await read()).toEqual(answers[1]);
  });

  it(`caches nothing when the time is 0 ms: ${name}`, async () => {
    const { read, make, unmake, answers } = (await cachedReads(0))[name];
    await make();
    expect(await read()).toEqual(answers[1]);
    await unmake();
    expect(await read()).toEqual(answers[2]);
  });

  it(`records what a request has read: ${name}`, async () => {
    const { read, deny, make } = (await cachedReads(60_000))[name];
    await deny();
    const denied = await recorded(read);
    const none = { cached: [], complete: false };
    const absent = { cached: [{ value: true, untilMs: denied.startMs + absentMs }], complete: true };
    expect(denied.reads).toMatchObject(absentMs === 0 ? none : absent);
    pass(absentMs + 1);
    await make();
    const cold = await recorded(read);
    expect(cold.reads).toMatchObject({ cached: [{ untilMs: cold.startMs + 60_000 }], complete: true });
    pass(100);
    expect((await recorded(read)).reads).toEqual(cold.reads);
    expect((await recorded((await cachedReads(0))[name].read)).reads).toEqual(none);
  });

  it(`renews what a request has read when a later read finds the same: ${name}`, async () => {
    const { read, make, unmake } = (await cachedReads(TTL_MS))[name];
    await make();
    const { reads } = await recorded(read);
    pass(TTL_MS);
    const untilMs = nowMs + TTL_MS;
    await read();
    expect(reads.cached).toMatchObject([{ untilMs }]);
    pass(TTL_MS);
    await unmake();
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
  const table = await store.emptyTable();
  const memberships = cachedMemberships(dynamoMemberships(table), { ttlMs: TTL_MS, clock });
  await memberships.create(membership(), UNBOUNDED);
  const find = () => memberships.find(ACME, JANE, UNBOUNDED);
  const { reads } = await recorded(find);
  const removed = membership({ status: "removed", rev: "2" });
  await dynamoMembershipWrites(table).replace(removed, membership(), UNBOUNDED);
  expect(await find()).toMatchObject({ status: "active" });
  expect(reads.cached).toMatchObject([{ untilMs: nowMs + TTL_MS }]);
  expect(await memberships.listByUser(JANE, UNBOUNDED)).toMatchObject([{ status: "removed" }]);
  expect(reads.cached).toMatchObject([{ untilMs: Number.NEGATIVE_INFINITY }]);
  expect(await find()).toMatchObject({ status: "removed" });
});

it("drops a cached link that is removed here, even one that is being read", async () => {
  const links = dynamoIdentityLinks(await store.emptyTable());
  await links.create(link(), UNBOUNDED);
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
  await identities.remove(link(), UNBOUNDED);
  removed.resolve();
  expect(await reading).toEqual(link());
  expect(await identities.find(link(), UNBOUNDED)).toBeNull();

  await links.create(link(), UNBOUNDED);
  expect(await identities.find(link(), UNBOUNDED)).toEqual(link());
  await identities.remove(link(), UNBOUNDED);
  expect(await identities.find(link(), UNBOUNDED)).toBeNull();
});
