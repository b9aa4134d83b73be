import { expect, it } from "vitest";
import { auditEntry, parseEmail } from "../../../domain/index.ts";
import { ACME, entry, link, membership, seat, userNumber, valid } from "../testing/examples.ts";
import { ITEM_TYPES } from "./item-types.ts";
import { identified } from "./keys.ts";
import { toItem } from "./stored-item.ts";

/** DynamoDB accepts so many writes a second in one partition of the table or of the index. */
const MOST = 1_000;
const START_MS = Date.UTC(2026, 10, 25, 9);

/** The most writes within a second of the simulated clock, for each partition. */
class Rates {
  readonly #counts = new Map<string, number>();
  readonly most = new Map<string, number>();
  #second = -1;

  write(item: Readonly<Record<string, unknown>>, atMs: number): void {
    const second = Math.floor(atMs / 1_000);
    if (second !== this.#second) this.#counts.clear();
    this.#second = second;
    for (const partition of [item.pk, item.gsi1pk]) {
      if (typeof partition !== "string") continue;
      const count = (this.#counts.get(partition) ?? 0) + 1;
      this.#counts.set(partition, count);
      this.most.set(partition, Math.max(this.most.get(partition) ?? 0, count));
    }
  }
}

it("10,000 first logins of one organization in 15 minutes overload no partition", () => {
  const rates = new Rates();
  const people = 10_000;
  for (let n = 0; n < people; n += 1) {
    const atMs = START_MS + Math.floor((n * 15 * 60_000) / people);
    const at = new Date(atMs).toISOString();
    const userId = userNumber(n);
    const email = valid(parseEmail(`p${n}@acme.example`));
    const who = { userId, organizationId: ACME, at, actor: "login" } as const;
    for (const item of [
      toItem(ITEM_TYPES.membership, membership({ userId, email, createdAt: at })),
      toItem(ITEM_TYPES.link, link({ subject: `waad|${n}`, userId, email, linkedAt: at })),
      toItem(ITEM_TYPES.seat, seat({ subject: `waad|${n}`, userId })),
      toItem(
        ITEM_TYPES.auditEntry,
        identified(auditEntry({ ...who, action: "identity-linked", subject: `waad|${n}` })),
      ),
      toItem(
        ITEM_TYPES.auditEntry,
        identified(auditEntry({ ...who, action: "membership-created", rule: "jit" })),
      ),
    ]) {
      rates.write(item, atMs);
    }
  }
  expect(Math.max(...rates.most.values())).toBeLessThan(MOST / 10);
  expect(rates.most.size).toBeGreaterThan(people);
});

it("a million audit entries of one organization never reach the members' partition", () => {
  const rates = new Rates();
  const partitions = new Set<unknown>();
  const entries = 1_000_000;
  // The keys of a sample: the partition depends on the organization and the month, and the shard on chance.
  for (let n = 0; n < entries; n += 100) {
    const atMs = START_MS + Math.floor((n * 90 * 86_400_000) / entries);
    const at = new Date(atMs).toISOString();
    const item = toItem(ITEM_TYPES.auditEntry, identified(entry({ at, organizationId: ACME })));
    partitions.add(item.gsi1pk);
    rates.write(item, atMs);
  }
  const members = toItem(ITEM_TYPES.membership, membership({ organizationId: ACME })).gsi1pk;
  expect(partitions).not.toContain(members);
  expect([...partitions]).toEqual(
    ["2026-11", "2026-12", "2027-01", "2027-02"].map((month) => `AUDIT#acme#${month}`),
  );
  expect(Math.max(...rates.most.values())).toBeLessThan(MOST);
});
