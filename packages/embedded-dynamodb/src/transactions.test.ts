import { afterAll, describe, expect, it } from "vitest";
import { freshKey, type Item, inIndex, startTwoTables } from "./testing/two-tables.ts";

const store = await startTwoTables();
afterAll(() => store.close());

const IS_ABSENT = { ConditionExpression: "attribute_not_exists(pk)" };
const EXISTS = { ConditionExpression: "attribute_exists(pk)" };
const text = (S: string) => ({ S });
const number = (n: number) => ({ N: `${n}` });

/** Stores an item alone. */
async function stored(item: Item): Promise<Item> {
  await store.send("PutItem", { TableName: "first", Item: item });
  return item;
}

async function found(key: object, TableName = "first"): Promise<unknown> {
  return (await store.send("GetItem", { TableName, Key: key, ConsistentRead: true })).Item;
}

const put = (Item: object, more: object = {}) => ({ Put: { TableName: "first", Item, ...more } });
const erase = (Key: object, more: object = {}) => ({ Delete: { TableName: "first", Key, ...more } });
const check = (Key: object, more: object) => ({ ConditionCheck: { TableName: "first", Key, ...more } });
const set = (Key: object, value: object, more: object = {}) => ({
  Update: {
    TableName: "first",
    Key,
    UpdateExpression: "SET #a = :a",
    ExpressionAttributeNames: { "#a": "a" },
    ExpressionAttributeValues: { ":a": value },
    ...more,
  },
});
const add = (Key: object, n: number) => set(Key, number(n), { UpdateExpression: "ADD #a :a" });

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

describe("a transaction that is refused", () => {
  const NONE = { Code: "None" };
  const FAILED = { Code: "ConditionalCheckFailed", Message: expect.any(String) };
  const INVALID = { Code: "ValidationError", Message: expect.any(String) };
  const present = { ...freshKey(), ...inIndex("present"), a: text("text") };
  const { pk } = present;
  const old = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
  const large = text("x".repeat(400_000));

  it.each<[string, () => object[], object[]]>([
    ["a put", () => [put(freshKey()), put({ pk }, IS_ABSENT)], [NONE, FAILED]],
    ["an update", () => [set(freshKey(), text("a"), EXISTS), put(freshKey())], [FAILED, NONE]],
    ["a deletion", () => [erase({ pk }, IS_ABSENT), put(freshKey())], [FAILED, NONE]],
    ["a check", () => [put(freshKey()), check(freshKey(), EXISTS)], [NONE, FAILED]],
    ["two", () => [put({ pk }, IS_ABSENT), erase(freshKey(), EXISTS)], [FAILED, FAILED]],
    [
      "one that returns the item",
      () => [erase({ pk }, { ...IS_ABSENT, ...old }), erase(freshKey(), { ...EXISTS, ...old })],
      [{ ...FAILED, Item: present }, FAILED],
    ],
    ["an addition to a text", () => [put(freshKey()), add({ pk }, 1)], [NONE, INVALID]],
    [
      "an item that grows too large",
      () => [put(freshKey()), set({ pk }, large, { UpdateExpression: "SET #a = :a, b = :a" })],
      [NONE, INVALID],
    ],
  ])("names the reason of each operation, and writes nothing: %s", async (_, operations, reasons) => {
    await stored(present);
    const before = await store.everything();
    const { status, body } = await store.transact(operations());
    expect([status, body.__type]).toEqual([400, expect.stringMatching(/#TransactionCanceledException$/)]);
    expect(body.CancellationReasons).toEqual(reasons);
    const codes = reasons.map((reason) => (reason as typeof NONE).Code).join(", ");
    expect(body.Message ?? body.message).toContain(`[${codes}]`);
    expect(await store.everything()).toEqual(before);
  });

  const many = (length: number, item: object) =>
    Array.from({ length }, () => put({ ...freshKey(), ...item }));
  it.each<[string, unknown, RegExp, string?]>([
    ["no list", undefined, /transactItems/],
    ["no operation", [], /transactItems.*greater than or equal to 1/],
    ["101 operations", many(101, {}), /transactItems.*less than or equal to 100/],
    ["more than 4 MB", many(11, { a: text("x".repeat(390_000)) }), /4 ?MB|exceed/i],
    ["an item above 400 KB", [put({ pk, a: large, b: large })], /size/i],
    ["two operations on one item", [put({ pk }), check({ pk }, EXISTS)], /multiple operations on one item/],
    ["two kinds in one", [{ ...put({ pk }), ...check({ pk }, EXISTS) }], /only contain one of/],
    ["an operation without a kind", [{}], /only contain one of/],
    [
      "an update without an expression",
      [{ Update: { TableName: "first", Key: { pk } } }],
      /updateExpression/i,
    ],
    ["a check without a condition", [check({ pk }, {})], /conditionExpression/i],
    ["a condition that does not parse", [check({ pk }, { ConditionExpression: "pk ==" })], /Syntax error/],
    [
      "a name that is not used",
      [put({ pk }, { ...EXISTS, ExpressionAttributeNames: { "#x": "x" } })],
      /unused/,
    ],
    [
      "a table that does not exist",
      [{ Put: { TableName: "third", Item: { pk } } }],
      /not found/,
      "ResourceNotFound",
    ],
  ])(
    "has an answer of its own for an input that is not allowed: %s",
    async (_, operations, message, name = "Validation") => {
      await stored(present);
      const before = await store.everything();
      const { status, body } = await store.ask("TransactWriteItems", { TransactItems: operations });
      expect([status, body.__type]).toEqual([400, expect.stringMatching(`#${name}Exception$`)]);
      expect(body.message ?? body.Message).toMatch(message);
      expect(await store.everything()).toEqual(before);
    },
  );

  it.each([
    ["without its key", { a: text("a") }],
    ["with a key of another type", { pk: number(1) }],
    ["with a key of the index of another type", { ...freshKey(), sort: number(1) }],
  ])("stores no item %s", async (_, item) => {
    const before = await store.everything();
    expect(await store.transact([put(freshKey()), put(item)])).toMatchObject({ status: 400 });
    expect(await store.everything()).toEqual(before);
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
    expect(first.status).toBe(200);
    expect(await store.transact([add(key, 1)], more)).toMatchObject({ status: 200 });
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

  it("has at most 36 characters", async () => {
    const token = (length: number) => ({ ClientRequestToken: "x".repeat(length) });
    expect((await store.transact([put(freshKey())], token(36))).status).toBe(200);
    expect(await store.transact([put(freshKey())], token(37))).toMatchObject({
      status: 400,
      body: { __type: expect.stringMatching(/#ValidationException$/) },
    });
  });
});
