import { type AttributeValue, type CreateTableCommandInput, DynamoDB } from "@aws-sdk/client-dynamodb";
import { startStoreOfTests } from "@platform-api/embedded-dynamodb/testing";
import { type DynamodbTarget, openDynamodb, subjectRule } from "@platform-api/leak";
import { expect, it, onTestFinished } from "vitest";
import type { PlannedRow, UndoRow } from "../../leak/src/changes.ts";
import type { Batch, Place } from "../../leak/src/model.ts";
import { type Fault, startFaultProxy } from "../simulator/fault-proxy.ts";
import { answer, pass, resetAfterCommit } from "../simulator/faults.ts";
import { duringTests } from "../simulator/of-tests.ts";
import { fresh } from "../simulator/people.ts";
import { makeRunsTable } from "./runs-table.ts";

type Item = Record<string, AttributeValue>;

const REGION = "eu-central-1";
const signal = () => AbortSignal.timeout(60_000);
const store = duringTests(async () => {
  const { endpoint, close } = await startStoreOfTests();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDB({ region: REGION, endpoint, credentials });
  const end = () => {
    client.destroy();
    return close();
  };
  return { endpoint, client, close: end };
});

const rule = subjectRule(["waad", "auth0"]);
const [JANE, JOE] = ["waad|jane", "auth0|joe"];
const USERS = new Map([
  [JANE, "00000001-0000-4000-8000-000000000000"],
  [JOE, "00000002-0000-4000-8000-000000000000"],
]);
const userOf = (subject: string) => USERS.get(subject) ?? subject;
const JANE_ID = userOf(JANE);

/** Items with subjects everywhere where DynamoDB can have a text, and with what must not be taken for one. */
const EVERYWHERE: readonly Item[] = [
  { owner: { S: JANE }, n: { N: "1" }, note: { S: "no" } },
  { owner: { S: JANE }, n: { N: "2" }, by: { S: JOE }, count: { N: "1.50" }, blob: { B: Buffer.from(JANE) } },
  { owner: { S: "free" }, n: { N: "-3.25" }, watchers: { SS: ["a", JOE, JANE] }, none: { NULL: true } },
  {
    owner: { S: JOE },
    n: { N: "4" },
    doc: {
      M: { "a.b #c": { L: [{ S: "x" }, { M: { by: { S: JANE } } }, { SS: [JOE] }] }, empty: { M: {} } },
    },
    list: { L: [] },
    is: { BOOL: true },
    numbers: { NS: ["1", "2"] },
  },
  { owner: { S: "prose" }, n: { N: "5" }, text: { S: `by ${JANE}` }, other: { S: "okta|x" } },
  { owner: { S: "keys" }, n: { N: "6" }, roles: { M: { [JANE]: { S: "owner" } } } },
  { owner: { S: "done" }, n: { N: "7" }, by: { S: JANE_ID } },
];

async function tableOf(items: readonly Item[], more: Partial<CreateTableCommandInput> = {}): Promise<string> {
  const table = fresh("runs");
  await makeRunsTable(store.client, table, items, more);
  return table;
}

async function open(table: string, { endpoint = store.endpoint, ownTable = null as string | null } = {}) {
  const options = { table, region: REGION, endpoint, ownTable, matching: rule };
  const target = await openDynamodb(options, signal());
  onTestFinished(() => target.close());
  return target;
}

async function batchesOf(target: DynamodbTarget, position: unknown = null): Promise<Batch[]> {
  const [table] = target.catalog.tables;
  if (table === undefined) throw new Error("no table");
  const batches: Batch[] = [];
  for await (const batch of target.walk(table, position, signal())) batches.push(batch);
  return batches;
}

async function planOf(target: DynamodbTarget): Promise<PlannedRow[]> {
  const [{ name: table = "" } = {}] = target.catalog.tables;
  const found = (await batchesOf(target)).flatMap((batch) => batch.found);
  return found.map(({ key, places }) => {
    const changes = places.map((place) => ({
      ...place,
      userId: userOf(place.subject),
      why: "link" as const,
    }));
    return { kind: "row", table, key: key ?? [], changes, unit: null };
  });
}

const ALIASES = new Map([...USERS].map(([subject, userId]) => [userId, [subject]]));

function objectionsTo(target: DynamodbTarget, rows: readonly PlannedRow[], aliases = ALIASES) {
  const [table] = target.catalog.tables;
  if (table === undefined) throw new Error("no table");
  return target.rules.judge(table, rows, aliases, signal());
}

/** Every item, in a fixed order of everything that has none: of items, attributes and elements of sets. */
async function itemsOf(table: string): Promise<readonly Item[]> {
  const { Items = [] } = await store.client.scan({ TableName: table, ConsistentRead: true });
  return inOrder(Items);
}

function inOrder(items: readonly Item[]): readonly Item[] {
  const ordered = (name: string, value: unknown) => {
    if (Array.isArray(value)) return name === "SS" ? value.toSorted() : value;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  };
  const texts = items.map((item) => JSON.stringify(JSON.parse(JSON.stringify(item), ordered)));
  return texts.sort().map((text) => JSON.parse(text));
}

const described = ({ column, path, subject }: Place) => `${[column, ...path].join("/")} = ${subject}`;

it("finds whole values in keys, attributes, sets, lists and maps, and counts what only looks like one", async () => {
  const target = await open(await tableOf(EVERYWHERE));
  const batches = await batchesOf(target);
  const found = batches.flatMap((batch) => batch.found);
  const places = new Map(found.map(({ key, places }) => [JSON.stringify(key), places.map(described).sort()]));
  expect(places).toEqual(
    new Map([
      [`["${JANE}","1"]`, [`owner = ${JANE}`]],
      [`["${JANE}","2"]`, [`by = ${JOE}`, `owner = ${JANE}`]],
      [`["free","-3.25"]`, [`watchers/${JOE} = ${JOE}`, `watchers/${JANE} = ${JANE}`]],
      [`["${JOE}","4"]`, [`doc/a.b #c/1/by = ${JANE}`, `doc/a.b #c/2/${JOE} = ${JOE}`, `owner = ${JOE}`]],
    ]),
  );
  const resembling = batches.flatMap((batch) => [...batch.resembling]);
  expect(Object.fromEntries(resembling)).toEqual({ text: 1, other: 1, roles: 1 });
  const [table] = target.catalog.tables;
  if (table === undefined) throw new Error("no table");
  expect(await target.findUserIds(table, "by", [...USERS.values()], signal())).toEqual(new Set([JANE_ID]));
  expect(await target.findUserIds(table, "owner", [...USERS.values()], signal())).toEqual(new Set());
});

it("changes every place, and undo brings each item back", async () => {
  const table = await tableOf(EVERYWHERE);
  const before = await itemsOf(table);
  const target = await open(table);
  const plan = await planOf(target);
  expect(await objectionsTo(target, plan)).toEqual([null, null, null, null]);
  const undo: UndoRow[] = [];
  const noted = async (rows: readonly UndoRow[]) => {
    expect(await itemsOf(table)).toEqual(before); // it comes before the first change
    undo.push(...rows);
  };
  expect(await target.apply(plan, noted, signal())).toEqual({
    changed: 4,
    changedBefore: 0,
    skipped: 0,
    refused: [],
  });
  const expected = before.map((item) => {
    if (["prose", "keys"].includes(item.owner?.S ?? "")) return item;
    const text = JSON.stringify(item).replaceAll(`"${JANE}"`, `"${JANE_ID}"`);
    return JSON.parse(text.replaceAll(`"${JOE}"`, `"${userOf(JOE)}"`));
  });
  expect(await itemsOf(table)).toEqual(inOrder(expected));
  expect((await batchesOf(target)).flatMap(({ found }) => found)).toEqual([]);
  const again = async () => expect.unreachable();
  expect(await target.apply(plan, again, signal())).toEqual({
    changed: 0,
    changedBefore: 4,
    skipped: 0,
    refused: [],
  });
  expect(await target.undo(undo, signal())).toEqual({
    changed: 4,
    changedBefore: 0,
    skipped: 0,
    refused: [],
  });
  expect(await itemsOf(table)).toEqual(before);
  expect(await target.undo(undo, signal())).toEqual({
    changed: 0,
    changedBefore: 4,
    skipped: 0,
    refused: [],
  });
});

it("changes nothing when the undo file cannot be written", async () => {
  const table = await tableOf(EVERYWHERE);
  const before = await itemsOf(table);
  const target = await open(table);
  const full = () => Promise.reject(new Error("ENOSPC"));
  await expect(target.apply(await planOf(target), full, signal())).rejects.toThrow("ENOSPC");
  expect(await itemsOf(table)).toEqual(before);
});

it("goes on from any batch", async () => {
  const many = Array.from({ length: 1_200 }, (_, at) => ({ owner: { S: `waad|${at}` }, n: { N: "0" } }));
  const target = await open(await tableOf(many));
  const batches = await batchesOf(target);
  const keysOf = (each: readonly Batch[]) => each.flatMap(({ found }) => found.map(({ key }) => key));
  expect([batches.length > 2, new Set(keysOf(batches).flat()).size]).toEqual([true, 1_201]);
  expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(1_200);
  for (const [at, { position }] of batches.entries()) {
    const rest = await batchesOf(target, JSON.parse(JSON.stringify(position)));
    expect(keysOf(rest)).toEqual(keysOf(batches.slice(at + 1)));
  }
  await expect(batchesOf(target, { offset: 3 })).rejects.toThrow("not one of a DynamoDB table");
});

it("names what it would not change, and refuses it if it is planned all the same", async () => {
  const item = (owner: string, n: number, more: Item = {}) => ({
    owner: { S: owner },
    n: { N: `${n}` },
    ...more,
  });
  const watchers = { SS: [JANE, JANE_ID] };
  const table = await tableOf([item(JANE, 1), item(JANE_ID, 1), item("set", 2, { watchers }), item(JANE, 3)]);
  const before = await itemsOf(table);
  const target = await open(table);
  const plan = await planOf(target);
  const objections = await objectionsTo(target, plan);
  const named = new Map(plan.map(({ key }, at) => [key.join(), objections[at]]));
  expect(named).toEqual(
    new Map([
      ["set,2", { rule: "merge", text: expect.stringMatching(/^A set of the item holds the UUID as well/) }],
      [`${JANE},1`, { rule: "unique", text: expect.stringContaining(`["${JANE_ID}","1"] has the new key`) }],
      [`${JANE},3`, null],
    ]),
  );
  const applied = await target.apply(plan, async () => {}, signal());
  expect([applied.changed, applied.refused.map(({ why }) => why).sort()]).toEqual([
    1,
    [
      "a set holds both the subject and the UUID, so that two of its elements would become one",
      expect.stringContaining("new key exists"),
    ],
  ]);
  const isLeft = ({ n }: Item) => n?.N !== "3";
  expect((await itemsOf(table)).filter(isLeft)).toEqual(before.filter(isLeft));
});

it("two items that would have one key are both conflicts", async () => {
  const [one, other] = ["waad|one", "waad|other"];
  const table = await tableOf([one, other].map((subject) => ({ owner: { S: subject }, n: { N: "1" } })));
  const target = await open(table);
  const plan = (await planOf(target)).map((row) => {
    return { ...row, changes: row.changes.map((change) => ({ ...change, userId: JANE_ID })) };
  });
  for (const row of plan) {
    const objections = await objectionsTo(target, [row], new Map([[JANE_ID, [one, other]]]));
    expect(objections).toMatchObject([{ rule: "unique" }]);
  }
});

it("skips what others change before it is written, and keeps what they add beside it", async () => {
  const table = await tableOf(EVERYWHERE);
  const target = await open(table);
  const plan = await planOf(target);
  const keyOf = (owner: string, n: string) => ({ owner: { S: owner }, n: { N: n } });
  const update = (Key: Item, UpdateExpression: string, name: string, value: AttributeValue) =>
    store.client.updateItem({
      TableName: table,
      Key,
      UpdateExpression,
      ExpressionAttributeNames: { "#name": name },
      ExpressionAttributeValues: { ":value": value },
    });
  const others = async () => {
    await store.client.deleteItem({ TableName: table, Key: keyOf(JANE, "1") });
    await update(keyOf(JANE, "2"), "SET #name = :value", "by", { S: "auth0|new" });
    await update(keyOf("free", "-3.25"), "ADD #name :value", "watchers", { SS: ["b"] });
    await update(keyOf(JOE, "4"), "SET #name = :value", "is", { BOOL: false });
  };
  expect(await target.apply(plan, others, signal())).toEqual({
    changed: 2,
    changedBefore: 0,
    skipped: 2,
    refused: [],
  });
  const all = new Map((await itemsOf(table)).map((item) => [item.n?.N, item]));
  expect(all.get("1")).toBeUndefined();
  expect(all.get("2")).toMatchObject({ owner: { S: JANE }, by: { S: "auth0|new" } });
  expect(all.get("-3.25")?.watchers?.SS).toEqual([JANE_ID, userOf(JOE), "a", "b"]);
  expect(all.get("4")).toMatchObject({ owner: { S: userOf(JOE) }, is: { BOOL: false } });
  const text = { owner: { S: "text" }, n: { N: "8" }, by: { S: JANE } };
  await store.client.putItem({ TableName: table, Item: text });
  const late = (await planOf(target)).filter(({ key }) => key[0] === "text");
  const another = async () => void (await update(keyOf("text", "8"), "SET #name = :value", "by", { S: JOE }));
  expect(await target.apply(late, another, signal())).toEqual({
    changed: 0,
    changedBefore: 0,
    skipped: 1,
    refused: [],
  });
});

it("loses no change of a writer, whose item gets another key meanwhile", async () => {
  const many = Array.from({ length: 40 }, (_, at) => ({
    owner: { S: JANE },
    n: { N: `${at}` },
    count: { N: "0" },
    doc: { M: { by: { S: JANE }, seen: { L: [] } } },
  }));
  const table = await tableOf(many);
  const target = await open(table);
  const plan = await planOf(target);
  let [written, isDone] = [0, false];
  const add = (owner: string, n: number) =>
    store.client
      .updateItem({
        TableName: table,
        Key: { owner: { S: owner }, n: { N: `${n}` } },
        UpdateExpression: "ADD #count :one SET #doc.#seen = list_append(#doc.#seen, :seen)",
        ConditionExpression: "attribute_exists(#count)",
        ExpressionAttributeNames: { "#count": "count", "#doc": "doc", "#seen": "seen" },
        ExpressionAttributeValues: { ":one": { N: "1" }, ":seen": { L: [{ S: "x" }] } },
      })
      .then(
        () => {
          written += 1;
        },
        (error: Error) => expect(error.name).toBe("ConditionalCheckFailedException"),
      );
  const write = async () => {
    for (let at = 0; !isDone; at = (at + 1) % many.length)
      await Promise.all([add(JANE, at), add(JANE_ID, at)]);
  };
  const writing = write();
  const applied = await target.apply(plan, async () => {}, signal());
  isDone = true;
  await writing;
  expect(applied).toEqual({ changed: 40, changedBefore: 0, skipped: 0, refused: [] });
  const after = await itemsOf(table);
  expect(new Set(after.map(({ owner }) => owner?.S))).toEqual(new Set([JANE_ID]));
  const counts = after.map(({ count, doc }) => [Number(count?.N), doc?.M?.seen?.L?.length]);
  expect(counts.reduce((sum, [count = 0]) => sum + count, 0)).toBe(written);
  for (const [count, seen] of counts) expect(seen).toBe(count);
});

/** A store that does this to requests of these operations, so many times. */
async function faulty(operations: RegExp, fault: Fault) {
  let left = 0;
  const proxy = await startFaultProxy(store.endpoint, (exchange) => {
    const isMeant = operations.test(String(exchange.request.headers["x-amz-target"]));
    if (isMeant) left -= 1;
    return (isMeant && left >= 0 ? fault : pass)(exchange);
  });
  onTestFinished(() => proxy.close());
  return {
    endpoint: proxy.url,
    next(times: number) {
      left = times;
    },
  };
}

it("waits while the table is busy", async () => {
  const __type = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
  const slowDown = answer(400, { __type, message: "slow down" }, "application/x-amz-json-1.0");
  const { endpoint, next } = await faulty(/Scan|UpdateItem|TransactWriteItems/, slowDown);
  const target = await open(await tableOf(EVERYWHERE), { endpoint });
  next(4);
  const plan = await planOf(target);
  next(4);
  expect((await target.apply(plan, async () => {}, signal())).changed).toBe(4);
});

it("takes an item that it has moved itself for moved, although the answer was lost", async () => {
  const { endpoint, next } = await faulty(/TransactWriteItems/, resetAfterCommit);
  const target = await open(await tableOf(EVERYWHERE), { endpoint });
  const plan = await planOf(target);
  next(3);
  expect(await target.apply(plan, async () => {}, signal())).toEqual({
    changed: 4,
    changedBefore: 0,
    skipped: 0,
    refused: [],
  });
});

it("binds a plan to the table and not to its name, and says what happens beside the changes", async () => {
  const streamed = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } as const;
  const table = await tableOf([], { StreamSpecification: streamed });
  await store.client.updateTimeToLive({
    TableName: table,
    TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
  });
  const { catalog } = await open(table);
  expect((await open(table)).catalog).toEqual(catalog);
  expect((await open(await tableOf([]))).catalog.fingerprint).not.toBe(catalog.fingerprint);
  expect(catalog.notes.join(" ")).toContain("expire by ttl");
  if (process.env.ORACLE !== undefined) expect(catalog.notes.join(" ")).toContain("has a stream");
});

it.each<[string, () => Promise<unknown>, RegExp]>([
  ["platform-api's own table", () => open("runs", { ownTable: "runs" }), /is the table of platform-api/],
  [
    "a table with items of platform-api",
    async () => batchesOf(await open(await tableOf([{ owner: { S: "SUBJECT#x" }, n: { N: "1" } }]))),
    /is a table of platform-api/,
  ],
  ["a table that does not exist", () => open("missing"), /^missing: there is no such table in this account/],
  [
    "a wrong address",
    () => open("runs", { endpoint: "http://127.0.0.1:1" }),
    /^runs: DynamoDB cannot be reached \(ECONNREFUSED\): check/,
  ],
])("refuses %s", async (_, opened, message) => {
  await expect(opened()).rejects.toThrow(message);
});
