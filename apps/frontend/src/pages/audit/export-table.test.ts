import { describe, expect, it } from "vitest";
import { entryOf } from "./entry-shape.fixture.ts";
import type { AuditEntry } from "./entry-shape.ts";
import { auditTable, exportTable, ofOneFile } from "./export-table.ts";

const names = {
  user: (userId: string) =>
    userId === "1"
      ? { name: "Ada, née =1+1", address: "ada@acme.example" }
      : { name: null, address: "ben@acme.example" },
  invitee: () => "zoe@acme.example",
  inviter: () => null,
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
    '2026-11-25T12:00:00.000Z,"\u2068Ada, née =1+1\u2069 (ada@acme.example) made ben@acme.example an admin","Role changed",' +
      '"Ada, née =1+1",ada@acme.example,1,,ben@acme.example,2,"Role: member → admin",,,,b1,e',
  ],
  [
    { action: "invitation-sent", invitationId: "i", via: "console" },
    '2026-11-25T12:00:00.000Z,"\u2068Ada, née =1+1\u2069 (ada@acme.example) invited zoe@acme.example","Invitation sent",' +
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

it("a table says in its name what it is about, and when it was made", async () => {
  const { name, toast, lines } = await exportTable({
    about: ["acme", "audit", "membership-left"],
    load: async () => ({ items: [entryOf({ action: "membership-left" })], nextCursor: null }),
    findNames: async () => names,
    onCut: () => expect.fail("it is whole"),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  expect(name).toMatch(/^acme-audit-membership-left-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.csv$/);
  expect(toast.text).toBe(`Exported 1 entry to ${name}`);
  expect(lines).toHaveLength(2);
});

describe("ofOneFile", () => {
  const FULL = 10_000;
  const entriesAt = (times: readonly number[]) => times.map((time) => ({ at: new Date(time).toISOString() }));

  it("takes the latest 10,000 entries, whole times only, and says where the next file begins", () => {
    const times = Array.from({ length: FULL + 5 }, (_, n) => FULL * 2 - n);
    const next = times[FULL] ?? 0;
    times[FULL - 1] = next; // the last one that would fit is of the time of the first that does not
    const { entries, until } = ofOneFile(entriesAt(times));
    expect([entries.length, until]).toEqual([FULL - 1, new Date(next).toISOString()]);
  });

  it("takes all of exactly 10,000 entries", () => {
    const { entries, until } = ofOneFile(entriesAt(Array.from({ length: FULL }, (_, n) => FULL - n)));
    expect([entries.length, until]).toEqual([FULL, null]);
  });
});
