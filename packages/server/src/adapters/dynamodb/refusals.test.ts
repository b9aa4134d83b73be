import { afterAll, beforeEach, expect, it } from "vitest";
import { keepRefusal, MAX_REFUSALS } from "../../domain/index.ts";
import { memoryPorts, NOW, recentRefusal } from "../../domain/testing/memory-ports.ts";
import { claims } from "../../domain/testing/people.ts";
import { dynamoMemberships } from "./memberships.ts";
import { dynamoRefusals } from "./refusals.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { toItem } from "./table/stored-item.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { ACME, GLOBEX, UNBOUNDED, writeItem } from "./testing/examples.ts";
import { dynamoTransactions } from "./transactions.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
beforeEach(async () => {
  table = await store.emptyTable();
});

const BOUNDS = { admits: () => true, isDue: () => true };
const refused = { claims: claims(), reason: "IDENTITY_CONFLICT", userId: null } as const;

/** What a process has. */
const portsOn = (on: DynamoTable) => ({
  ...memoryPorts(),
  memberships: dynamoMemberships(on),
  refusals: dynamoRefusals(on),
  transactions: dynamoTransactions(on),
});
const list = (id = ACME) => dynamoRefusals(table).list(id, UNBOUNDED);

it("reads and writes little for a refusal, and lists it with those of its organization", async () => {
  const requests: string[] = [];
  const observed = createDynamoTable({ ...table.options, onUpstream: (each) => requests.push(each) });
  expect(await keepRefusal(refused, BOUNDS, portsOn(observed), UNBOUNDED)).toEqual(["kept"]);
  observed.close();
  expect(requests.sort()).toEqual(["GetItem", "Query", "Query", "Query", "TransactWriteItems"]);
  await writeItem(table, toItem(ITEM_TYPES.refusal, recentRefusal({ organizationId: GLOBEX })));
  expect(await list()).toMatchObject([{ slot: 0, count: 1, lastAt: NOW }]);
  expect(await list(GLOBEX)).toHaveLength(1);
});

it("is deleted 14 days after it was last seen", () => {
  expect(toItem(ITEM_TYPES.refusal, recentRefusal({ lastAt: "2026-11-25T00:00:00.500Z" }))).toMatchObject({
    pk: "REFUSALS#acme",
    sk: "SLOT#00",
    deleteAfter: Date.parse("2026-12-09T00:00:01.000Z") / 1_000,
  });
});

it("one of two processes that take a slot at once gives up, and nothing of the other is lost", async () => {
  const processes = Array.from({ length: 4 }, () => keepRefusal(refused, BOUNDS, portsOn(table), UNBOUNDED));
  const outcomes = (await Promise.all(processes)).flat();
  const kept = outcomes.filter((outcome) => outcome === "kept").length;
  expect(outcomes.filter((outcome) => outcome === "lost")).toHaveLength(4 - kept);
  expect(await list()).toMatchObject([{ count: kept }]);
});

it("is no more than the slots that there are", async () => {
  for (let slot = 0; slot < MAX_REFUSALS; slot += 1)
    await writeItem(table, toItem(ITEM_TYPES.refusal, recentRefusal({ slot })));
  await keepRefusal(refused, BOUNDS, portsOn(table), UNBOUNDED);
  expect(await list()).toHaveLength(MAX_REFUSALS);
  const beyond = recentRefusal({ slot: MAX_REFUSALS });
  await writeItem(table, toItem(ITEM_TYPES.refusal, beyond));
  await expect(list()).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
});
