import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import db, { type Done, type Store, type Table } from "dynalite/db/index.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { oracle } from "./testing/config.ts";
import { IS_ABSENT, number, put, text } from "./testing/operations.ts";
import {
  freshKey,
  type Item,
  inIndex,
  startTwoTables,
  TABLES,
  type TwoTables,
} from "./testing/two-tables.ts";
import { AT_ONCE, SWEEP_MS } from "./time-to-live.ts";

const TTL = "removeAt";
/** On a busy machine. */
const LONG_MS = 20_000;
const NOW_S = 1_800_000_000;
const inSeconds = (seconds: number) => ({ [TTL]: number(NOW_S + seconds) });

const specification = (Enabled: boolean) => ({ AttributeName: TTL, Enabled });
function update(store: TwoTables, Enabled: boolean, TableName = "first") {
  return store.ask("UpdateTimeToLive", { TableName, TimeToLiveSpecification: specification(Enabled) });
}

describe("time to live, as DynamoDB answers", () => {
  let store: TwoTables;
  beforeAll(async () => {
    store = await startTwoTables();
    return () => store.close();
  });
  const described = async () =>
    (await store.send("DescribeTimeToLive", { TableName: "first" })).TimeToLiveDescription;

  it("is off at first, and can be switched on, but not twice, and off", async () => {
    expect(await described()).toEqual({ TimeToLiveStatus: "DISABLED" });
    expect(await update(store, true)).toEqual({
      status: 200,
      body: { TimeToLiveSpecification: specification(true) },
    });
    expect(await described()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: TTL });
    // dynoxide accepts it.
    if (oracle !== "dynoxide")
      expect(await update(store, true)).toMatchObject({
        status: 400,
        body: { __type: expect.stringMatching(/#ValidationException$/) },
      });
    expect(await update(store, false)).toMatchObject({ status: 200 });
    expect(await described()).toEqual({ TimeToLiveStatus: "DISABLED" });
  });

  it.each([
    ["no attribute", { TimeToLiveSpecification: { Enabled: true } }, "ValidationException"],
    [
      "an unknown table",
      { TableName: "third", TimeToLiveSpecification: specification(true) },
      "ResourceNotFoundException",
    ],
  ])("refuses %s", async (_, input, name) => {
    const refused = await store.ask("UpdateTimeToLive", { TableName: "first", ...input });
    expect(refused).toMatchObject({ status: 400, body: { __type: expect.stringMatching(`#${name}$`) } });
  });
});

describe.skipIf(oracle)("an expired item", () => {
  const create = vi.spyOn(db, "create");
  let path: string;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), "time-to-live-"));
  });
  afterAll(() => rm(path, { recursive: true }));
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"], now: NOW_S * 1_000 });
    return () => vi.useRealTimers();
  });

  /** A store whose first table has time to live. */
  async function start(): Promise<TwoTables> {
    const store = await startTwoTables();
    onTestFinished(() => store.close());
    await update(store, true);
    return store;
  }
  const wait = (ms: number) => vi.advanceTimersByTime(ms);
  const eventually = (assertion: () => Promise<void>) => vi.waitFor(assertion, { timeout: LONG_MS });
  const left = async (store: TwoTables) => (await store.everything())["items of first"] ?? [];

  it("is deleted with its entry in the index; numbers in the future, texts and other tables stay", async () => {
    const store = await start();
    const item = (more: object): Item => ({ ...freshKey(), ...inIndex("m"), ...more });
    const expiring = [item(inSeconds(59)), item(inSeconds(60))];
    const staying = [item(inSeconds(70)), item({ [TTL]: text("1") }), item({})];
    await store.transact([...expiring, ...staying].map((each) => put(each)));
    await store.transact(expiring.map((Item) => ({ Put: { TableName: "second", Item } })));
    wait(60_000);
    await eventually(async () => expect(await left(store)).toHaveLength(staying.length));
    expect(await store.everything()).toEqual({
      "items of first": staying,
      "index of first": staying,
      "items of second": expiring,
      "index of second": expiring,
    });
  });

  async function putMany(store: TwoTables, count: number, more: object): Promise<void> {
    for (let n = 0; n < count; n += 100)
      await store.transact(Array.from({ length: 100 }, () => put({ ...freshKey(), ...more })));
  }

  it("is deleted in its turn where there are many, so that requests do not wait", async () => {
    const store = await start();
    await putMany(store, AT_ONCE + 100, inSeconds(0));
    wait(SWEEP_MS);
    await eventually(async () => expect(await left(store)).toHaveLength(100));
    wait(SWEEP_MS);
    await eventually(async () => expect(await left(store)).toEqual([]));
  });

  it("is found wherever it is among items that stay, again and again", async () => {
    const store = await start();
    await putMany(store, AT_ONCE, {});
    for (let times = 0; times < 2; times += 1) {
      await putMany(store, 100, inSeconds(0));
      await eventually(async () => {
        wait(SWEEP_MS);
        expect(await left(store)).toHaveLength(AT_ONCE);
      });
    }
  });

  it("is deleted at once after a restart, but not in a table that only has the name of another one", async () => {
    const expired = { ...freshKey(), ...inSeconds(60) };
    const before = await startTwoTables({ path });
    for (const TableName of TABLES) await update(before, true, TableName);
    await before.send("DeleteTable", { TableName: "first" });
    while ((await before.ask("DescribeTable", { TableName: "first" })).status === 200);
    await before.close();
    const between = await startTwoTables({ path });
    await between.transact(TABLES.map((TableName) => ({ Put: { TableName, Item: expired } })));
    await between.close();
    vi.setSystemTime((NOW_S + 60) * 1_000);
    const after = await startTwoTables({ path });
    onTestFinished(() => after.close());
    await eventually(async () => expect((await after.everything())["items of second"]).toEqual([]));
    expect(await left(after)).toEqual([expired]);
  });

  it("stays when a write has let it live longer while it was being deleted", async () => {
    const store = await start();
    const { value } = create.mock.results.at(-1) ?? {};
    const { getTable, getItemDb } = value as Store;
    const table = await new Promise<Table>((resolve) =>
      getTable("first", ((_, found) => resolve(found as Table)) as Done<Table>),
    );
    const [contested, other] = [freshKey(), freshKey()];
    await store.transact([contested, other].map((key) => put({ ...key, ...inSeconds(60) })));
    const key = db.createKey(contested, table);
    const items = getItemDb("first");
    const release = await new Promise<() => void>((resolve) =>
      items.lock(key, (releaser) => resolve(releaser(() => {}))),
    );
    wait(60_000);
    await eventually(async () => expect(await left(store)).toHaveLength(1));
    await new Promise<void>((resolve) =>
      items.put(key, { ...contested, ...inSeconds(3_600) }, () => resolve()),
    );
    release();
    await store.transact([put(contested, IS_ABSENT)]); // has its turn after the deletion
    expect(await left(store)).toEqual([{ ...contested, ...inSeconds(3_600) }]);
  });
});
