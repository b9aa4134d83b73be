import { afterAll, expect, it } from "vitest";
import { oracle } from "./testing/config.ts";
import { freshKey, startTwoTables, TABLES } from "./testing/two-tables.ts";

const store = await startTwoTables();
afterAll(() => store.close());

type Key = ReturnType<typeof freshKey>;

const adding = (TableName: string, Key: Key) => ({
  TableName,
  Key,
  UpdateExpression: "ADD n :one",
  ExpressionAttributeValues: { ":one": { N: "1" } },
});

async function count(TableName: string, Key: Key): Promise<number> {
  const { Item } = await store.send("GetItem", { TableName, Key, ConsistentRead: true });
  return Number((Item as { n?: { N: string } } | undefined)?.n?.N ?? 0);
}

/** Sends a transaction until it is made. A real store may refuse one because of another. */
async function insist(operations: readonly object[]): Promise<void> {
  for (;;) {
    const { status, body } = await store.transact(operations);
    if (status === 200) return;
    const reasons = (body.CancellationReasons ?? []) as { Code: string }[];
    if (!reasons.some(({ Code }) => Code === "TransactionConflict")) throw new Error(JSON.stringify(body));
  }
}

it("transactions and single writes of the same items wait for each other, and none is lost", async () => {
  const keys = [freshKey(), freshKey(), freshKey(), freshKey()];
  const items = TABLES.flatMap((table) => keys.map((key) => [table, key] as const));
  const expected = new Map(items.map((item) => [item, 0]));
  const writes = Array.from({ length: 120 }, async (_, n) => {
    // Neighbours overlap, in changing order and across the tables.
    const chosen = items.filter((__, at) => (at * 7 + n) % 5 < 2);
    if (n % 2 === 1) chosen.reverse();
    for (const item of n % 3 === 0 ? chosen.slice(0, 1) : chosen)
      expected.set(item, (expected.get(item) ?? 0) + 1);
    if (n % 3 !== 0) return insist(chosen.map(([table, key]) => ({ Update: adding(table, key) })));
    const [[table, key] = [TABLES[0], freshKey()]] = chosen;
    await store.send("UpdateItem", adding(table, key));
  });
  await Promise.all(writes);
  const counts = items.map(async (item) => [item, await count(...item)] as const);
  expect(new Map(await Promise.all(counts))).toEqual(expected);
});

it("one of the transactions that need an item as it was is made, whole", async () => {
  const [lock, ...others] = Array.from({ length: 21 }, freshKey);
  const answers = await Promise.all(
    others.map((key) =>
      store.transact([
        { Put: { TableName: "first", Item: lock, ConditionExpression: "attribute_not_exists(pk)" } },
        { Put: { TableName: "second", Item: key } },
      ]),
    ),
  );
  const made = others.filter((_, at) => answers[at]?.status === 200);
  expect(made).toHaveLength(1);
  const stored = await Promise.all(
    others.map(async (Key) => (await store.send("GetItem", { TableName: "second", Key })).Item),
  );
  expect(stored.filter((item) => item !== undefined)).toEqual(made);
});

it("a batch of writes and a transaction of the same items wait for each other", async () => {
  const keys = Array.from({ length: 20 }, freshKey);
  const puts = keys.map((key) => ({ PutRequest: { Item: key } }));
  const rounds = Array.from({ length: 10 }, () => [
    store.send("BatchWriteItem", { RequestItems: { first: puts } }),
    insist(keys.toReversed().map((key) => ({ Update: adding("first", key) }))),
  ]);
  await Promise.all(rounds.flat());
  // Each item was put and updated, so what it counts depends on the order alone.
  const counts = await Promise.all(keys.map((key) => count("first", key)));
  for (const n of counts) expect(n).toBeLessThanOrEqual(10);
});

it.skipIf(oracle)("a transaction that fails on a defect of dynalite holds no item", async () => {
  const [one, two] = [freshKey(), freshKey()];
  const failing = { TableName: "first", Key: two, ConditionExpression: "begins_with(a, b)" };
  const { status, body } = await store.transact([
    { Put: { TableName: "first", Item: one } },
    { ConditionCheck: failing },
  ]);
  expect([status, body.__type]).toEqual([500, expect.stringMatching(/#InternalServerError$/)]);
  expect(await store.send("GetItem", { TableName: "first", Key: one })).toEqual({});
  for (const Item of [one, two]) await store.send("PutItem", { TableName: "first", Item });
});
