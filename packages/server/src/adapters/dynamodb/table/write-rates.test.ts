import { expect, it } from "vitest";
import { auditEntry, parseEmail } from "../../../domain/index.ts";
import { ACME, entry, link, membership, seat, userNumber, valid } from "../testing/examples.ts";
import { identified } from "./audit-keys.ts";
import { ITEM_TYPES } from "./item-types.ts";
import { INDEXES } from "./keys.ts";
import { type StoredItem, toItem } from "./stored-item.ts";

/** DynamoDB accepts so many write units a second in one partition of the table or of an index. */
const MOST = 1_000;
const UNIT_BYTES = 1_024;
const START_MS = Date.UTC(2026, 10, 25, 9);
const AT = new Date(START_MS).toISOString();

/** As DynamoDB counts: names and values in UTF-8, a byte for null or a boolean, and 3 for a list or a map. */
function bytesOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value === "number") return 21;
  if (typeof value !== "object" || value === null) return 1;
  const parts = Object.entries(value).map(([name, each]) => 1 + Buffer.byteLength(name) + bytesOf(each));
  return parts.reduce((sum, each) => sum + each, 3);
}

/**
 * The write units of each partition of the table and of the indexes. What a transaction writes or checks in the table counts
 * twice, and a copy in an index once, as docs/limits-and-cost.md says.
 */
function unitsOf(items: readonly StoredItem[], nameOf = (partition: string) => partition) {
  const units = new Map<string, number>();
  const add = (partition: string, more: number) => units.set(partition, (units.get(partition) ?? 0) + more);
  for (const item of items) {
    const size = Math.ceil(bytesOf(item) / UNIT_BYTES);
    add(`table ${nameOf(String(item.pk))}`, 2 * size);
    for (const [index, { pk }] of Object.entries(INDEXES)) {
      const partition = item[pk];
      if (typeof partition === "string") add(`${index} ${nameOf(partition)}`, size);
    }
  }
  return units;
}

/** Of what a transaction only checks, no index hears. */
const checked = ({ pk, sk }: StoredItem): StoredItem => ({ pk, sk });

const most = (units: ReadonlyMap<string, number>) => Math.max(...units.values());

/** What the two transactions of a first login by SSO write and check. The names are as long as usual. */
function firstLogin(n: number): StoredItem[] {
  const userId = userNumber(n);
  const email = valid(parseEmail(`firstname.lastname-${n}@acme.example`));
  const through = { tenant: "default", connection: "acme-k3j9x1z2" };
  const subject = `waad|${String(n).padStart(43, "x")}`;
  const who = { userId, organizationId: ACME, at: AT, actor: "login", via: "c".repeat(32) } as const;
  const entries = [
    auditEntry({ ...who, ...through, subject, action: "identity-linked", rule: "verified-domain" }),
    auditEntry({ ...who, action: "membership-created", rule: "jit", after: { role: "member" } }),
  ];
  const speakers = { userId, by: null, sso: ACME, inside: [], settledAt: null, erasedAt: null, rev: "1" };
  const linked = toItem(ITEM_TYPES.link, link({ ...through, subject, userId, email, linkedAt: AT }));
  const block = toItem(ITEM_TYPES.block, { userId, blockedAt: AT, rev: "1" });
  const first = [
    toItem(ITEM_TYPES.speakers, speakers),
    toItem(ITEM_TYPES.seat, seat({ ...through, subject, userId })),
    linked,
    checked(block),
  ];
  const second = [
    toItem(ITEM_TYPES.speakers, speakers),
    toItem(ITEM_TYPES.membership, membership({ userId, email, createdAt: AT })),
    checked(linked),
    checked(block),
  ];
  return [...first, ...second, ...entries.map((each) => toItem(ITEM_TYPES.auditEntry, identified(each)))];
}

it("1,000 first logins of one organization in a second overload no partition, of the table or of an index", () => {
  const items = Array.from({ length: 1_000 }, (_, n) => firstLogin(n)).flat();
  expect(Math.max(...items.map(bytesOf))).toBeLessThanOrEqual(UNIT_BYTES);
  const units = unitsOf(items);
  expect(most(units)).toBeLessThanOrEqual(MOST);
  const indexes = Object.keys(INDEXES).filter((index) =>
    [...units.keys()].some((each) => each.startsWith(index)),
  );
  expect(indexes).toEqual(Object.keys(INDEXES));
  const oneShard = unitsOf(items, (partition) => partition.replace(/#[0-9a-f]$/, ""));
  const overloaded = [...oneShard].filter(([, each]) => each > MOST).map(([partition]) => partition);
  expect(overloaded).toEqual([
    "table AUDIT#2026-11",
    "byOrganization AUDIT#acme",
    "byActor AUDIT#acme#ACTOR#login",
  ]);
});

it("a million audit entries of one organization never reach the members' partition", () => {
  const partitions = new Set<unknown>();
  const entries = 1_000_000;
  // The keys of a sample: the partition depends on the organization, and the shard on chance.
  for (let n = 0; n < entries; n += 1_000) {
    const at = new Date(START_MS + Math.floor((n * 90 * 86_400_000) / entries)).toISOString();
    partitions.add(toItem(ITEM_TYPES.auditEntry, identified(entry({ at, organizationId: ACME }))).gsi1pk);
  }
  const members = toItem(ITEM_TYPES.membership, membership({ organizationId: ACME })).gsi1pk;
  expect(partitions).not.toContain(members);
  expect([...partitions].sort()).toEqual(["AUDIT#acme#0", "AUDIT#acme#1", "AUDIT#acme#2", "AUDIT#acme#3"]);
});
