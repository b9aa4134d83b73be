import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type AuditLog, dynamoAudit } from "./audit.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { entry, JOE, NOON, UNBOUNDED } from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let audit: AuditLog;
beforeEach(async () => {
  audit = dynamoAudit(await store.emptyTable());
});

async function listed(since: string, until: string) {
  return audit.list({ since: new Date(since), until: new Date(until) }, UNBOUNDED);
}

describe("the audit", () => {
  it("holds 50 concurrent appends of the same entry once, and another of the same time beside it", async () => {
    await Promise.all(Array.from({ length: 50 }, () => audit.append(entry(), UNBOUNDED)));
    const joes = entry({ userId: JOE });
    await audit.append(joes, UNBOUNDED);
    const entries = await listed(NOON, NOON);
    expect(new Set(entries)).toEqual(new Set([entry(), joes]));
    expect(entries).toHaveLength(2);
  });

  it.each([
    ["2026-10-31T23:59:59.999Z", "2027-02-01T00:00:00.000Z", [0, 1, 2, 3]],
    ["2026-11-30T23:59:59.999Z", "2027-01-31T00:00:00.000Z", [1, 2, 3]],
    ["2026-12-01T00:00:00.001Z", "2027-01-01T00:00:00.000Z", [3]],
    ["2027-01-15T00:00:00.000Z", "2027-02-15T00:00:00.000Z", []],
  ])("is listed from %s across months and years, oldest first", async (since, until, expected) => {
    const times = [NOON, "2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"];
    const entries = times.map((at) => entry({ at }));
    for (const each of [...entries].reverse()) await audit.append(each, UNBOUNDED);
    expect(await listed(since, until)).toEqual(expected.map((index) => entries[index]));
  });
});
