import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { REVISIONS, WRITES } from "./testing/every-write.ts";
import { ACME, GLOBEX } from "./testing/examples.ts";
import { startFaultProxy } from "./testing/fault-proxy.ts";

const store = await startEmbeddedStore();
const proxy = await startFaultProxy(store.endpoint);
afterAll(() => {
  proxy.close();
  store.close();
});

/** The table without the fault proxy, and with it. */
let direct: DynamoTable;
let table: DynamoTable;
beforeEach(async () => {
  direct = await store.emptyTable();
  table = createDynamoTable({ ...direct.options, endpoint: proxy.endpoint });
});
afterEach(() => table.close());

it.each(Object.entries(WRITES))(
  "a write is reported as done when only its reply was lost (T61): %s",
  async (_, { before, write, answer }) => {
    await before?.(direct);
    proxy.set("reset-after-commit", "pass");
    expect(await write(table)).toEqual(answer);
    expect(proxy.attempts).toBeGreaterThanOrEqual(2);
  },
);

it.each(Object.entries(REVISIONS))(
  "%s is replaced only as it was seen, and by a write whose reply was lost (T61)",
  async (_, storeOf) => {
    const [store, lossy] = [storeOf(direct), storeOf(table)];
    proxy.set("reset-after-commit", "pass");
    expect(await store.replace("2", "1")).toBe(false);
    expect(await store.find(ACME)).toEqual(store.none(ACME));
    expect(await lossy.replace("1", null)).toBe(true);
    expect(await store.replace("3", null)).toBe(false);
    expect(await store.replace("2", "3")).toBe(false);
    expect(await store.find(ACME)).toEqual(store.stored("1"));
    expect(await lossy.replace("2", "1")).toBe(true);
    expect(await store.replace("3", "1")).toBe(false);
    expect(await store.find(ACME)).toEqual(store.stored("2"));
    const rivals = await Promise.all(["3", "4", "5", "6", "7"].map((rev) => store.replace(rev, "2")));
    expect(rivals.filter(Boolean)).toHaveLength(1);
    expect(await store.find(GLOBEX)).toEqual(store.none(GLOBEX));
    expect(proxy.attempts).toBeGreaterThanOrEqual(4);
  },
);
