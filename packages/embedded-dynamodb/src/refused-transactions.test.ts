import { afterAll, beforeEach, expect, it } from "vitest";
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
const { ORACLE = "" } = process.env;
const isComparable = ([name]: readonly [string, ...unknown[]]) => !DIFFERENCES[ORACLE]?.includes(name);

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

const many = (length: number, item: object) => Array.from({ length }, () => put({ ...freshKey(), ...item }));
const unused = { ExpressionAttributeNames: { "#x": "x" } };

interface NotAllowed {
  readonly items?: unknown;
  readonly token?: string;
  readonly message: RegExp;
  readonly name?: string;
}

const NOT_ALLOWED: readonly [string, NotAllowed][] = [
  ["no list", { message: /'transactItems'.* must not be null/ }],
  ["no operation", { items: [], message: /'transactItems'.* greater than or equal to 1/ }],
  ["101 operations", { items: many(101, {}), message: /'transactItems'.* less than or equal to 100/ }],
  ["more than 4 MB", { items: many(11, { a: text("x".repeat(390_000)) }), message: /exceeds 4 MB/ }],
  [
    "more than 4 MB of updates",
    {
      items: many(11, {}).map(({ Put }) => set(Put.Item, text("x".repeat(390_000)))),
      message: /exceeds 4 MB/,
    },
  ],
  ["an item above 400 KB", { items: [put({ pk, a: large, b: large })], message: /size has exceeded/ }],
  [
    "two operations on one item",
    { items: [put({ pk }), check({ pk }, EXISTS)], message: /multiple operations on one item/ },
  ],
  [
    "two kinds in one",
    { items: [{ ...put({ pk }), ...check(freshKey(), EXISTS) }], message: /only contain one of/ },
  ],
  ["an operation without a kind", { items: [{}], message: /only contain one of/ }],
  [
    "an update without an expression",
    {
      items: [{ Update: { TableName: "first", Key: { pk } } }],
      message: /'transactItems.1.member.update.updateExpression'/,
    },
  ],
  [
    "a check without a condition",
    {
      items: [put(freshKey()), check({ pk }, {})],
      message: /'transactItems.2.member.conditionCheck.conditionExpression'/,
    },
  ],
  [
    "a condition that does not parse",
    { items: [check({ pk }, { ConditionExpression: "pk ==" })], message: /Syntax error/ },
  ],
  ["a name that is not used", { items: [put({ pk }, { ...EXISTS, ...unused })], message: /unused/ }],
  [
    "a table that does not exist",
    {
      items: [{ Put: { TableName: "third", Item: { pk } } }],
      message: /not found/,
      name: "ResourceNotFound",
    },
  ],
  ["a token without a character", { items: [put(freshKey())], token: "", message: /'clientRequestToken'/ }],
  [
    "a token of 37 characters",
    { items: [put(freshKey())], token: "x".repeat(37), message: /'clientRequestToken'/ },
  ],
];

it.each(NOT_ALLOWED.filter(isComparable))(
  "a transaction that is not allowed has an answer of its own, and writes nothing: %s",
  async (_, { items, token, message, name = "Validation" }) => {
    const before = await store.everything();
    const input = { TransactItems: items, ClientRequestToken: token };
    const { status, body } = await store.ask("TransactWriteItems", input);
    expect([status, body.__type]).toEqual([400, expect.stringMatching(`#${name}Exception$`)]);
    if (ORACLE === "") expect(body.message).toMatch(message); // others use other words
    expect(await store.everything()).toEqual(before);
  },
);

it.runIf(ORACLE === "")("a body that is not JSON is refused as DynamoDB refuses it", async () => {
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
