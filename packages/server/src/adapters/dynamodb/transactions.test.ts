import { afterAll, beforeEach, expect, it } from "vitest";
import { type Changes, listAudit, type Transactions, transact, type UserId } from "../../domain/index.ts";
import { dynamoAudit, dynamoOrganizationAudit } from "./audit.ts";
import { dynamoIdentities } from "./identities.ts";
import { dynamoMemberships } from "./memberships.ts";
import { dynamoOrganizations } from "./organizations.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  entry,
  JANE,
  JOE,
  listedFrom,
  membership,
  NOON,
  organization,
  UNBOUNDED,
} from "./testing/examples.ts";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { dynamoTransactions } from "./transactions.ts";

const store = await startEmbeddedStore();
const proxy = await startFaultProxy(store.endpoint);
afterAll(() => {
  proxy.close();
  store.close();
});

let table: DynamoTable;
let behindProxy: Transactions;
beforeEach(async () => {
  table = await store.emptyTable();
  behindProxy = dynamoTransactions(createDynamoTable({ ...table.options, endpoint: proxy.endpoint }));
  proxy.set("pass");
});

const changes = (given: Partial<Changes>): Changes => ({ writes: [], unchanged: [], audit: [], ...given });
const commit = (given: Partial<Changes>) => dynamoTransactions(table).commit(changes(given), UNBOUNDED);
const stored = async () => ({
  root: (await dynamoOrganizations(table).find(ACME, UNBOUNDED))?.rev ?? null,
  member: (await dynamoMemberships(table).find(ACME, JANE, UNBOUNDED))?.rev ?? null,
  entries: (await listedFrom(dynamoAudit(table), NOON)).length,
});

const BLOCK = { userId: JANE, blockedAt: NOON, rev: "1" };
const ROOT = organization({ rev: "1" });
const OLDER = { ...ROOT, rev: "0" };
const put = { item: "membership", next: membership({ rev: "1" }), present: null } as const;

it.each<[string, Partial<Changes>, boolean]>([
  ["nothing is stored of what it creates", {}, true],
  ["what it relies on is as it was read", { unchanged: [{ item: "organization", present: ROOT }] }, true],
  ["what it relies on has changed", { unchanged: [{ item: "organization", present: OLDER }] }, false],
  ["what must be absent is absent", { unchanged: [{ item: "block", absent: { userId: JANE } }] }, true],
  [
    "another write has lost",
    { writes: [put, { item: "organization", next: { ...ROOT, rev: "2" }, present: OLDER }] },
    false,
  ],
])("where %s, all of it is stored or nothing", async (_, given, isCommitted) => {
  await commit({ writes: [{ item: "organization", next: ROOT, present: null }] });
  expect(await commit({ writes: [put], audit: [entry()], ...given })).toBe(isCommitted);
  expect(await stored()).toEqual({
    root: "1",
    member: isCommitted ? "1" : null,
    entries: isCommitted ? 1 : 0,
  });
});

it("what must be absent and is stored keeps everything else from being stored", async () => {
  await commit({ writes: [{ item: "block", next: BLOCK, present: null }] });
  const unchanged = [{ item: "block", absent: { userId: JANE } }] as const;
  expect(await commit({ writes: [put], unchanged })).toBe(false);
  expect((await stored()).member).toBeNull();
});

it("deletes an item as it was read, and no other", async () => {
  await commit({ writes: [{ item: "block", next: BLOCK, present: null }] });
  const unblock = (rev: string) =>
    commit({ writes: [{ item: "block", next: null, present: { ...BLOCK, rev } }] });
  const isBlocked = () => dynamoIdentities(table).isBlocked(JANE, UNBOUNDED);
  expect([await unblock("0"), await isBlocked(), await unblock("1"), await isBlocked()]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it("replaces an item only as it was read, also by a write whose reply was lost (T61)", async () => {
  const replaced = (by: Transactions, next: string, present: string | null) => {
    const at = (rev: string) => organization({ rev });
    const write = {
      item: "organization",
      next: at(next),
      present: present === null ? null : at(present),
    } as const;
    return by.commit(changes({ writes: [write] }), UNBOUNDED);
  };
  const direct = dynamoTransactions(table);
  proxy.set("reset-after-commit", "pass");
  expect([await replaced(direct, "2", "1"), (await stored()).root]).toEqual([false, null]);
  expect(await replaced(behindProxy, "1", null)).toBe(true);
  expect([await replaced(direct, "3", null), await replaced(direct, "2", "3")]).toEqual([false, false]);
  expect([(await stored()).root, await replaced(behindProxy, "2", "1")]).toEqual(["1", true]);
  expect([await replaced(direct, "3", "1"), (await stored()).root]).toEqual([false, "2"]);
  const rivals = await Promise.all(["3", "4", "5", "6", "7"].map((rev) => replaced(direct, rev, "2")));
  expect(rivals.filter(Boolean)).toHaveLength(1);
  expect(proxy.attempts).toBeGreaterThanOrEqual(4);
});

it("stores each entry, also those with the same content", async () => {
  expect(await commit({ audit: [entry(), entry()] })).toBe(true);
  expect((await stored()).entries).toBe(2);
});

it("stores an entry of two users for both of them, and once for who reads all", async () => {
  const byJoe = entry({ actor: `user:${JOE}` });
  expect(await commit({ audit: [byJoe, entry()] })).toBe(true);
  expect((await stored()).entries).toBe(2);
  const ports = { organizationAudit: dynamoOrganizationAudit(table), now: () => new Date("2026-11-25") };
  const list = async (person?: UserId) =>
    (await listAudit({ organizationId: ACME, person }, ports, UNBOUNDED)).items;
  const [all, janes, joes] = [await list(), await list(JANE), await list(JOE)];
  expect([all.length, janes.length]).toEqual([2, 2]);
  expect(joes).toEqual(all.filter(({ actor }) => actor === byJoe.actor));
  expect(joes).toHaveLength(1);
});

it("is decided again while another transaction changes the same", async () => {
  let reads = 0;
  const read = async () => {
    reads += 1;
    proxy.set(reads < 4 ? "transaction-conflict" : "pass");
  };
  const decide = () => ({ changes: changes({ writes: [put], audit: [entry()] }), result: reads });
  expect(await transact({ read, decide }, behindProxy, UNBOUNDED)).toBe(4);
  expect(await stored()).toEqual({ root: null, member: "1", entries: 1 });
});

it("is unavailable where there is no usable answer, and is made once if its reply was lost", async () => {
  proxy.set("error-500");
  const refused = behindProxy.commit(changes({ writes: [put] }), UNBOUNDED);
  await expect(refused).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  proxy.set("reset-after-commit", "pass");
  expect(await behindProxy.commit(changes({ writes: [put], audit: [entry()] }), UNBOUNDED)).toBe(true);
  expect(await stored()).toEqual({ root: null, member: "1", entries: 1 });
});

it("waits no longer than the request lasts before it decides again", async () => {
  const request = new AbortController();
  const waiting = behindProxy.backoff(9, request.signal);
  request.abort();
  await expect(waiting).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
});
