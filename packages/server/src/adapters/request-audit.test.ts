import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Audit, AuditEntry, RequestAudit } from "../domain/index.ts";
import { entry, UNBOUNDED } from "./dynamodb/testing/examples.ts";
import { requestAudit } from "./request-audit.ts";

const CONFLICT = entry({ action: "identity-conflict", rule: "seat" });
const LATER = "2026-11-24T12:30:00.000Z";

let appended: AuditEntry[];
let lost: AuditEntry[];
let unsure: AuditEntry[];
let failing: boolean;
let audit: RequestAudit;
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
  audit = requestAudit(store, {
    auditLost: (each) => lost.push(each),
    auditUnsure: (each) => unsure.push(each),
  });
});
afterEach(() => vi.restoreAllMocks());

const append = (each: AuditEntry) => audit.append(each, UNBOUNDED);

it("appends the same conflict once per hour, and every change and other conflict", async () => {
  const [rival, change] = [{ ...CONFLICT, subject: "waad|rival" }, entry({ at: LATER })];
  await Promise.all([append(CONFLICT), append({ ...CONFLICT, at: LATER }), append(rival)]);
  for (const each of [CONFLICT, rival, entry(), change]) await append(each);
  expect(appended).toEqual([CONFLICT, rival, entry(), change]);
  const inAnHour = performance.now() + 3_600_001;
  vi.spyOn(performance, "now").mockReturnValue(inAnHour);
  await sleep(5); // the cache reuses the time that it has read for up to 1 ms
  await append({ ...CONFLICT, at: LATER });
  expect(appended.at(-1)).toEqual({ ...CONFLICT, at: LATER });
});

it("appends a conflict with a foreign organization once for all its subjects", async () => {
  const foreign = { ...CONFLICT, rule: "foreign-organization" } as const;
  for (const subject of ["waad|a", "waad|b", "waad|c"]) await append({ ...foreign, subject });
  expect(appended).toEqual([{ ...foreign, subject: "waad|a" }]);
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
  const conflicts = Array.from({ length: 10_001 }, (_, n) => ({ ...CONFLICT, subject: `waad|${n}` }));
  for (const each of [...conflicts, ...conflicts.slice(1), ...conflicts.slice(0, 1)]) await append(each);
  expect(appended).toHaveLength(10_002);
});

it("reports a change that may have happened, and appends nothing", () => {
  audit.doubt(entry(), new Error("no reply"));
  expect([unsure, lost, appended]).toEqual([[entry()], [], []]);
});
