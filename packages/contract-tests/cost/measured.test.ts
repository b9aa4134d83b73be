import { afterAll, beforeAll, expect, it } from "vitest";
import { readPage } from "../pages/page.ts";
import type { Server } from "../platform/stack.ts";
import { type RecordedCall, recordCalls } from "./recorded-calls.ts";
import { bytesOf, storedBy, sum, unitsOf } from "./request-units.ts";
import { DEFAULT_CACHES, startWorld } from "./world.ts";

const [ASSUMED, MONTH] = readPage("docs/limits-and-cost.md").section("Cost").tables;

let world: Awaited<ReturnType<typeof startWorld>>;
let server: Server;
let record: ReturnType<typeof recordCalls>;
beforeAll(async () => {
  world = await startWorld();
  server = await world.faulty.server(DEFAULT_CACHES);
  record = recordCalls(world.faulty);
});
afterAll(() => world.faulty.close());

/** As long as those of Entra ID: `waad|` and 43 characters. */
const login = (name: string) => world.bySso(`${name}.smith@mill.example`, `waad|${name.padEnd(43, "x")}`);
const unitsOfAll = (calls: readonly RecordedCall[]) => {
  const units = calls.map(unitsOf);
  return { reads: sum(units.map(({ reads }) => reads)), writes: sum(units.map(({ writes }) => writes)) };
};

it("docs/limits-and-cost.md has what a login, a page and org.me take in the store", async () => {
  const [anna, jane] = await Promise.all([login("anna"), login("jane")]);
  const validate = (from: Server, token: string) => from.client(token).auth.validate.query();
  await validate(server, anna); // what all users of the mill share
  const first = await record(() => validate(server, jane));

  const another = await world.faulty.server(DEFAULT_CACHES);
  await validate(another, anna);
  const page = await record(() => validate(another, jane));
  const me = await record(() => another.client(jane).org.me.query());

  const { tableBytes, indexBytes } = storedBy(first);
  const [ofFirst, ofPage, ofMe] = [first, page, me].map(unitsOfAll);
  const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
  expect([ofPage?.writes, ofMe?.writes]).toEqual([0, 0]);
  expect(
    ASSUMED?.rows.filter(([what]) => what?.endsWith(", measured")),
    "change the tables below it as well",
  ).toEqual([
    ["a first login by SSO, measured", `${ofFirst?.reads} read units, ${ofFirst?.writes} write units`],
    ["a page, which the SDK turns into one request, measured", `${ofPage?.reads} read units`],
    ["the `org.me` of a login, measured", `${ofMe?.reads} read units`],
    [
      "stored after the first login, measured",
      `${kilobytes(tableBytes)} in the table, ${kilobytes(indexBytes)} in the index`,
    ],
  ]);
});

it("docs/limits-and-cost.md has the units of a month that follow from its assumptions", () => {
  const numbers = (of: string) =>
    ASSUMED?.rows
      .find(([what]) => what?.startsWith(of))?.[1]
      ?.match(/\d+/g)
      ?.map(Number) ?? [];
  const [days = 0] = numbers("days");
  const [pages = 0] = numbers("pages");
  const [newPercent = 0] = numbers("users who are new");
  const [reads = 0, writes = 0] = numbers("a first login");
  const [ofPage = 0] = numbers("a page");
  const [ofMe = 0] = numbers("the `org.me`");
  const rounded = (millions: number) => Number(millions.toPrecision(2)).toLocaleString("en");
  const logins = newPercent / 100;
  expect(MONTH?.rows.filter(([what]) => what?.endsWith("million")).map((row) => row[2])).toEqual([
    rounded(days * pages * ofPage + days * ofMe + logins * reads),
    rounded(logins * writes),
  ]);
});

it.each([
  ["a string, as UTF-8", { a: { S: "é" } }, 3],
  ["a number, two digits a byte", { a: { N: "1234" } }, 4],
  ["true and null", { a: { BOOL: true }, b: { NULL: true } }, 4],
  ["a list", { a: { L: [{ S: "xy" }] } }, 7],
  ["a map", { a: { M: { b: { S: "xy" } } } }, 8],
])("the bytes of %s", (_, item, bytes) => {
  expect(bytesOf(item)).toBe(bytes);
});

const sized = (bytes: number) => ({ a: { S: "x".repeat(bytes - 1) } });
const indexed = (bytes: number) => ({ gsi1pk: { S: "x".repeat(bytes - 6) } });

it.each<[string, Omit<RecordedCall, "of">, number, number]>([
  ["an absent item", { operation: "GetItem", request: { ConsistentRead: true }, reply: {} }, 1, 0],
  [
    "an item of 5 KB",
    { operation: "GetItem", request: { ConsistentRead: true }, reply: { Item: sized(5_000) } },
    2,
    0,
  ],
  ["an eventually consistent query", { operation: "Query", request: {}, reply: { Items: [] } }, 0.5, 0],
  [
    "a query of many small items",
    {
      operation: "Query",
      request: { ConsistentRead: true },
      reply: { Items: Array(5).fill(sized(1_000)) },
    },
    2,
    0,
  ],
  [
    "a batch with an absent item",
    {
      operation: "BatchGetItem",
      request: { RequestItems: { table: { ConsistentRead: true, Keys: [{}, {}] } } },
      reply: { Responses: { table: [sized(100)] } },
    },
    2,
    0,
  ],
  ["a write of 1 KiB", { operation: "PutItem", request: { Item: sized(1_024) }, reply: {} }, 0, 1],
  ["a larger write", { operation: "PutItem", request: { Item: sized(1_025) }, reply: {} }, 0, 2],
  ["a write with an index", { operation: "PutItem", request: { Item: indexed(1_025) }, reply: {} }, 0, 4],
])("the units of %s", (_, call, reads, writes) => {
  expect(unitsOf({ ...call, of: "" })).toEqual({ reads, writes });
});
