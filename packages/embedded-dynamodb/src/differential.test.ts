import { array, assert, asyncProperty, constantFrom, option, record, tuple, uniqueArray } from "fast-check";
import { afterAll, expect, it } from "vitest";
import { oracle } from "./testing/config.ts";
import { type Item, startTwoTables, TABLES } from "./testing/two-tables.ts";

const store = await startTwoTables();
afterAll(() => store.close());

const NAMES = ["a", "b", "c", "d"] as const;
type Name = (typeof NAMES)[number];
const keyOf = (name: Name) => ({ pk: { S: name } });

const item = record(
  {
    owner: constantFrom({ S: "all" }),
    sort: constantFrom({ S: "1" }, { S: "2" }),
    n: constantFrom({ N: "1" }, { N: "2" }, { S: "text" }),
  },
  { requiredKeys: [] },
);

const condition = constantFrom(
  { ConditionExpression: "attribute_not_exists(pk)" },
  { ConditionExpression: "attribute_exists(pk)" },
  {
    ConditionExpression: "attribute_not_exists(n) OR n = :seen",
    ExpressionAttributeValues: { ":seen": { N: "1" } },
  },
  {
    ConditionExpression: "attribute_exists(sort) AND NOT sort > :seen",
    ExpressionAttributeValues: { ":seen": { S: "1" } },
  },
);

const update = constantFrom(
  {
    UpdateExpression: "SET sort = :new, #owner = :all",
    values: { ":new": { S: "2" }, ":all": { S: "all" } },
  },
  { UpdateExpression: "REMOVE sort SET n = :new", values: { ":new": { N: "2" } } },
  { UpdateExpression: "ADD n :new", values: { ":new": { N: "1" } } }, // refused for a text
);

/** One operation: its name in a transaction, and the input of the single write. */
interface Operation {
  readonly kind: "Put" | "Update" | "Delete" | "ConditionCheck";
  readonly input: Readonly<Record<string, unknown>>;
}

const operation = tuple(
  constantFrom<Operation["kind"][]>("Put", "Update", "Delete", "ConditionCheck"),
  constantFrom(...NAMES),
  item,
  option(condition, { nil: undefined, freq: 1 }),
  condition,
  update,
).map(([kind, name, content, maybe, surely, { UpdateExpression, values }]): Operation & { name: Name } => {
  const { ConditionExpression, ExpressionAttributeValues: seen } =
    (kind === "ConditionCheck" ? surely : maybe) ?? {};
  const ofUpdate = kind === "Update" ? { UpdateExpression } : {};
  const all = { ...seen, ...(kind === "Update" ? values : {}) };
  const input = {
    ...(kind === "Put" ? { Item: { ...keyOf(name), ...content } } : { Key: keyOf(name) }),
    ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
    ...ofUpdate,
    ...(Object.keys(all).length > 0 ? { ExpressionAttributeValues: all } : {}),
    ...(String(ofUpdate.UpdateExpression).includes("#owner")
      ? { ExpressionAttributeNames: { "#owner": "owner" } }
      : {}),
  };
  return { kind, name, input };
});

const SINGLE = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "DeleteItem",
} as const;

async function read(TableName: string, name: Name): Promise<Item | undefined> {
  return (await store.send("GetItem", { TableName, Key: keyOf(name), ConsistentRead: true })).Item as
    | Item
    | undefined;
}

async function write(TableName: string, name: Name, content: Item | undefined): Promise<void> {
  if (content === undefined) await store.send("DeleteItem", { TableName, Key: keyOf(name) });
  else await store.send("PutItem", { TableName, Item: content });
}

/** Does the operations one after the other, alone. @returns the code of each, as a transaction names it */
async function singly(operations: readonly (Operation & { name: Name })[]): Promise<string[]> {
  const codes: string[] = [];
  for (const { kind, name, input } of operations) {
    const before = kind === "ConditionCheck" ? await read("second", name) : undefined;
    const { status, body } = await store.ask(SINGLE[kind], { TableName: "second", ...input });
    if (kind === "ConditionCheck" && status === 200) await write("second", name, before);
    const error = /#(\w+)Exception$/.exec(String(body.__type))?.[1];
    codes.push(status === 200 ? "None" : error === "Validation" ? "ValidationError" : String(error));
  }
  return codes;
}

/** How both tables differ. */
async function expectSame(): Promise<void> {
  const all = await store.everything();
  expect(all["items of first"]).toEqual(all["items of second"]);
  expect(all["index of first"]).toEqual(all["index of second"]);
}

it("a transaction does what its operations do alone if all of them can be done, and nothing otherwise", async () => {
  const contents = tuple(...NAMES.map(() => option(item, { nil: undefined })));
  const transactions = array(
    uniqueArray(operation, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const outcomes = { made: 0, refused: 0 };
  await assert(
    asyncProperty(contents, transactions, async (initial, each) => {
      for (const [at, name] of NAMES.entries())
        for (const table of TABLES)
          await write(table, name, initial[at] && { ...keyOf(name), ...initial[at] });
      for (const operations of each) {
        const before = await store.everything();
        const codes = await singly(operations);
        const items = operations.map(({ kind, input }) => ({ [kind]: { TableName: "first", ...input } }));
        const { status, body } = await store.transact(items);
        if (codes.every((code) => code === "None")) {
          outcomes.made += 1;
          expect([status, body]).toEqual([200, {}]);
          await expectSame();
          continue;
        }
        outcomes.refused += 1;
        expect(status).toBe(400);
        // DynamoDB Local names no reasons for an addition to a text.
        const isNamed = oracle !== "java" || !codes.includes("ValidationError");
        const reasons = (body.CancellationReasons ?? []) as { Code: string }[];
        if (isNamed) expect(reasons.map(({ Code }) => Code)).toEqual(codes);
        const after = await store.everything();
        expect(after["items of first"]).toEqual(before["items of first"]);
        expect(after["index of first"]).toEqual(before["index of first"]);
        for (const name of NAMES) await write("second", name, await read("first", name));
      }
    }),
    { numRuns: 40 },
  );
  expect(outcomes.made).toBeGreaterThan(10);
  expect(outcomes.refused).toBeGreaterThan(10);
});
