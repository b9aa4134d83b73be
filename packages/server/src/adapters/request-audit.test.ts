import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Audit, AuditEntry, Changes } from "../domain/index.ts";
import { cacheKeysOf } from "./cache-keys.ts";
import { entry, GLOBEX, link, seat, UNBOUNDED, userNumber } from "./dynamodb/testing/examples.ts";
import { requestAudit, requestTransactions } from "./request-audit.ts";

const CONFLICT = entry({ action: "identity-conflict", rule: "seat" });
const LATER = "2026-11-24T12:30:00.000Z";
const LATEST = "2026-11-24T23:59:59.999Z";
const TOMORROW = "2026-11-25T00:00:00.000Z";

let appended: AuditEntry[];
let lost: AuditEntry[];
let unsure: AuditEntry[];
let failing: boolean;
let audit: Audit;
beforeEach(() => {
  appended = [];
  lost = [];
  unsure = [];
  failing = false;
  const store: Audit = {
    async append(each) {
      if (failing) throw new Error("the store is down");
      appended.push(each);
    },
  };
  audit = requestAudit(store, { auditLost: (each) => lost.push(each) });
});

const append = (each: AuditEntry) => audit.append(each, UNBOUNDED);

it("T8P: appends a conflict once a day, whatever its subject and application, and every change", async () => {
  const rivals = Array.from({ length: 25 }, (_, n) => ({
    ...CONFLICT,
    subject: `waad|${n}`,
    via: `app-${n}`,
  }));
  for (const each of [CONFLICT, ...rivals, { ...CONFLICT, at: LATEST }, entry(), entry({ at: LATER })])
    await append(each);
  const tomorrow = { ...CONFLICT, at: TOMORROW };
  for (const each of [tomorrow, ...rivals]) await append(each);
  expect(appended).toEqual([CONFLICT, entry(), entry({ at: LATER }), tomorrow]);
});

it.each<[string, Partial<AuditEntry>]>([
  ["another user", { userId: userNumber(2) }],
  ["another connection", { connection: "acme-entra" }],
  ["another tenant", { tenant: "test" }],
  ["another organization", { organizationId: GLOBEX }],
  ["another rule", { rule: "foreign-organization" }],
  ["a seat that another subject holds by now", { holder: "waad|new" }],
])("appends a conflict of %s on the same day", async (_, other) => {
  for (const each of [CONFLICT, { ...CONFLICT, ...other }]) await append(each);
  expect(appended).toEqual([CONFLICT, { ...CONFLICT, ...other }]);
});

it("reports a failed append instead of throwing, and appends the same conflict later", async () => {
  failing = true;
  for (const each of [CONFLICT, entry()]) await append(each);
  expect(lost).toEqual([CONFLICT, entry()]);
  failing = false;
  await append(CONFLICT);
  expect(appended).toEqual([CONFLICT]);
});

it("remembers the last 10,000 conflicts", async () => {
  const conflicts = Array.from({ length: 10_001 }, (_, n) => ({ ...CONFLICT, userId: userNumber(n) }));
  for (const each of [...conflicts, ...conflicts.slice(1), ...conflicts.slice(0, 1)]) await append(each);
  expect(appended).toHaveLength(10_002);
});

describe("the transactions of requests", () => {
  const BY_OPERATOR = entry({ actor: "operator:jo", action: "identity-relinked" });
  const FORMER = link({ subject: "former" });
  const CHANGES: Changes = {
    writes: [
      { item: "link", next: null, present: FORMER },
      { item: "link", next: link(), present: null },
      { item: "seat", next: seat(), present: null },
    ],
    unchanged: [],
    audit: [entry(), BY_OPERATOR],
  };

  it.each<[string, () => Promise<boolean>, readonly AuditEntry[], readonly AuditEntry[]]>([
    ["committed: its entries are counted", async () => true, [entry(), BY_OPERATOR], []],
    ["lost: nothing is counted", async () => false, [], []],
    [
      "without an answer: those of logins are reported as unsure",
      () => Promise.reject(new Error("no reply")),
      [],
      [entry()],
    ],
  ])("make the caches read again what they may have changed, %s", async (_, commit, counted, doubted) => {
    const committed: AuditEntry[] = [];
    const forgotten = vi.fn();
    const transactions = requestTransactions(
      { commit, backoff: async () => {} },
      {
        forget: forgotten,
        committed: (each) => committed.push(each),
        auditUnsure: (each) => unsure.push(each),
      },
    );
    const outcome = await transactions.commit(CHANGES, UNBOUNDED).catch(() => "failed");
    expect(outcome).toBe(doubted.length > 0 ? "failed" : counted.length > 0);
    expect([committed, unsure]).toEqual([counted, doubted]);
    expect(forgotten.mock.calls).toEqual([[CHANGES.writes.flatMap(cacheKeysOf)]]);
  });
});
