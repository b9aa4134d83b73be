import { afterAll, describe, expect, it } from "vitest";
import { oracle } from "./testing/config.ts";
import { add, check, EXISTS, erase, IS_ABSENT, number, put, set, text } from "./testing/operations.ts";
import { freshKey, type Item, inIndex, startTwoTables } from "./testing/two-tables.ts";

const store = await startTwoTables();
afterAll(() => store.close());

/** Stores an item alone. */
async function stored(item: Item): Promise<Item> {
  await store.send("PutItem", { TableName: "first", Item: item });
  return item;
}

async function found(key: object, TableName = "first"): Promise<unknown> {
  return (await store.send("GetItem", { TableName, Key: key, ConsistentRead: true })).Item;
}

describe("a transaction", () => {
  it("puts, updates, deletes and checks items, all under their conditions", async () => {
    const [one, two, three, four, five] = [freshKey(), freshKey(), freshKey(), freshKey(), freshKey()];
    for (const key of [two, three, four]) await stored({ ...key, a: number(1) });
    const { status, body } = await store.transact([
      put({ ...one, a: text("new") }, IS_ABSENT),
      add(two, 2),
      erase(three, EXISTS),
      check(four, EXISTS),
      set(five, text("created")),
    ]);
    expect([status, body]).toEqual([200, {}]);
    expect(await Promise.all([one, two, three, four, five].map((key) => found(key)))).toEqual([
      { ...one, a: text("new") },
      { ...two, a: number(3) },
      undefined,
      { ...four, a: number(1) },
      { ...five, a: text("created") },
    ]);
  });

  it("may be about several tables, and about items of the same key in them", async () => {
    const key = freshKey();
    const { status } = await store.transact([
      put({ ...key, a: text("1") }),
      { Put: { TableName: "second", Item: { ...key, a: text("2") } } },
    ]);
    expect(status).toBe(200);
    expect([await found(key), await found(key, "second")]).toEqual([
      { ...key, a: text("1") },
      { ...key, a: text("2") },
    ]);
  });

  it("may have 100 operations, and 4 MB", async () => {
    const keys = Array.from({ length: 100 }, freshKey);
    expect((await store.transact(keys.map((key) => put({ ...key, ...inIndex("m") })))).status).toBe(200);
    expect(await Promise.all(keys.map((key) => found(key)))).toEqual(
      keys.map((key) => ({ ...key, ...inIndex("m") })),
    );
    const large = text("x".repeat(390_000));
    expect((await store.transact(keys.slice(0, 10).map((key) => put({ ...key, large })))).status).toBe(200);
    expect((await store.transact(keys.map((key) => erase(key)))).status).toBe(200);
  });

  it("moves, adds and removes the entries of its items in the index", async () => {
    const [moved, added, removed, deleted] = [freshKey(), freshKey(), freshKey(), freshKey()];
    for (const key of [moved, removed, deleted]) await stored({ ...key, ...inIndex("a") });
    await stored(added);
    const before = await store.everything();
    const sorted = (key: Item, UpdateExpression: string) =>
      set(key, text("z"), {
        UpdateExpression,
        ExpressionAttributeNames: { "#a": "sort" },
      });
    const { status } = await store.transact([
      sorted(moved, "SET #a = :a"),
      put({ ...added, ...inIndex("b") }),
      {
        Update: {
          TableName: "first",
          Key: removed,
          UpdateExpression: "REMOVE #a",
          ExpressionAttributeNames: { "#a": "sort" },
        },
      },
      erase(deleted),
    ]);
    expect(status).toBe(200);
    const gone = new Set([moved, removed, deleted].map(({ pk }) => pk.S));
    expect((await store.everything())["index of first"]).toEqual([
      ...(before["index of first"] ?? []).filter(({ pk }) => !gone.has((pk as { S: string }).S)),
      { ...moved, ...inIndex("z") },
      { ...added, ...inIndex("b") },
    ]);
  });

  it.each([
    ["TOTAL", [{ TableName: "first", CapacityUnits: 12 }]],
    ["NONE", undefined],
  ])("takes twice the units of its operations: %s", async (ReturnConsumedCapacity, expected) => {
    const [small, large, absent] = [freshKey(), freshKey(), freshKey()];
    await stored({ ...large, a: text("x".repeat(1_500)) });
    const operations = [
      put(small),
      erase(large),
      check(absent, IS_ABSENT),
      put({ ...freshKey(), b: text("x".repeat(1_100)) }),
    ];
    const { body } = await store.transact(operations, { ReturnConsumedCapacity });
    expect(body).toEqual(
      expected === undefined ? {} : { ConsumedCapacity: [expect.objectContaining(expected[0] ?? {})] },
    );
  });
});

describe("a token", () => {
  let tokens = 0;
  const fresh = () => {
    tokens += 1;
    return `token-${process.pid}-${tokens}`;
  };

  it("has its transaction made once: the same request gets the same answer", async () => {
    const [key, ClientRequestToken] = [freshKey(), fresh()];
    const more = { ClientRequestToken, ReturnConsumedCapacity: "TOTAL" };
    const first = await store.transact([add(key, 1)], more);
    const second = await store.transact([add(key, 1)], more);
    expect([first.status, second.status]).toEqual([200, 200]);
    if (oracle === null) expect(second).toEqual(first); // others count what they read
    expect(await found(key)).toEqual({ ...key, a: number(1) });
  });

  it("is refused with other parameters, which change nothing", async () => {
    const [key, ClientRequestToken] = [freshKey(), fresh()];
    await store.transact([add(key, 1)], { ClientRequestToken });
    const { status, body } = await store.transact([add(key, 2)], { ClientRequestToken });
    expect([status, body.__type]).toEqual([
      400,
      expect.stringMatching(/#IdempotentParameterMismatchException$/),
    ]);
    expect(await found(key)).toEqual({ ...key, a: number(1) });
  });

  it("can be used again after a refusal", async () => {
    const [key, ClientRequestToken] = [freshKey(), fresh()];
    const operations = [set(key, text("a"), EXISTS)];
    expect((await store.transact(operations, { ClientRequestToken })).status).toBe(400);
    await stored(key);
    expect((await store.transact(operations, { ClientRequestToken })).status).toBe(200);
  });
});
