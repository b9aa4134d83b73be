import { beforeEach, describe, expect, it } from "vitest";
import { memoryTransactions } from "../../memory/transactions.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { JANE, UNBOUNDED } from "../testing/people.ts";
import {
  recordEvent,
  recordLogout,
  type SubjectEvent,
  setSubjectBlocked,
  signOut,
  signSubjectOut,
} from "./record.ts";

const KEY = { tenant: "default", subject: "waad|jane" };
const NOON = new Date("2026-11-30T12:00:00.500Z");
const NOON_SECONDS = NOON.getTime() / 1_000 - 0.5;
const LATER = new Date("2026-11-30T12:00:01.000Z");

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration();
  stores.identities.storeNow = () => NOON;
});

const event = (change: SubjectEvent["change"], at: Date) =>
  recordEvent(KEY, { change, at }, stores, UNBOUNDED);
const logout = (sid: string | null, at: number) =>
  recordLogout({ ...KEY, sid }, at, { ...stores, maxTokenLifetimeSeconds: 86_400 }, UNBOUNDED);
const facts = () => stores.identities.findFacts(KEY);
const said = () =>
  stores.identities.entries.map(({ action, actor, source, userId, tenant, subject }) => {
    return [action, actor, source, userId ?? `${tenant} ${subject}`];
  });
const subjectSaid = (action: string, source: string, actor = "system") => [
  action,
  actor,
  source,
  "default waad|jane",
];

describe("an event of the identity provider", () => {
  it("blocks a subject, and lifts the block, each with its own time and its entry", async () => {
    expect(await event("blocked", NOON)).toBe(true);
    expect(await facts()).toMatchObject({ sources: { event: { isBlocked: true, at: NOON.toISOString() } } });
    expect(await event("lifted", LATER)).toBe(true);
    expect(await facts()).toMatchObject({
      ...KEY,
      notBefore: null,
      sources: { event: { isBlocked: false, at: LATER.toISOString() }, operator: null },
    });
    expect(said()).toEqual([
      subjectSaid("identity-blocked", "event"),
      subjectSaid("identity-unblocked", "event"),
    ]);
  });

  it("stores and records nothing of an event that comes again, or late", async () => {
    await event("blocked", NOON);
    await event("lifted", LATER);
    const before = await facts();
    expect([await event("lifted", LATER), await event("blocked", NOON)]).toEqual([false, false]);
    expect(await facts()).toBe(before);
    expect(said()).toHaveLength(2);
  });

  it("blocks a deleted subject and ends its tokens, which a lift leaves ended", async () => {
    await event("deleted", NOON);
    await event("lifted", LATER);
    expect(await facts()).toMatchObject({
      notBefore: NOON_SECONDS,
      sources: { event: { isBlocked: false } },
    });
    expect(said()).toEqual([
      subjectSaid("identity-blocked", "event"),
      subjectSaid("identity-unblocked", "event"),
    ]);
  });

  it("changes no revision where it is known, and another one at each change", async () => {
    await event("blocked", NOON);
    const first = await facts();
    await event("blocked", LATER);
    expect((await facts())?.rev).not.toBe(first?.rev);
  });
});

describe("a logout at the identity provider", () => {
  it("ends its session, and what was issued without a session until then", async () => {
    expect(await logout("s1", 100)).toBe(true);
    expect(await stores.identities.findSession({ ...KEY, sid: "s1" })).toMatchObject({
      at: 100,
      keptUntil: 100 + 86_400 + 3_600,
    });
    expect(await facts()).toMatchObject({ sidlessNotBefore: 100, logoutBefore: null, notBefore: null });
    expect(said()).toEqual([subjectSaid("identity-session-ended", "logout")]);
  });

  it("stores and records nothing of a session whose end comes again, or late", async () => {
    await logout("s1", 100);
    expect([await logout("s1", 100), await logout("s1", 99)]).toEqual([false, false]);
    expect(said()).toHaveLength(1);
  });

  it("moves the end of a session to a later time", async () => {
    await logout("s1", 100);
    expect(await logout("s1", 101)).toBe(true);
    expect(await stores.identities.findSession({ ...KEY, sid: "s1" })).toMatchObject({ at: 101 });
  });

  it("stores the facts again for an older session, as a grant relies on them, and keeps the later time", async () => {
    await logout("s1", 100);
    const before = await facts();
    await logout("s2", 50);
    expect(await facts()).toMatchObject({ sidlessNotBefore: 100 });
    expect((await facts())?.rev).not.toBe(before?.rev);
    expect(await stores.identities.listSessions(KEY)).toHaveLength(2);
  });

  it("ends all sessions of the subject where it names none, once", async () => {
    expect([await logout(null, 100), await logout(null, 100), await logout(null, 99)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await facts()).toMatchObject({ logoutBefore: 100, sidlessNotBefore: null });
    expect(said()).toEqual([subjectSaid("identity-signed-out", "logout")]);
  });
});

it("an operator blocks a subject beside an event, and lifts only the own block", async () => {
  const set = (isBlocked: boolean) =>
    setSubjectBlocked(KEY, { isBlocked, actor: "operator:jo" }, stores, UNBOUNDED);
  expect(await set(false)).toBe(false);
  await event("blocked", NOON);
  expect([await set(true), await set(true)]).toEqual([true, false]);
  await event("lifted", LATER);
  expect(await facts()).toMatchObject({
    sources: { event: { isBlocked: false }, operator: { isBlocked: true } },
  });
  stores.later(1);
  expect([await set(false), await set(false)]).toEqual([true, false]);
  expect(await facts()).toMatchObject({ sources: { operator: { isBlocked: false, at: stores.time } } });
  expect(said().filter(([, , source]) => source === "operator")).toEqual([
    subjectSaid("identity-blocked", "operator", "operator:jo"),
    subjectSaid("identity-unblocked", "operator", "operator:jo"),
  ]);
});

it("the operator who decides later decides, though the clock of the other one is ahead", async () => {
  const set = (isBlocked: boolean, aheadMs: number) => {
    const now = () => new Date(NOON.getTime() + aheadMs);
    return setSubjectBlocked(KEY, { isBlocked, actor: "operator:jo" }, { ...stores, now }, UNBOUNDED);
  };
  expect([await set(true, 0), await set(false, 0), await set(true, -10_000)]).toEqual([true, true, true]);
  const at = new Date(NOON.getTime() + 2).toISOString();
  expect(await facts()).toMatchObject({ sources: { operator: { isBlocked: true, at } } });
});

describe("a sign-out", () => {
  const out = (issuedAt: number | null, actor: Parameters<typeof signOut>[1]["actor"] = `user:${JANE}`) =>
    signOut(JANE, { actor, issuedAt }, stores, UNBOUNDED);

  it.each([
    ["the store's time", NOON_SECONDS - 1, NOON_SECONDS],
    ["the time of the calling token where that is later", NOON_SECONDS + 2, NOON_SECONDS + 2],
    ["the store's time where an operator calls", null, NOON_SECONDS],
  ])("everywhere counts until %s, in whole seconds", async (_, issuedAt, expected) => {
    expect(await out(issuedAt)).toBe(expected);
    expect(await stores.identities.findSignOut(JANE)).toMatchObject({ userId: JANE, notBefore: expected });
  });

  it("everywhere says who has done it", async () => {
    await out(null);
    stores.identities.storeNow = () => LATER;
    await out(null, "operator:jo");
    expect(said()).toEqual([
      ["identity-signed-out", `user:${JANE}`, "user", JANE],
      ["identity-signed-out", "operator:jo", "operator", JANE],
    ]);
  });

  it("everywhere is never earlier than one before it", async () => {
    await out(NOON_SECONDS + 5);
    expect([await out(null), await out(NOON_SECONDS + 5)]).toEqual([NOON_SECONDS + 5, NOON_SECONDS + 5]);
    expect(said()).toHaveLength(1);
  });

  it.each<[string, () => Promise<number>]>([
    ["everywhere", () => out(NOON_SECONDS - 1)],
    ["of a subject", () => signSubjectOut(KEY, stores, stores, UNBOUNDED)],
  ])(
    "%s counts until the second in which the store has answered it, however late its clock was before",
    async (_, sign) => {
      const { identities } = stores;
      const answers = <Args extends unknown[], T>(read: (...args: Args) => Promise<T>) => {
        return async (...args: Args) => {
          const found = await read.apply(identities, args);
          identities.storeNow = () => LATER;
          return found;
        };
      };
      identities.findSignOut = answers(identities.findSignOut);
      identities.findFacts = answers(identities.findFacts);
      expect(await sign()).toBe(NOON_SECONDS + 1);
    },
  );

  it("ends the tokens of a subject until the store's time where an operator does it, linked or not", async () => {
    expect(await signSubjectOut(KEY, stores, stores, UNBOUNDED)).toBe(NOON_SECONDS);
    expect(await facts()).toMatchObject({ notBefore: NOON_SECONDS });
    expect(said()).toEqual([subjectSaid("identity-signed-out", "operator", "operator:jo")]);
  });
});

it("two readers of one feed at once leave what one would, with one entry for each fact", async () => {
  const change = (at: Date, ...changes: SubjectEvent["change"][]) => changes.map((each) => event(each, at));
  await Promise.all([
    ...change(NOON, "blocked", "blocked"),
    ...change(LATER, "deleted", "deleted"),
    logout("s1", 100),
    logout("s1", 100),
  ]);
  expect(await facts()).toMatchObject({
    notBefore: NOON_SECONDS + 1,
    sidlessNotBefore: 100,
    sources: { event: { isBlocked: true, at: LATER.toISOString() } },
  });
  expect(said().filter(([action]) => action === "identity-session-ended")).toHaveLength(1);
});

it("a fact that cannot be stored is an outage", async () => {
  const transactions = memoryTransactions(stores, { fails: () => true });
  const failing = { ...stores, transactions, identities: stores.identities };
  const recorded = recordEvent(KEY, { change: "blocked", at: NOON }, failing, UNBOUNDED);
  await expect(recorded).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
});
