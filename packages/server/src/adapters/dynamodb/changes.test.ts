import type { TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Write } from "../../domain/index.ts";
import type { CacheKey } from "../cache-keys.ts";
import { CHANGE_SHARDS, dynamoChanges } from "./changes.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { keys, type StoredNotice } from "./table/keys.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { JANE, JOE, link, membership, NOON, UNBOUNDED, userNumber } from "./testing/examples.ts";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { dynamoTransactions } from "./transactions.ts";
import { REPEAT_MS } from "./unsure-commits.ts";

const store = await startEmbeddedStore();
const proxy = await startFaultProxy(store.endpoint);
afterAll(() => {
  proxy.close();
  store.close();
});

/** With the fault proxy, through which one that stays open would repeat its notices. */
const opened: DynamoTable[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const each of opened.splice(0)) each.close();
});

let monotonicMs = 0;
/** The table without the fault proxy, and with it. */
let direct: DynamoTable;
let table: DynamoTable;
beforeEach(async () => {
  direct = await store.emptyTable();
  await giveUpAfter(direct.options.deadlineMs);
});

/** How long the table with the fault proxy tries. */
async function giveUpAfter(deadlineMs: number): Promise<void> {
  const clock = { wallMs: Date.now, monotonicMs: () => monotonicMs };
  table = createDynamoTable({ ...direct.options, endpoint: proxy.endpoint, deadlineMs, clock });
  opened.push(table);
  proxy.set("pass");
  await dynamoChanges(table).read(0, 0, UNBOUNDED); // whose reply sets the clock
  proxy.set("pass");
}

async function notices(): Promise<readonly StoredNotice[]> {
  const items = new ItemsOf(direct, ITEM_TYPES.notice);
  const shards = Array.from({ length: CHANGE_SHARDS }, (_, shard) => keys.notice({ shard, atMs: 0, id: "" }));
  const found = await Promise.all(shards.map((from) => items.list(from, UNBOUNDED)));
  return found.flat().sort((a, b) => a.atMs - b.atMs);
}

function block(userId = JANE): Write {
  return { item: "block", next: { userId, blockedAt: NOON, rev: "1" }, present: null };
}
const JOINS: Write = { item: "membership", next: membership(), present: null };
const TOLD: readonly CacheKey[] = [`unblocked ${JANE}`];

const commit = (writes: readonly Write[], { by = table, signal = UNBOUNDED } = {}) =>
  dynamoTransactions(by).commit({ writes, unchanged: [], audit: [] }, signal);

/** The table, with this in place of each transaction. */
function committingBy(transact: (send: () => Promise<unknown>) => Promise<unknown>): DynamoTable {
  return {
    ...table,
    async client() {
      const client = await table.client();
      const transactWriteItems = (input: TransactWriteItemsCommandInput) =>
        transact(() => client.transactWriteItems(input));
      return Object.assign(Object.create(client), { transactWriteItems });
    },
  };
}

describe("a commit stores, in the same request,", () => {
  it.each<[string, readonly Write[], readonly CacheKey[] | null]>([
    ["a notice of a block, whose absence may be cached", [block()], TOLD],
    ["no notice of a new membership", [JOINS], null],
    ["no notice of a new link", [{ item: "link", next: link(), present: null }], null],
    ["one notice of several changes", [JOINS, block(), block(JOE)], [...TOLD, `unblocked ${JOE}`]],
  ])("%s", async (_, writes, notified) => {
    const beganMs = table.storeClock.nowMs();
    expect([await commit(writes), proxy.attempts]).toEqual([true, 1]);
    const stored = await notices();
    expect(stored.map((notice) => notice.keys)).toEqual(notified === null ? [] : [notified]);
    for (const { atMs } of stored) expect(atMs).toBe(beganMs);
  });
});

it("notices of different users are spread over all shards", async () => {
  for (let n = 0; n < 16; n += 1) await commit([block(userNumber(n))]);
  expect(new Set((await notices()).map(({ shard }) => shard)).size).toBe(CHANGE_SHARDS);
});

it.each([
  ["a change is stored long after the notice's time", () => (monotonicMs += 6_000), 2],
  [
    "the machine slept before it sent the change",
    () => {
      const date = new Date(table.storeClock.nowMs() + 6_000).toUTCString();
      table.storeClock.hear({ date, "x-amzn-requestid": "1" });
    },
    2,
  ],
  ["a change is stored in time", () => (monotonicMs += 4_000), 1],
])("where %s, the notices are as many as it takes", async (_, pass, count) => {
  const late = committingBy(async (send) => {
    await send();
    pass();
  });
  expect(await commit([block()], { by: late })).toBe(true);
  const stored = await notices();
  expect(stored.map((notice) => notice.keys)).toEqual(Array.from({ length: count }, () => TOLD));
  expect(new Set(stored.map(({ atMs }) => atMs)).size).toBe(count);
});

it.each(["a lost", "a lost and late"])("%s transaction stores no notice", async (which) => {
  proxy.set("transaction-conflict");
  const lost = committingBy(async (send) => {
    if (which !== "a lost") monotonicMs += 6_000;
    proxy.set("transaction-conflict");
    await send().finally(() => proxy.set("pass"));
  });
  expect([await commit([block()], { by: lost }), await notices()]).toEqual([false, []]);
});

it("a change whose reply is lost is notified again with a new time, also when its request has ended", async () => {
  const request = new AbortController();
  const lost = committingBy(async (send) => {
    await send();
    monotonicMs += 1_500;
    request.abort();
    throw new Error("the first error");
  });
  const committing = commit([block()], { by: lost, signal: request.signal });
  await expect(committing).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  const stored = await notices();
  expect(stored.map((notice) => notice.keys)).toEqual([TOLD, TOLD]);
  expect(stored[1]?.atMs).toBeGreaterThan(stored[0]?.atMs ?? Number.NaN);
});

it("a change without an answer is notified again every 3 s", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const silent = committingBy(() => Promise.reject(new Error("no answer")));
  await expect(commit([block()], { by: silent })).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  for (const count of [2, 3]) {
    vi.advanceTimersByTime(REPEAT_MS);
    await vi.waitFor(async () => expect(await notices()).toHaveLength(count), { timeout: 10_000 });
  }
  const stored = await notices();
  expect(stored.map((notice) => notice.keys)).toEqual([TOLD, TOLD, TOLD]);
  expect(new Set(stored.map(({ shard }) => shard)).size).toBe(1);
});

it("a change that is not sent is not notified", async () => {
  const committing = commit([block()], { signal: AbortSignal.abort() });
  await expect(committing).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  expect([await notices(), proxy.attempts]).toEqual([[], 0]);
});

describe("a notice that cannot be stored again", () => {
  beforeEach(() => giveUpAfter(1_000));

  it.each(["error-500", "hang"] as const)(
    "changes neither answer nor error of its change: %s",
    async (fault) => {
      const late = committingBy(async (send) => {
        await send();
        monotonicMs += 6_000;
        proxy.set(fault);
      });
      expect(await commit([block()], { by: late })).toBe(true);
      proxy.set("pass");
      const lost = committingBy(async () => {
        proxy.set(fault);
        throw new Error("the first error");
      });
      const committing = commit([block(JOE)], { by: lost });
      await expect(committing).rejects.toMatchObject({ cause: { message: "the first error" } });
      expect((await notices()).map((notice) => notice.keys)).toEqual([TOLD]);
    },
  );
});

describe("the feed", () => {
  const NOON_MS = Date.parse("2100-11-24T12:00:00.000Z"); // expired ones are deleted every few seconds
  const put = (atMs: number, { shard = 1, id = "a", notified = TOLD } = {}) => {
    const notice = { shard, atMs, id, keys: notified };
    return new ItemsOf(direct, ITEM_TYPES.notice).put(notice, UNBOUNDED);
  };
  const read = async (fromMs: number) =>
    (await dynamoChanges(table).read(1, fromMs, UNBOUNDED)).map(({ id }) => id.split("#")[1] ?? "");

  it("has the notices of its shard from a time on, the oldest first", async () => {
    await put(NOON_MS + 1, { id: "third" });
    await put(NOON_MS, { id: "second" });
    await put(NOON_MS - 1, { id: "first" });
    await put(NOON_MS, { shard: 2, id: "elsewhere" });
    expect(await read(NOON_MS)).toEqual(["second", "third"]);
    expect(await read(NOON_MS + 0.5)).toEqual(["second", "third"]);
    expect(await read(NOON_MS + 1)).toEqual(["third"]);
    expect(await read(-1)).toEqual(["first", "second", "third"]);
    expect(await read(10 ** 13)).toEqual([]); // a digit more than any of theirs
  });

  it("reads every page, and what the notices name", async () => {
    const notified: readonly CacheKey[] = [`domains ${"a".repeat(300_000)}`]; // DynamoDB's pages end at 1 MB
    for (const id of ["1", "2", "3", "4", "5"]) await put(NOON_MS, { id, notified });
    const found = await dynamoChanges(table).read(1, NOON_MS, UNBOUNDED);
    expect(found.map((notice) => notice.keys)).toEqual(Array.from({ length: 5 }, () => notified));
    expect(new Set(found.map(({ id }) => id)).size).toBe(5);
    expect(proxy.attempts).toBe(2);
  });

  it("has another id for each notice, also in another shard", async () => {
    await put(NOON_MS);
    await put(NOON_MS, { shard: 2 });
    await put(NOON_MS, { id: "b" });
    await put(NOON_MS + 1);
    const found = await Promise.all([1, 2].map((shard) => dynamoChanges(table).read(shard, 0, UNBOUNDED)));
    expect(new Set(found.flat().map(({ id }) => id)).size).toBe(4);
  });

  it("fails where it does not get all of its pages", async () => {
    await giveUpAfter(100);
    proxy.set("html-200");
    await expect(read(0)).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  });
});
