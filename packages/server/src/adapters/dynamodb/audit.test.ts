import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type AuditEntry,
  type AuditLog,
  type AuditQuery,
  auditPosition,
  listAudit,
  listWholeAudit,
  parseOrganizationId,
} from "../../domain/index.ts";
import { dynamoAudit, dynamoOrganizationAudit, dynamoWholeAudit } from "./audit.ts";
import { auditKey, identified, withCopy } from "./table/audit-keys.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { TTL_ATTRIBUTE } from "./table/keys.ts";
import { scanRaw } from "./table/raw-items.ts";
import { type StoredItem, toItem } from "./table/stored-item.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  entry,
  GLOBEX,
  JOE,
  listedFrom,
  NOON,
  UNBOUNDED,
  userNumber,
  writeItems,
} from "./testing/examples.ts";
import { dynamoTransactions } from "./transactions.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
let audit: AuditLog;
beforeEach(async () => {
  table = await store.emptyTable();
  audit = dynamoAudit(table);
});

describe("dynamoAudit", () => {
  it("reads on as its entries are taken, and holds 250 of each partition", async () => {
    const times = Array.from({ length: 260 }, (_, n) => new Date(Date.parse(NOON) + n).toISOString());
    const stored = times.map((at) => ({
      ...identified(entry({ at })),
      id: at.slice(-4, -1).padStart(64, "0"),
    }));
    await writeItems(
      table,
      stored.toReversed().map((each) => toItem(ITEM_TYPES.auditEntry, each)),
    );
    const send = vi.spyOn(await table.client(), "send");
    const taken: [at: string, requests: number][] = [];
    const period = { since: new Date(NOON), until: new Date(NOON) };
    for await (const { at } of audit.list(period, UNBOUNDED)) taken.push([at, send.mock.calls.length]);
    expect(taken.map(([at]) => at)).toEqual(times);
    expect([0, 249, 250, 259].map((n) => taken[n]?.[1])).toEqual([16, 16, 32, 32]);
  });

  it("stores each of 50 concurrent appends of one time, also those with the same content", async () => {
    const [janes, joes] = [entry(), entry({ userId: JOE })];
    const appended = Array.from({ length: 50 }, (_, n) => (n === 0 ? joes : janes));
    await Promise.all(appended.map((each) => audit.append(each, UNBOUNDED)));
    const entries = await listedFrom(audit, NOON);
    expect(entries).toHaveLength(50);
    expect(entries.filter(({ userId }) => userId === JOE)).toEqual([joes]);
  });

  it.each([
    ["2026-10-31T23:59:59.999Z", "2027-02-01T00:00:00.000Z", [0, 1, 2, 3]],
    ["2026-11-30T23:59:59.999Z", "2027-01-31T00:00:00.000Z", [1, 2, 3]],
    ["2026-12-01T00:00:00.001Z", "2027-01-01T00:00:00.000Z", [3]],
    ["2027-01-15T00:00:00.000Z", "2027-02-15T00:00:00.000Z", []],
  ])("lists entries from %s across months and years, oldest first", async (since, until, expected) => {
    const times = [NOON, "2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"];
    const entries = times.map((at) => entry({ at }));
    for (const each of [...entries].reverse()) await audit.append(each, UNBOUNDED);
    expect(await listedFrom(audit, since, until)).toEqual(expected.map((index) => entries[index]));
  });

  it("spreads a month's entries over 16 partitions, and reads each of them once", async () => {
    const entries = Array.from({ length: 80 }, (_, n) => entry({ userId: userNumber(n) }));
    // So many random ids that no partition is left out by chance.
    const stored = Array.from({ length: 1_000 }, () => auditKey(identified(entry())).pk);
    expect(new Set(stored).size).toBe(16);
    await Promise.all(entries.map((each) => audit.append(each, UNBOUNDED)));
    const send = vi.spyOn(await table.client(), "send");
    expect(await listedFrom(audit, NOON)).toHaveLength(80);
    const commands: unknown[] = send.mock.calls.map(([command]) => command);
    const read = commands.flatMap((each) =>
      each instanceof QueryCommand ? [each.input.ExpressionAttributeValues?.[":pk"]?.S] : [],
    );
    expect(read).toHaveLength(16);
    expect(new Set(read).size).toBe(16);
  });
});

describe("dynamoOrganizationAudit", () => {
  const NOW = new Date("2026-12-31T12:00:00.000Z");
  const list = (query: Partial<AuditQuery> = {}) => {
    const ports = { organizationAudit: dynamoOrganizationAudit(table), now: () => NOW };
    return listAudit({ organizationId: ACME, ...query }, ports, UNBOUNDED);
  };
  const append = (...entries: readonly AuditEntry[]) =>
    Promise.all(entries.map((each) => audit.append(each, UNBOUNDED)));

  async function follow(query: Partial<AuditQuery>) {
    const found: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await list({ ...query, cursor });
      for (const { at, id } of items) found.push(`${at} ${id}`);
      if (nextCursor === null || nextCursor === cursor) return found;
      cursor = nextCursor;
    }
  }

  it.each([1, 3, 100])("lists the months of one organization in both orders, %i a page", async (limit) => {
    const times = ["2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z", NOON, "2026-12-01T00:00:00.000Z"];
    await append(
      ...times.map((at) => entry({ at })),
      entry({ userId: JOE }),
      entry({ at: "2026-12-31T11:59:59.999Z" }),
    );
    await append(entry({ organizationId: GLOBEX }), entry({ organizationId: null, subject: "another" }));
    const newest = await follow({ order: "newest", limit });
    const whole = [...times, NOON, "2026-12-31T11:59:59.999Z"].toSorted().toReversed();
    expect(newest.map((each) => each.split(" ")[0])).toEqual(whole);
    expect(await follow({ order: "oldest", limit })).toEqual(newest.slice(1).toReversed());
  });

  it("shows what was stored, under an id that stays", async () => {
    const change = {
      invitationId: "i1",
      batchId: "b1",
      before: { role: "member" },
      after: { role: "admin" },
    } as const;
    await append(entry({ action: "role-changed", actor: "operator:jo", ...change }));
    const { items } = await list();
    expect(items).toMatchObject([{ at: NOON, actor: "operator", action: "role-changed", ...change }]);
    expect(items[0]?.id).toMatch(/^[0-9a-f]{64}$/);
    expect((await list()).items).toEqual(items);
  });

  it.each<[string, Partial<AuditQuery>, readonly number[]]>([
    ["no filter", {}, [0, 1, 2, 3, 4]],
    ["the actor login", { actor: "login" }, [4]],
    ["any operator", { actor: "operator" }, [1, 2]],
    ["one user", { actor: `user:${JOE}` }, [0]],
    ["the system", { actor: "system" }, [3]],
    ["an action", { action: "role-changed" }, [0, 1, 3]],
    ["an actor and an action", { actor: "operator", action: "role-changed" }, [1]],
    ["an actor who did nothing", { actor: `user:${userNumber(9)}` }, []],
    ["a person who did something", { person: JOE }, [0]],
    ["a person to whom it was done", { person: userNumber(1) }, [0, 1, 2, 3, 4]],
    ["a person of no entry", { person: userNumber(9) }, []],
    ["a person and an action", { person: userNumber(1), action: "membership-left" }, [2, 4]],
    ["a person and an actor", { person: userNumber(1), actor: `user:${JOE}` }, [0]],
    ["a person and themselves as the actor", { person: JOE, actor: `user:${JOE}` }, [0]],
    [
      "a person, the kind of an actor and an action",
      { person: userNumber(1), actor: "operator", action: "role-changed" },
      [1],
    ],
  ])("filters by %s", async (_, filter, expected) => {
    const actors = [`user:${JOE}`, "operator:jo", "operator:ann", "system", "login"] as const;
    const actions = [
      "role-changed",
      "role-changed",
      "membership-left",
      "role-changed",
      "membership-left",
    ] as const;
    const entries = actors.map((actor, n) => entry({ actor, action: actions[n] ?? "role-changed" }));
    await append(...entries);
    const { items } = await list(filter);
    const seen = expected.map((n) => `${actors[n]?.replace(/operator:.*/, "operator")} ${actions[n]}`);
    expect(items.map(({ actor, action }) => `${actor} ${action}`).toSorted()).toEqual(seen.toSorted());
  });

  it("finds no person whom the organization does not see, whatever it asks", async () => {
    await append(entry({ action: "identity-conflict", rule: "foreign-organization", userId: JOE }));
    expect((await list()).items).toMatchObject([{ action: "identity-conflict", userId: null }]);
    expect(await list({ person: JOE })).toEqual({ items: [], nextCursor: null });
  });

  it("looks for the second of two filters at 200 entries a request, and goes on behind them", async () => {
    await writeItems(
      table,
      Array.from({ length: 250 }, () =>
        toItem(ITEM_TYPES.auditEntry, identified(entry({ actor: `user:${JOE}`, userId: JOE }))),
      ),
    );
    await append(entry({ at: "2026-11-01T00:00:00.000Z", actor: `user:${JOE}`, action: "role-changed" }));
    const filter = { actor: `user:${JOE}`, action: "role-changed" } as const;
    const first = await list(filter);
    expect(first.items).toEqual([]);
    const second = await list({ ...filter, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({ items: [{ action: "role-changed" }], nextCursor: null });
  });

  it("shows each entry once, also those that only their subject tells apart", async () => {
    await append(entry(), entry({ subject: "another" }), entry({ at: "2026-11-24T12:00:00.001Z" }));
    for (const limit of [1, 100]) expect(new Set(await follow({ limit })).size).toBe(3);
    for (const limit of [1, 100]) expect(await follow({ limit })).toHaveLength(3);
  });

  it("finds 20 entries among 400 in one page and one round of the narrowest partitions", async () => {
    const [rare, often, other] = [userNumber(1), userNumber(2), userNumber(3)];
    const entries = Array.from({ length: 400 }, (_, n) => {
      const isRare = n % 20 === 0;
      const actor = isRare ? "system" : (`user:${often}` as const);
      const action = isRare ? "domain-missing" : "role-changed";
      return entry({ userId: isRare ? rare : other, actor, action });
    });
    const stored = entries.flatMap((each) => withCopy(identified(each)));
    await writeItems(
      table,
      stored.map((each) => toItem(ITEM_TYPES.auditEntry, each)),
    );
    const send = vi.spyOn(await table.client(), "send");
    const asked = async (query: Partial<AuditQuery>) => {
      send.mockClear();
      const { items, nextCursor } = await list(query);
      return [items.length, nextCursor === null, send.mock.calls.length];
    };
    expect(await asked({})).toEqual([50, false, 4]);
    expect(await asked({ order: "oldest" })).toEqual([50, false, 4]);
    expect(await asked({ since: new Date("2026-12-01") })).toEqual([0, true, 4]);
    expect(await asked({ action: "domain-missing" })).toEqual([20, true, 4]);
    expect(await asked({ actor: "system" })).toEqual([20, true, 4]);
    expect(await asked({ action: "domain-missing", actor: "system" })).toEqual([20, true, 4]);
    expect(await asked({ person: rare })).toEqual([20, true, 1]);
    expect(await asked({ person: rare, actor: "system" })).toEqual([20, true, 1]);
    expect(await asked({ person: often })).toEqual([50, false, 1]);
    expect(await asked({ actor: `user:${often}` })).toEqual([50, false, 1]);
    expect(await asked({ person: other, actor: `user:${often}` })).toEqual([50, false, 1]);
    expect(await asked({ person: often, actor: "system" })).toEqual([0, false, 1]);
  });
});

it("an audit that is kept for 90 days shows no older entry, and marks each for the store to delete", async () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const byJoe = (days: number) => entry({ at: daysAgo(days), actor: `user:${JOE}` });
  const [forGood, past, kept] = [byJoe(92), byJoe(91), byJoe(89)];
  const limited = createDynamoTable({ ...table.options, auditDays: 90 });
  await audit.append(forGood, UNBOUNDED);
  await dynamoAudit(limited).append(past, UNBOUNDED);
  await dynamoTransactions(limited).commit({ writes: [], unchanged: [], audit: [kept] }, UNBOUNDED);
  expect(await listedFrom(audit, daysAgo(93), daysAgo(0))).toEqual([forGood, kept]);
  const ports = { organizationAudit: dynamoOrganizationAudit(table), now: () => new Date() };
  for (const filter of [{}, { person: JOE }]) {
    const { items } = await listAudit({ organizationId: ACME, ...filter }, ports, UNBOUNDED);
    expect(items.map(({ at }) => at)).toEqual([kept.at, forGood.at]);
  }
  const whole = [forGood, past, kept].map(async ({ at }) => {
    const range = { from: at, to: `${at}#g`, after: null, limit: 1 };
    const parts = await dynamoWholeAudit(table).read(range, UNBOUNDED);
    return parts.flatMap(({ entries }) => entries).length;
  });
  expect(await Promise.all(whole)).toEqual([1, 0, 1]);
  const marked: unknown[] = [];
  for await (const page of scanRaw(table, "item", {}, UNBOUNDED)) marked.push(...page.map(marksOf));
  const ends = Math.ceil(Date.parse(kept.at) / 1_000) + 90 * 86_400;
  expect(marked.filter((mark) => mark === ends)).toHaveLength(2); // the entry, and its copy
  expect(marked.filter((mark) => mark === undefined)).toHaveLength(2);
});

const marksOf = (item: StoredItem) => item[TTL_ATTRIBUTE];

describe("dynamoWholeAudit", () => {
  const NOW = new Date("2026-12-31T12:00:00.000Z");
  /** Of two months, of many organizations and of none; each fourth one has a copy. */
  const stored = Array.from({ length: 120 }, (_, n) => {
    const at = new Date(Date.parse(NOON) + n * 18_000_000).toISOString();
    const organizationId = n % 3 === 0 ? null : parseOrganizationId(`customer-${n}`);
    const actor = n % 4 === 0 ? (`user:${JOE}` as const) : "system";
    return identified(entry({ at, organizationId, actor, subject: `samlp|acme|jane-${n}@acme.example` }));
  });

  it.each([12, 100])("reads all entries by pages of %i, in one round of 16 queries each", async (limit) => {
    const items = stored.flatMap(withCopy).map((each) => toItem(ITEM_TYPES.auditEntry, each));
    await writeItems(table, items);
    const send = vi.spyOn(await table.client(), "send");
    const ports = { wholeAudit: dynamoWholeAudit(table), now: () => NOW };
    const since = new Date("2026-11-01");
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined; ; pages += 1) {
      send.mockClear();
      const page = await listWholeAudit({ since, cursor, limit }, ports, UNBOUNDED);
      expect(send.mock.calls.length).toBe(16);
      expect(JSON.stringify(page.items)).not.toContain("@");
      found.push(
        ...page.items.map(({ organizationId, ...each }) => `${organizationId} ${auditPosition(each)}`),
      );
      if (page.items.length === 0 && page.nextCursor === cursor) break;
      cursor = page.nextCursor;
    }
    expect(found).toEqual(stored.map((each) => `${each.organizationId} ${auditPosition(each)}`));
    expect(pages).toBeLessThan(2 * Math.ceil(found.length / limit) + 4);
  });
});
