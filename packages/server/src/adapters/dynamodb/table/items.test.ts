import { setImmediate } from "node:timers/promises";
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  GetItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { parseEmail, traceRequest, unrecorded } from "../../../domain/index.ts";
import { startEmbeddedStore } from "../testing/embedded-store.ts";
import { everyRequest } from "../testing/every-request.ts";
import {
  ACME,
  deleteItem,
  GLOBEX,
  invitation,
  JANE,
  JANE_EMAIL,
  UNBOUNDED,
  valid,
  writeItem,
} from "../testing/examples.ts";
import { ITEM_TYPES } from "./item-types.ts";
import { ItemsOf, type PageQuery } from "./items.ts";
import { indexKeys, type Key, keys, partitions, rangeOf, TTL_ATTRIBUTE } from "./keys.ts";
import { readAhead } from "./raw-items.ts";
import { toItem } from "./stored-item.ts";
import { createDynamoTable } from "./table.ts";

/** Of a table that no request reaches. */
const OPTIONS = {
  table: "throttled",
  region: "eu-central-1",
  endpoint: "http://127.0.0.1:9",
  attemptMs: 400,
  deadlineMs: 1_000,
};

const invitedAs = (name: string) => invitation({ email: valid(parseEmail(`${name}@acme.example`)) });

const store = await startEmbeddedStore();
afterAll(() => store.close());

describe("reading", () => {
  // The embedded store is always consistent, so only the request shows what DynamoDB would return.
  it("reads consistently, except from the index, which cannot do so, and but for a total", async () => {
    const table = await store.emptyTable();
    const send = vi.spyOn(await table.client(), "send");
    await Promise.allSettled(everyRequest(table));
    const commands: unknown[] = send.mock.calls.map(([command]) => command);
    const batches = commands.filter((each) => each instanceof BatchGetItemCommand);
    expect(batches.length).toBeGreaterThan(0);
    for (const { input } of batches)
      expect(input.RequestItems?.[table.options.table]?.ConsistentRead).toBe(true);
    const reads = commands.filter((each) => each instanceof GetItemCommand || each instanceof QueryCommand);
    const indexed = reads.filter(({ input }) => "IndexName" in input);
    expect(indexed.length).toBeGreaterThan(0);
    expect(reads.length).toBeGreaterThan(indexed.length);
    for (const { input } of reads) {
      const isTotal = "Select" in input && input.Select === "COUNT";
      expect(input.ConsistentRead).toBe("IndexName" in input || isTotal ? undefined : true);
    }
  });
});

it("DynamoDB removes no items but refusals, notices, invitations, ended sessions and entries: no field of another has the attribute's name", () => {
  const types = Object.values(ITEM_TYPES);
  const removed = types.filter((each) => each.deleteAfter !== undefined);
  expect(removed.map(({ type }) => type)).toEqual([
    "refusal",
    "ended-session",
    "invitation",
    "audit-entry",
    "notice",
  ]);
  for (const { schema } of types)
    expect(schema instanceof z.ZodObject && TTL_ATTRIBUTE in schema.shape).toBe(false);
});

it("a request that reads many items waits for its first turn without a deadline", async () => {
  const table = await store.emptyTable();
  const first = vi.spyOn(table.turns, "run");
  const { signal } = new AbortController();
  const read = () =>
    new ItemsOf(table, ITEM_TYPES.invitation).getMany([ITEM_TYPES.invitation.key(invitation())], signal);
  expect(await traceRequest({ requestId: "1", parent: null }, read)).toEqual([]);
  expect(first.mock.calls[0]?.[0]).toBe(signal);
});

describe("what work asks for before it waits", () => {
  const [A, B, C] = (["a", "b", "c"] as const).map((name) => ITEM_TYPES.invitation.key(invitedAs(name))) as [
    Key,
    Key,
    Key,
  ];
  const SPEAKERS_KEY = keys.speakers(JANE);

  /** Reads by a signal, and what is sent for them. */
  async function reading() {
    const table = await store.emptyTable();
    const items = new ItemsOf(table, ITEM_TYPES.invitation);
    await Promise.all("ab".split("").map((name) => items.put(invitedAs(name), UNBOUNDED)));
    const send = vi.spyOn(await table.client(), "send");
    const sent = () => send.mock.calls.map(([command]) => command.constructor.name);
    const { signal } = new AbortController();
    return { table, items, signal, sent, get: (key: Key) => items.get(key, signal) };
  }

  it("is one request, of several types, and of one key once; an item that does not exist is null", async () => {
    const { table, sent, signal, get } = await reading();
    const speakers = new ItemsOf(table, ITEM_TYPES.speakers).get(SPEAKERS_KEY, signal);
    const later = Promise.resolve().then(() => get(B));
    const found = await Promise.all([get(A), get(A), later, get(C), speakers]);
    expect(found.map((each) => each && "email" in each && each.email)).toEqual([
      "a@acme.example",
      "a@acme.example",
      "b@acme.example",
      null,
      null,
    ]);
    expect(sent()).toEqual(["BatchGetItemCommand"]);
  });

  it("is a request of its own for each request of a client, though they have one signal", async () => {
    const { table, sent, signal, get } = await reading();
    const as = (requestId: string) => (key: Key) =>
      traceRequest({ requestId, parent: null }, () => Promise.all([get(key), get(C)]));
    await Promise.all([as("1")(A), as("2")(B)]);
    expect(sent()).toEqual(["BatchGetItemCommand", "BatchGetItemCommand"]);
    const first = { requestId: "1", parent: null };
    await traceRequest(first, () => readAhead(table, [A], signal));
    await traceRequest({ requestId: "2", parent: null }, () => get(A));
    expect(sent()).toHaveLength(4);
    await traceRequest(first, () => get(A));
    expect(sent()).toHaveLength(4);
  });

  it("is read for a cache, which counts its time from then", async () => {
    const { table, items, sent, signal, get } = await reading();
    await readAhead(table, [A], signal);
    await deleteItem(table, A);
    expect(await unrecorded(() => items.get(A, signal))).toBeNull();
    expect(await get(A)).toEqual(invitedAs("a"));
    expect(sent()).toEqual(["GetItemCommand", "DeleteItemCommand", "GetItemCommand"]);
  });

  it("is asked for again if reading it ahead has failed", async () => {
    const { table, signal, get } = await reading();
    vi.spyOn(await table.client(), "batchGetItem").mockRejectedValueOnce(new TypeError("no"));
    await expect(readAhead(table, [A, B], signal)).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    expect(await get(A)).toEqual(invitedAs("a"));
  });

  it("is a request of its own for each signal, and for each wait", async () => {
    const { items, sent, get } = await reading();
    await Promise.all([get(A), items.get(A, UNBOUNDED)]);
    await get(A);
    expect(sent()).toEqual(["GetItemCommand", "GetItemCommand", "GetItemCommand"]);
  });

  it("is at most four requests at the same time, each with a deadline of its own", async () => {
    const { table, items, signal } = await reading();
    const client = await table.client();
    let running = 0;
    let most = 0;
    vi.spyOn(client, "batchGetItem").mockImplementation(async () => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
      return { Responses: {} };
    });
    const many = Array.from({ length: 1_000 }, (_, n) => ITEM_TYPES.invitation.key(invitedAs(`n${n}`)));
    expect(await items.getMany(many, signal)).toEqual([]);
    expect(client.batchGetItem).toHaveBeenCalledTimes(10);
    expect(most).toBe(4);
  });

  it("is at most 100 keys in a request", async () => {
    const { items, sent, signal } = await reading();
    const many = Array.from({ length: 101 }, (_, n) => ITEM_TYPES.invitation.key(invitedAs(`n${n}`)));
    expect(await items.getMany(many, signal)).toEqual([]);
    expect(sent().sort()).toEqual(["BatchGetItemCommand", "GetItemCommand"]);
  });

  it("fails as a whole, with what was asked for", async () => {
    const { table, signal, get } = await reading();
    vi.spyOn(await table.client(), "batchGetItem").mockRejectedValue(new TypeError("no"));
    const reads = [get(A), get(B), new ItemsOf(table, ITEM_TYPES.speakers).get(SPEAKERS_KEY, signal)];
    const message = "invitation, speakers: reading many failed: TypeError";
    for (const outcome of await Promise.allSettled(reads))
      expect(outcome).toMatchObject({ reason: { reason: "STORE_UNAVAILABLE", message } });
  });

  it("is read again if what was read ahead is more than 250 ms old", async () => {
    const { table, sent, signal, get } = await reading();
    const now = vi.spyOn(performance, "now").mockReturnValue(1_000);
    onTestFinished(() => now.mockRestore());
    await readAhead(table, [A, B], signal);
    await deleteItem(table, B);
    now.mockReturnValue(1_250);
    expect(await get(A)).toEqual(invitedAs("a"));
    now.mockReturnValue(1_251);
    expect(await get(B)).toBeNull();
    expect(sent()).toEqual(["BatchGetItemCommand", "DeleteItemCommand", "GetItemCommand"]);
  });

  it("is answered by what was read ahead, once; then it is read again", async () => {
    const { table, items, sent, signal, get } = await reading();
    await readAhead(table, [A, B], signal);
    await deleteItem(table, A);
    expect([await get(A), await get(A)]).toEqual([invitedAs("a"), null]);
    expect(await items.get(B, UNBOUNDED)).toEqual(invitedAs("b"));
    expect(sent()).toEqual(["BatchGetItemCommand", "DeleteItemCommand", "GetItemCommand", "GetItemCommand"]);
  });
});

it("a malformed item is refused by everything that reads it, alone or beside others", async () => {
  const table = await store.emptyTable();
  const items = new ItemsOf(table, ITEM_TYPES.invitation);
  await items.put(invitation({ organizationId: GLOBEX }), UNBOUNDED);
  const Item = { ...toItem(ITEM_TYPES.invitation, invitation()), role: "root" };
  await writeItem(table, Item);
  const key = ITEM_TYPES.invitation.key(invitation());
  const prefix = indexKeys.invitation(ACME);
  const reads = [
    items.get(key, UNBOUNDED),
    items.getMany([key], UNBOUNDED),
    items.list(partitions.invitations(JANE_EMAIL), UNBOUNDED),
    items.list(key, UNBOUNDED),
    items.listIndexed(prefix, UNBOUNDED),
    items.listCurrent(prefix, UNBOUNDED),
    items.listPage({ range: rangeOf(prefix), after: null, limit: 10 }, UNBOUNDED),
  ];
  const message = "invitation: the stored item is malformed";
  for (const outcome of await Promise.allSettled(reads))
    expect(outcome).toMatchObject({ reason: { reason: "STORE_UNAVAILABLE", message } });
});

describe("the keys that a throttled store leaves out of its answer", () => {
  afterEach(() => void vi.useRealTimers());

  const invited = "abcdefgh".split("").map(invitedAs);

  /** Items of a store that answers at once, and leaves out what `leavesOut` says of the keys that it is asked for. */
  async function throttled(random: number, leavesOut: (asked: number) => number) {
    const troubles = { throttled: 0, retried: 0 };
    const onTrouble = (trouble: keyof typeof troubles) => {
      troubles[trouble] += 1;
    };
    const table = createDynamoTable({ ...OPTIONS, random: () => random, onTrouble });
    const batchGet = vi.spyOn(await table.client(), "batchGetItem");
    batchGet.mockImplementation(async ({ RequestItems = {} }: BatchGetItemCommandInput) => {
      const keys = RequestItems[OPTIONS.table]?.Keys ?? [];
      const out = keys.slice(0, leavesOut(keys.length));
      const items = invited.map((each) => toItem(ITEM_TYPES.invitation, each));
      const read = keys
        .slice(out.length)
        .map((key) => unmarshall(key))
        .map(({ pk, sk }) => marshall(items.find((item) => item.pk === pk && item.sk === sk) ?? {}));
      return { Responses: { [OPTIONS.table]: read }, UnprocessedKeys: { [OPTIONS.table]: { Keys: out } } };
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const found = new ItemsOf(table, ITEM_TYPES.invitation).getMany(
      invited.map(ITEM_TYPES.invitation.key),
      UNBOUNDED,
    );
    return { batchGet, found, troubles };
  }

  it.each([
    [0, 9],
    [0.5, 7],
    [0.999, 6],
  ])(
    "T8L: are asked for again a few times within the deadline, with pauses at random (%d)",
    async (random, reads) => {
      const { batchGet, found } = await throttled(random, (asked) => asked);
      const refused = expect(found).rejects.toMatchObject({
        reason: "STORE_UNAVAILABLE",
        message: "invitation: reading many failed: TimeoutError",
      });
      await vi.advanceTimersByTimeAsync(OPTIONS.deadlineMs);
      await refused;
      expect(batchGet).toHaveBeenCalledTimes(reads);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("T8L: are found by asking again", async () => {
    const { batchGet, found, troubles } = await throttled(0.5, (asked) => Math.floor(asked / 2));
    await vi.advanceTimersByTimeAsync(OPTIONS.deadlineMs);
    expect(new Set(await found)).toEqual(new Set(invited));
    expect(batchGet).toHaveBeenCalledTimes(4);
    expect(troubles).toEqual({ throttled: 3, retried: 3 });
  });
});

describe("a page of the index", async () => {
  const table = await store.emptyTable();
  const items = new ItemsOf(table, ITEM_TYPES.invitation);
  const invite = (name: string, organizationId = ACME, role: "member" | "admin" = "member") => {
    const email = valid(parseEmail(`${name}@acme.example`));
    return items.put(invitation({ email, organizationId, role }), UNBOUNDED);
  };
  const invited = "abcdefg".split("");
  await Promise.all(invited.map((name) => invite(name, ACME, "ce".includes(name) ? "admin" : "member")));
  await invite("c", GLOBEX);

  const range = rangeOf(indexKeys.invitation(ACME));
  const key = (name: string) => indexKeys.invitation(ACME, `${name}@acme.example`).sk;
  const admins = { expression: "#role = :role", values: { ":role": "admin" } };
  const between = (from: string, to: string) => ({ ...range, from: key(from), to: key(to) });

  it.each<[string, Partial<PageQuery>, string, string | null]>([
    ["begins at the beginning", { limit: 3 }, "abc", "c"],
    ["continues behind a key", { after: key("c"), limit: 3 }, "def", "f"],
    ["continues behind a key that is not stored", { after: key("bb"), limit: 1 }, "c", "c"],
    ["ends", { after: key("e") }, "fg", null],
    ["is empty behind the last key", { after: key("g") }, "", null],
    ["is empty behind the range", { after: "ZZZ" }, "", null],
    ["begins at the end", { descending: true, limit: 3 }, "gfe", "e"],
    ["continues towards the beginning", { descending: true, after: key("e"), limit: 2 }, "dc", "c"],
    ["ends at the beginning", { descending: true, after: key("b") }, "a", null],
    ["is empty before the first key", { descending: true, after: key("a") }, "", null],
    ["is empty before the range", { descending: true, after: "A" }, "", null],
    ["includes both ends of a range", { range: between("b", "d") }, "bcd", null],
    ["does not leave the range forwards", { range: between("b", "d"), after: "A" }, "bcd", null],
    [
      "does not leave the range backwards",
      { range: between("b", "d"), descending: true, after: key("f") },
      "dcb",
      null,
    ],
    ["is empty where the range ends before it begins", { range: between("d", "b") }, "", null],
    ["filters what it has read", { filter: admins, limit: 4 }, "c", "d"],
    ["may be empty though more follows", { filter: admins, limit: 2 }, "", "b"],
  ])("%s, in one request", async (_, query, expected, last) => {
    const send = vi.spyOn(await table.client(), "send");
    const page = await items.listPage({ range, after: null, limit: 100, ...query }, UNBOUNDED);
    expect(page.items.map(({ email }) => email.slice(0, 1)).join("")).toBe(expected);
    expect(page.last).toBe(last === null ? null : key(last));
    expect(send.mock.calls.length).toBeLessThanOrEqual(1);
    send.mockRestore();
  });
});
