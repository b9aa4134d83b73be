import { createHash } from "node:crypto";
import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AuditEntry, type AuditLog, parseDomain } from "../../domain/index.ts";
import { dynamoAudit } from "./audit.ts";
import { AUDIT_ENTRY } from "./table/item-types.ts";
import { keys } from "./table/keys.ts";
import { toItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { entry, JOE, NOON, UNBOUNDED, userNumber } from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
let audit: AuditLog;
beforeEach(async () => {
  table = await store.emptyTable();
  audit = dynamoAudit(table);
});

async function listed(since: string, until: string) {
  return audit.list({ since: new Date(since), until: new Date(until) }, UNBOUNDED);
}

describe("dynamoAudit", () => {
  it("stores 50 concurrent appends of one entry once, beside another entry of the same time", async () => {
    await Promise.all(Array.from({ length: 50 }, () => audit.append(entry(), UNBOUNDED)));
    const joes = entry({ userId: JOE });
    await audit.append(joes, UNBOUNDED);
    const entries = await listed(NOON, NOON);
    expect(new Set(entries)).toEqual(new Set([entry(), joes]));
    expect(entries).toHaveLength(2);
  });

  it("reads and does not duplicate entries that were stored before the domain field existed", async () => {
    const { domain, ...before } = entry();
    const digest = createHash("sha256")
      .update(JSON.stringify(Object.entries(before).sort()))
      .digest("hex");
    const Item = { ...before, type: "audit-entry", pk: "AUDIT#2026-11", sk: `${NOON}#${digest}` };
    await (await table.documents()).send(new PutCommand({ TableName: table.options.table, Item }));
    await audit.append(entry(), UNBOUNDED);
    expect(await listed(NOON, NOON)).toEqual([entry()]);
    const verified = ["a.example", "b.example"].map((name) => entry({ domain: parseDomain(name) }));
    for (const each of verified) await audit.append(each, UNBOUNDED);
    expect(new Set(await listed(NOON, NOON))).toEqual(new Set([entry(), ...verified]));
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
    expect(await listed(since, until)).toEqual(expected.map((index) => entries[index]));
  });

  const [EARLY, LATE] = ["2026-11-24T11:00:00.000Z", "2026-11-24T13:00:00.000Z"];
  it.each<[string, { old: readonly AuditEntry[]; appended: readonly AuditEntry[] }]>([
    ["only old entries", { old: [entry({ at: EARLY }), entry({ at: LATE })], appended: [] }],
    [
      "old and new entries, interleaved",
      {
        old: [entry(), entry({ at: LATE, userId: JOE })],
        appended: [entry({ at: EARLY }), entry({ at: LATE })],
      },
    ],
    [
      "entries of the same time in both",
      { old: [entry()], appended: [1, 2, 3, 4].map((n) => entry({ userId: userNumber(n) })) },
    ],
    ["an old entry that was appended again", { old: [entry(), entry({ at: LATE })], appended: [entry()] }],
  ])(
    "lists entries of an earlier version's partition among the others, each once: %s",
    async (_, { old, appended }) => {
      for (const each of old) {
        const Item = { ...toItem(AUDIT_ENTRY, each), pk: "AUDIT#2026-11" };
        await (await table.documents()).send(new PutCommand({ TableName: table.options.table, Item }));
      }
      for (const each of appended) await audit.append(each, UNBOUNDED);
      const byKey = new Map([...old, ...appended].map((each) => [keys.auditEntry(each).sk, each]));
      expect(await listed(EARLY, LATE)).toEqual([...byKey.keys()].sort().map((key) => byKey.get(key)));
    },
  );

  it("spreads a month's entries over 16 partitions, and reads each of them and the former one once", async () => {
    const entries = Array.from({ length: 80 }, (_, n) => entry({ userId: userNumber(n) }));
    expect(new Set(entries.map((each) => keys.auditEntry(each).pk)).size).toBe(16);
    await Promise.all(entries.map((each) => audit.append(each, UNBOUNDED)));
    const send = vi.spyOn(await table.documents(), "send");
    expect(await listed(NOON, NOON)).toHaveLength(80);
    const commands: unknown[] = send.mock.calls.map(([command]) => command);
    const read = commands.flatMap((each) =>
      each instanceof QueryCommand ? [each.input.ExpressionAttributeValues?.[":pk"]] : [],
    );
    expect(read).toHaveLength(17);
    expect(new Set(read).size).toBe(17);
  });
});
