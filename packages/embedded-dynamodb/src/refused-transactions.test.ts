import { afterAll, beforeEach, expect, it } from "vitest";
import { oracle } from "./testing/config.ts";
import { add, check, EXISTS, erase, IS_ABSENT, number, put, set, text } from "./testing/operations.ts";
import { freshKey, inIndex, startTwoTables } from "./testing/two-tables.ts";

const store = await startTwoTables();
afterAll(() => store.close());

/** Where another implementation differs from what AWS documents. */
const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  java: [
    "an addition to a text",
    "an item that grows too large",
    "an item without its key",
    "a key with too much",
    "an update of the key",
    "an update without an expression",
    "a token without a character",
  ],
  dynoxide: [
    "an update of the key",
    "two kinds in one",
    "a condition that does not parse",
    "a name that is not used",
    "a token without a character",
  ],
};
const isComparable = ([name]: readonly [string, ...unknown[]]) => !DIFFERENCES[oracle ?? ""]?.includes(name);

const present = { ...freshKey(), ...inIndex("present"), a: text("text") };
const { pk } = present;
beforeEach(() => store.send("PutItem", { TableName: "first", Item: present }));

const NONE = { Code: "None" };
const FAILED = { Code: "ConditionalCheckFailed", Message: expect.any(String) };
const INVALID = { Code: "ValidationError", Message: expect.any(String) };
const old = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
const large = text("x".repeat(400_000));

const CANCELLED: readonly [string, () => object[], { Code: string }[]][] = [
  ["a put", () => [put(freshKey()), put({ pk }, IS_ABSENT)], [NONE, FAILED]],
  ["an update", () => [set(freshKey(), text("a"), EXISTS), put(freshKey())], [FAILED, NONE]],
  ["a deletion", () => [erase({ pk }, IS_ABSENT), put(freshKey())], [FAILED, NONE]],
  ["a check", () => [put(freshKey()), check(freshKey(), EXISTS)], [NONE, FAILED]],
  ["two", () => [put({ pk }, IS_ABSENT), erase(freshKey(), EXISTS)], [FAILED, FAILED]],
  [
    "one that returns the item, if there is one",
    () => [erase({ pk }, { ...IS_ABSENT, ...old }), erase(freshKey(), { ...EXISTS, ...old })],
    [{ ...FAILED, Item: present } as typeof FAILED, FAILED],
  ],
  ["an addition to a text", () => [put(freshKey()), add({ pk }, 1)], [NONE, INVALID]],
  [
    "an item that grows too large",
    () => [put(freshKey()), set({ pk }, large, { UpdateExpression: "SET #a = :a, b = :a" })],
    [NONE, INVALID],
  ],
  ["an item without its key", () => [put({ a: text("a") }), put(freshKey())], [INVALID, NONE]],
  [
    "a key of another type",
    () => [put({ pk: number(1) }), check(freshKey(), EXISTS), put(freshKey())],
    [INVALID, FAILED, NONE],
  ],
  ["a key with too much", () => [erase({ pk, a: text("a") })], [INVALID]],
  [
    "a key of the index of another type",
    () => [put(freshKey()), put({ ...freshKey(), sort: number(1) })],
    [NONE, INVALID],
  ],
  [
    "an update of the key",
    () => [set({ pk }, text("a"), { ExpressionAttributeNames: { "#a": "pk" } }), put(freshKey())],
    [INVALID, NONE],
  ],
];

it.each(CANCELLED.filter(isComparable))(
  "a transaction with an operation that cannot be done names the reason of each, and writes nothing: %s",
  async (_, operations, reasons) => {
    const before = await store.everything();
    const { status, body } = await store.transact(operations());
    expect([status, body.__type]).toEqual([400, expect.stringMatching(/#TransactionCanceledException$/)]);
    expect(body.CancellationReasons).toEqual(reasons);
    expect(body.Message).toContain(`[${reasons.map(({ Code }) => Code).join(", ")}]`);
    expect(await store.everything()).toEqual(before);
  },
);

const BULKY = text("x".repeat(390_000));
const many = (length: number, item: object) => Array.from({ length }, () => put({ ...freshKey(), ...item }));
const manyUpdates = Array.from({ length: 11 }, () => set(freshKey(), BULKY));
const unused = { ExpressionAttributeNames: { "#x": "x" } };
const UNEXPRESSED = { Update: { TableName: "first", Key: { pk } } };
const ELSEWHERE = { Put: { TableName: "third", Item: { pk } } };
const TOKEN = /'clientRequestToken'/;

const NOT_ALLOWED: readonly [string, RegExp, items?: object[], given?: { token?: string; name?: string }][] =
  [
    ["no list", /'transactItems'.* must not be null/],
    ["no operation", /'transactItems'.* greater than or equal to 1/, []],
    ["101 operations", /'transactItems'.* less than or equal to 100/, many(101, {})],
    ["more than 4 MB", /exceeds 4 MB/, many(11, { a: BULKY })],
    ["more than 4 MB of updates", /exceeds 4 MB/, manyUpdates],
    ["an item above 400 KB", /size has exceeded/, [put({ pk, a: large, b: large })]],
    ["two operations on one item", /multiple operations on one item/, [put({ pk }), check({ pk }, EXISTS)]],
    ["two kinds in one", /only contain one of/, [{ ...put({ pk }), ...check(freshKey(), EXISTS) }]],
    ["an operation without a kind", /only contain one of/, [{}]],
    ["an update without an expression", /'transactItems.1.member.update.updateExpression'/, [UNEXPRESSED]],
    [
      "a check without a condition",
      /'transactItems.2.member.conditionCheck.conditionExpression'/,
      [put(freshKey()), check({ pk }, {})],
    ],
    ["a condition that does not parse", /Syntax error/, [check({ pk }, { ConditionExpression: "pk ==" })]],
    ["a name that is not used", /unused/, [put({ pk }, { ...EXISTS, ...unused })]],
    ["a table that does not exist", /not found/, [ELSEWHERE], { name: "ResourceNotFound" }],
    ["a token without a character", TOKEN, [put(freshKey())], { token: "" }],
    ["a token of 37 characters", TOKEN, [put(freshKey())], { token: "x".repeat(37) }],
  ];

it.each(NOT_ALLOWED.filter(isComparable))(
  "a transaction that is not allowed has an answer of its own, and writes nothing: %s",
  async (_, message, items, { token, name = "Validation" } = {}) => {
    const before = await store.everything();
    const input = { TransactItems: items, ClientRequestToken: token };
    const { status, body } = await store.ask("TransactWriteItems", input);
    expect([status, body.__type]).toEqual([400, expect.stringMatching(`#${name}Exception$`)]);
    if (oracle === null) expect(body.message).toMatch(message); // others use other words
    expect(await store.everything()).toEqual(before);
  },
);

it.runIf(oracle === null)("a body that is not JSON is refused as DynamoDB refuses it", async () => {
  const response = await fetch(store.endpoint, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.TransactWriteItems" },
    body: "{",
  });
  expect([response.status, await response.json()]).toEqual([
    400,
    { __type: "com.amazon.coral.service#SerializationException" },
  ]);
});
