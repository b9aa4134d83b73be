import { describe, expect, it, vi } from "vitest";
import { entryOf } from "./entry-shape.fixture.ts";
import type { AuditEntry } from "./entry-shape.ts";
import { auditTable, exportTable } from "./export-table.ts";

const names = {
  user: (userId: string) =>
    userId === "1"
      ? { name: "Ada, née =1+1", address: "ada@acme.example" }
      : { name: null, address: "ben@acme.example" },
  invitee: () => "zoe@acme.example",
  connection: () => "Okta",
};

it.each<[Partial<AuditEntry> & Pick<AuditEntry, "action">, line: string]>([
  [
    {
      action: "role-changed",
      userId: "2",
      before: { role: "member" },
      after: { role: "admin" },
      batchId: "b1",
    },
    '2026-11-25T12:00:00.000Z,"Ada, née =1+1 (ada@acme.example) made ben@acme.example an admin","Role changed",' +
      '"Ada, née =1+1",ada@acme.example,1,,ben@acme.example,2,"Role: member → admin",,,,b1,e',
  ],
  [
    { action: "invitation-sent", invitationId: "i", via: "console" },
    '2026-11-25T12:00:00.000Z,"Ada, née =1+1 (ada@acme.example) invited zoe@acme.example","Invitation sent",' +
      '"Ada, née =1+1",ada@acme.example,1,,zoe@acme.example,,,,,console,,e',
  ],
  [
    { action: "domain-missing", actor: "system", domain: "acme.com" },
    '2026-11-25T12:00:00.000Z,"The DNS record of acme.com is missing","Domain record missing",' +
      '"The system",,,,,,,,acme.com,,,e',
  ],
])("an entry is a line with the sentence of the page: %j", (given, line) => {
  const [header = "", row] = auditTable([entryOf(given)], names);
  expect(row).toBe(`${line}\r\n`);
  expect(header.split(",")).toHaveLength(15);
});

describe("a table", () => {
  const onCut = vi.fn<(until: string) => void>();
  const FULL = 10_000;
  /** The newest first, at so many times. */
  const entries = (times: readonly number[]) =>
    times.map((ms, n) => entryOf({ id: `${n}`, action: "membership-left", at: new Date(ms).toISOString() }));
  const exported = (items: readonly AuditEntry[]) =>
    exportTable({
      about: ["acme", "audit", "membership-left"],
      load: async () => ({ items: [...items], nextCursor: null }),
      findNames: async () => names,
      onCut,
      onProgress: () => {},
      signal: new AbortController().signal,
    });

  it("says in its name what it is about, and when it was made", async () => {
    const { name, toast, lines } = await exported(entries([1]));
    expect(name).toMatch(/^acme-audit-membership-left-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.csv$/);
    expect(toast.text).toBe(`Exported 1 entry to ${name}`);
    expect(lines).toHaveLength(2);
  });

  it("of more than 10,000 entries has the latest, whole times only, and says where the next one begins", async () => {
    const times = Array.from({ length: FULL + 5 }, (_, n) => FULL * 2 - n);
    times[FULL - 1] = times[FULL] ?? 0; // the last one that would fit is of the time of the first that does not
    const { lines, toast } = await exported(entries(times));
    expect(lines).toHaveLength(1 + FULL - 1);
    expect(toast.text).toMatch(/^Exported the latest 9,999 entries to /);
    expect(onCut.mock.calls).toEqual([[new Date(times[FULL] ?? 0).toISOString()]]);
  });

  it("of exactly 10,000 entries has all", async () => {
    onCut.mockClear();
    const { lines } = await exported(entries(Array.from({ length: FULL }, (_, n) => FULL - n)));
    expect(lines).toHaveLength(1 + FULL);
    expect(onCut).not.toHaveBeenCalled();
  });
});
