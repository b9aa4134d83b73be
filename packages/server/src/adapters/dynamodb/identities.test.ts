import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type IdentityRegistry, loginIdOf, noSpeakers, unrecorded } from "../../domain/index.ts";
import { dynamoIdentities, dynamoSpeakers } from "./identities.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import { type ItemType, toItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { oracle, startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  deleteItem,
  endedSession,
  JANE,
  JOE,
  link,
  NOON,
  seat,
  subjectFacts,
  UNBOUNDED,
  writeItem,
  writeItems,
} from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
let links: IdentityRegistry;
beforeEach(async () => {
  table = await store.emptyTable();
  links = dynamoIdentities(table);
});

/** DynamoDB takes texts with lone surrogates; of the stores that tests run on, dynoxide does not. */
const isUnstorable = (text: string) => oracle === "dynoxide" && !text.isWellFormed();

const stored = <Item extends object>(type: ItemType<Item>, item: Item) =>
  new ItemsOf(table, type).put(item, UNBOUNDED);

describe("links", () => {
  it("returns null for a subject that is not linked", async () => {
    expect(await links.find(link(), UNBOUNDED)).toBeNull();
  });

  it("finds a stored link with all its fields, including null ones", async () => {
    const unregistered = link({ subject: "auth0|1", organizationId: null, email: null, rule: "claim" });
    for (const each of [link(), unregistered]) {
      await stored(ITEM_TYPES.link, each);
      expect(await links.find(each, UNBOUNDED)).toEqual(each);
    }
  });

  it.each([
    ["another tenant", link(), { tenant: "test", subject: link().subject }],
    ["another case", link({ subject: "waad|Abc" }), { tenant: "default", subject: "waad|abc" }],
    ["its replacement", link({ subject: "\ud800" }), { tenant: "default", subject: "\ufffd" }],
  ])("never finds a link under another subject: %s", async (_, another, wanted) => {
    if (isUnstorable(another.subject)) return;
    await stored(ITEM_TYPES.link, another);
    expect(await links.find(wanted, UNBOUNDED)).toBeNull();
  });

  it.each([["\u0000"], ["\ud800"], ["€"], ["😀"], ['"'], ["#"]])(
    "stores a subject of 255 characters made of %j",
    async (character) => {
      if (isUnstorable(character)) return;
      const longest = link({ subject: character.repeat(255 / character.length) });
      await stored(ITEM_TYPES.link, longest);
      expect(await links.find(longest, UNBOUNDED)).toEqual(longest);
    },
  );
});

it.each([
  ["connection", { ...seat(), connection: "acme-entra" }],
  ["tenant", { ...seat(), tenant: "test" }],
  ["person", { ...seat(), userId: JOE }],
])("has a separate seat for each %s", async (_, other) => {
  await stored(ITEM_TYPES.seat, seat());
  expect(await links.findSeat(other, UNBOUNDED)).toBeNull();
  expect(await links.findSeat(seat(), UNBOUNDED)).toEqual(seat());
});

describe("the index of links and seats", () => {
  it("lists a person's links and a subject's seats and no others", async () => {
    const longest = link({ subject: "\u0000".repeat(255), connection: "c".repeat(128) });
    for (const each of [link(), longest, link({ subject: "joe", userId: JOE })]) {
      await stored(ITEM_TYPES.link, each);
      await stored(ITEM_TYPES.seat, {
        ...seat(),
        connection: each.connection,
        userId: each.userId,
        subject: each.subject,
      });
    }
    const listed = await links.listByUser(JANE, UNBOUNDED);
    expect(new Set(listed)).toEqual(new Set([link(), longest]));
    expect(await links.listSeats(longest, UNBOUNDED)).toEqual([
      { ...seat(), subject: longest.subject, connection: longest.connection },
    ]);
    await deleteItem(table, keys.link(loginIdOf(longest)));
    expect(await links.listByUser(JANE, UNBOUNDED)).toEqual([link()]);
  });

  it("lists a seat only under the subject that has taken it over", async () => {
    const taken = seat({ subject: "second" });
    for (const each of [seat({ subject: "first" }), taken]) await stored(ITEM_TYPES.seat, each);
    expect(await links.listSeats({ ...seat(), subject: "first" }, UNBOUNDED)).toEqual([]);
    expect(await links.listSeats(taken, UNBOUNDED)).toEqual([taken]);
    expect(await links.findSeat(seat(), UNBOUNDED)).toEqual(taken);
  });
});

describe("what is known of a subject", () => {
  const facts = subjectFacts({
    notBefore: 1,
    sidlessNotBefore: 2,
    logoutBefore: 3,
    sources: { event: { isBlocked: true, at: NOON }, operator: null },
  });
  const other = { ...link(), subject: "waad|other" };

  it.each([
    ["by a request", <T>(read: () => T) => read()],
    ["for a cache", <T>(read: () => T) => unrecorded(read)],
  ])("is its link and its facts, each null where it is not stored, read %s", async (_, reading) => {
    const find = () => reading(() => links.findSubject(link(), UNBOUNDED));
    for (const session of [endedSession(), endedSession({ sid: "0" })])
      await stored(ITEM_TYPES.session, session);
    await stored(ITEM_TYPES.seat, seat());
    expect(await find()).toEqual({ link: null, facts: null });
    await stored(ITEM_TYPES.facts, facts);
    expect(await find()).toEqual({ link: null, facts });
    await stored(ITEM_TYPES.link, link());
    expect(await find()).toEqual({ link: link(), facts });
    expect(await reading(() => links.findSubject(other, UNBOUNDED))).toEqual({ link: null, facts: null });
    await writeItem(table, { ...toItem(ITEM_TYPES.link, link()), type: "seat" });
    await expect(find()).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  });

  it("is found by the name of the subject, together with what is known of others", async () => {
    for (const each of [link(), link({ subject: other.subject, userId: JOE })])
      await stored(ITEM_TYPES.link, each);
    await stored(ITEM_TYPES.facts, facts);
    const batches = vi.spyOn(await table.client(), "batchGetItem");
    const names = [link(), other, { ...other, tenant: "test" }].map(loginIdOf);
    const found = await unrecorded(() => Promise.all(names.map((name) => links.findLogin(name, UNBOUNDED))));
    expect(found).toEqual([
      { link: link(), facts },
      { link: link({ subject: other.subject, userId: JOE }), facts: null },
      { link: null, facts: null },
    ]);
    expect(batches).toHaveBeenCalledOnce();
  });

  it("is read for a cache in one request, which counts the items together", async () => {
    const { client } = table;
    const sdk = await client();
    const query = vi.spyOn(sdk, "query");
    const get = vi.spyOn(sdk, "getItem");
    await unrecorded(() => links.findSubject(link(), UNBOUNDED));
    expect([query.mock.calls.length, get.mock.calls.length]).toEqual([1, 0]);
    expect(query.mock.calls[0]?.[0]).toMatchObject({ ConsistentRead: true });
  });
});

describe("ended sessions", () => {
  it("are found by their whole key, and listed across pages", async () => {
    const ended = Array.from({ length: 101 }, (_, n) => endedSession({ sid: `s${n}` }));
    await writeItems(
      table,
      ended.map((each) => toItem(ITEM_TYPES.session, each)),
    );
    await stored(ITEM_TYPES.facts, subjectFacts());
    expect(await links.findSession(endedSession({ sid: "s7" }), UNBOUNDED)).toEqual(ended[7]);
    expect(
      await links.findSession({ ...endedSession({ sid: "s7" }), tenant: "other" }, UNBOUNDED),
    ).toBeNull();
    const listed = await links.listSessions(link(), UNBOUNDED);
    expect(new Set(listed.map(({ sid }) => sid))).toEqual(new Set(ended.map(({ sid }) => sid)));
    expect(await links.listSessions({ ...link(), subject: "waad|other" }, UNBOUNDED)).toEqual([]);
  });
});

it("the store's time is that of its replies", async () => {
  await links.findSignOut(JANE, UNBOUNDED);
  expect(Math.abs(links.storeNow().getTime() - Date.now())).toBeLessThan(5_000);
});

describe("blocks", () => {
  it("concern one person", async () => {
    const block = { userId: JANE, blockedAt: NOON, rev: "1" };
    await new ItemsOf(table, ITEM_TYPES.block).put(block, UNBOUNDED);
    expect([await links.findBlock(JANE, UNBOUNDED), await links.findBlock(JOE, UNBOUNDED)]).toEqual([
      block,
      null,
    ]);
    expect(await links.isBlocked(JANE, UNBOUNDED)).toBe(true);
    expect(await links.isBlocked(JOE, UNBOUNDED)).toBe(false);
    const signOut = { userId: JOE, notBefore: 100, rev: "1" };
    await stored(ITEM_TYPES.signOut, signOut);
    expect(await links.findUser(JANE, UNBOUNDED)).toEqual({ isBlocked: true, signOut: null });
    expect(await links.findUser(JOE, UNBOUNDED)).toEqual({ isBlocked: false, signOut });
  });
});

it("finds who speaks for a user, nobody at first", async () => {
  const speakers = { ...noSpeakers(JANE), sso: ACME, rev: "1" };
  expect(await dynamoSpeakers(table).find(JANE, UNBOUNDED)).toEqual(noSpeakers(JANE));
  await stored(ITEM_TYPES.speakers, speakers);
  expect(await dynamoSpeakers(table).find(JANE, UNBOUNDED)).toEqual(speakers);
});
