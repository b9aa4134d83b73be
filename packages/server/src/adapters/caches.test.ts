import { afterAll, describe, expect, it } from "vitest";
import { cachedIdentityLinks, cachedMemberships, cachedOrganizations } from "./caches.ts";
import { dynamoBlockedUsers } from "./dynamodb/blocked-users.ts";
import { dynamoIdentityLinks } from "./dynamodb/identity-links.ts";
import { dynamoMembershipRegistry } from "./dynamodb/membership-registry.ts";
import { dynamoMemberships } from "./dynamodb/memberships.ts";
import { dynamoOrganizationRegistry } from "./dynamodb/organization-registry.ts";
import { dynamoOrganizations } from "./dynamodb/organizations.ts";
import { startEmbeddedStore } from "./dynamodb/testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
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
const QUESTION_MS = 400;
/** How long it is remembered that a connection or a domain is not registered. */
const ABSENT_MS = 5_000;
const store = await startEmbeddedStore();
afterAll(() => store.close());

let nowMs = 1;
const clock = { wallMs: () => 0, monotonicMs: () => nowMs };
const pass = (ms: number) => {
  nowMs += ms;
};

/** The same ports, whose every answer is as old as `QUESTION_MS` when it comes. */
function slowly<Ports extends object>(ports: Ports): Ports {
  return new Proxy(ports, {
    get: (target, name) => {
      const ask: unknown = Reflect.get(target, name);
      if (typeof ask !== "function") return ask;
      return async (...input: unknown[]) => {
        const answer: unknown = await ask.apply(target, input);
        pass(QUESTION_MS);
        return answer;
      };
    },
  });
}

/** Everything that a cache keeps, on a table of its own: how it is asked for, denied, made true and undone. */
async function questions(ttlMs: number) {
  const table = await store.emptyTable();
  const registry = dynamoOrganizationRegistry(table);
  const blocked = dynamoBlockedUsers(table);
  const block = () => blocked.block(JANE, NOON, UNBOUNDED);
  const roster = dynamoMembershipRegistry(table);
  const jane = { organizationId: ACME, userId: JANE };
  const nothing = async () => {};
  const [members, links] = [dynamoMemberships(table), dynamoIdentityLinks(table)];
  const organizations = cachedOrganizations(slowly(dynamoOrganizations(table)), { ttlMs, clock });
  const memberships = cachedMemberships(slowly(members), { ttlMs, clock });
  const identities = cachedIdentityLinks(slowly(links), { ttlMs, clock });
  const acme = organization({ auth0OrgId: "org_acme" });
  const renamed = { ...acme, name: "Acme Ltd" };
  const put = (wanted: typeof acme) => () => registry.putOrganization(wanted, UNBOUNDED);
  const register = () => registry.putConnection(connection(), { movedFrom: null }, UNBOUNDED);
  const withdraw = () => registry.deleteConnection(ACME, connection().name, UNBOUNDED);
  const verify = async () => {
    await put(acme)();
    await registry.putDomain(verifiedDomain(), UNBOUNDED);
  };
  return {
    "an organization": {
      ask: () => organizations.find(ACME, UNBOUNDED),
      deny: nothing,
      make: put(acme),
      unmake: put(renamed),
      answers: [null, acme, renamed],
    },
    "an organization by Auth0's id": {
      ask: () => organizations.findByAuth0OrgId("org_acme", UNBOUNDED),
      deny: nothing,
      make: put(acme),
      unmake: put({ ...acme, auth0OrgId: null }),
      answers: [null, acme, null],
    },
    "a connection": {
      ask: () => organizations.findConnection(connection().name, UNBOUNDED),
      deny: nothing,
      make: register,
      unmake: withdraw,
      answers: [null, connection(), null],
    },
    "an organization's connections": {
      ask: () => organizations.listConnections(ACME, UNBOUNDED),
      deny: nothing,
      make: register,
      unmake: withdraw,
      answers: [[], [connection()], []],
    },
    "who has verified a domain": {
      ask: () => organizations.listByDomain(ACME_EXAMPLE, UNBOUNDED),
      deny: nothing,
      make: verify,
      unmake: () => registry.deleteDomain(ACME, ACME_EXAMPLE, UNBOUNDED),
      answers: [[], [acme], []],
    },
    "an active membership": {
      ask: () => memberships.find(ACME, JANE, UNBOUNDED),
      deny: async () => {
        await members.create(membership(), UNBOUNDED);
        await roster.remove(jane, NOON, UNBOUNDED);
      },
      make: async () => {
        await members.create(membership(), UNBOUNDED);
        await roster.restore(jane, UNBOUNDED);
      },
      unmake: () => roster.remove(jane, NOON, UNBOUNDED),
      answers: [membership({ status: "removed" }), membership(), membership({ status: "removed" })],
    },
    "an identity link": {
      ask: () => identities.find(link(), UNBOUNDED),
      deny: nothing,
      make: () => links.create(link(), UNBOUNDED),
      unmake: () => links.remove(link(), UNBOUNDED),
      answers: [null, link(), null],
    },
    "that a user is not blocked": {
      ask: () => identities.isBlocked(JANE, UNBOUNDED),
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
  "who has verified a domain",
  "an active membership",
  "an identity link",
  "that a user is not blocked",
] as const)("%s", (name) => {
  it("is kept for its time, counted from the question", async () => {
    const { ask, make, unmake, answers } = (await questions(TTL_MS))[name];
    await make();
    expect(await ask()).toEqual(answers[1]);
    await unmake();
    pass(TTL_MS - QUESTION_MS - 1);
    expect(await ask()).toEqual(answers[1]);
    pass(2);
    expect(await ask()).toEqual(answers[2]);
  });

  const absentMs = ["a connection", "who has verified a domain"].includes(name) ? ABSENT_MS : 0;

  it("is kept only where it is so: a no is asked again at once, or after 5 s", async () => {
    const { ask, deny, make, answers } = (await questions(60_000))[name];
    await deny();
    expect(await ask()).toEqual(answers[0]);
    await make();
    if (absentMs > 0) {
      pass(absentMs - QUESTION_MS - 1);
      expect(await ask()).toEqual(answers[0]);
      pass(2);
    }
    expect(await ask()).toEqual(answers[1]);
  });

  it("is not kept for 0 ms", async () => {
    const { ask, make, unmake, answers } = (await questions(0))[name];
    await make();
    expect(await ask()).toEqual(answers[1]);
    await unmake();
    expect(await ask()).toEqual(answers[2]);
  });
});

it("a membership that a listing shows removed is not kept", async () => {
  const table = await store.emptyTable();
  const memberships = cachedMemberships(dynamoMemberships(table), { ttlMs: TTL_MS, clock });
  await memberships.create(membership(), UNBOUNDED);
  const find = () => memberships.find(ACME, JANE, UNBOUNDED);
  expect(await find()).toMatchObject({ status: "active" });
  await dynamoMembershipRegistry(table).remove({ organizationId: ACME, userId: JANE }, NOON, UNBOUNDED);
  expect(await find()).toMatchObject({ status: "active" });
  expect(await memberships.listByUser(JANE, UNBOUNDED)).toMatchObject([{ status: "removed" }]);
  expect(await find()).toMatchObject({ status: "removed" });
});

it("a link that is removed here is not kept, even one that was just being read", async () => {
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
