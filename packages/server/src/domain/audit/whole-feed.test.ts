import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditEntry } from "../audit.ts";
import { cursorOf } from "../page.ts";
import { ACME, GLOBEX, JANE, UNBOUNDED } from "../testing/people.ts";
import { auditPosition } from "./organization-audit.ts";
import {
  listWholeAudit,
  seenByService,
  type WholeAudit,
  type WholeAuditEntry,
  type WholeAuditQuery,
} from "./whole-feed.ts";

const NOW = new Date("2027-05-20T12:00:00.000Z");
const PARTS = Array.from("0123456789abcdef");

function entry(at: Date, n: number): WholeAuditEntry {
  const id = ((n * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0").padEnd(64, "0"); // spread, and of no order
  const organizationId = [ACME, GLOBEX, null][n % 3] ?? null;
  const about = { at: at.toISOString(), actor: "login", action: "identity-linked", organizationId } as const;
  return seenByService({ ...auditEntry({ ...about, userId: JANE }), id });
}

const byPosition = (a: WholeAuditEntry, b: WholeAuditEntry) => (auditPosition(a) < auditPosition(b) ? -1 : 1);

/** In parts like the store's: each ends at a bound of its own, and does not know whether more follows there. */
class MemoryWholeAudit implements WholeAudit {
  readonly entries: WholeAuditEntry[] = [];
  reads = 0;

  async read({ from, to, after, limit }: Parameters<WholeAudit["read"]>[0]) {
    this.reads += 1;
    const most = 2 * Math.ceil(limit / PARTS.length) + 2;
    const asked = this.entries.toSorted(byPosition).filter((each) => {
      const position = auditPosition(each);
      const isOfMonth = position.slice(0, 7) === from.slice(0, 7);
      return isOfMonth && position >= from && position <= to && (after === null || position > after);
    });
    return PARTS.map((digit) => {
      const entries = asked.filter(({ id }) => id.startsWith(digit)).slice(0, most);
      const last = entries.at(-1);
      return { entries, last: last === undefined || entries.length < most ? null : auditPosition(last) };
    });
  }
}

const list = (wholeAudit: WholeAudit, query: WholeAuditQuery = {}, now = NOW) =>
  listWholeAudit(query, { wholeAudit, now: () => now }, UNBOUNDED);

/** Follows the cursor until the feed stops moving. */
async function follow(audit: MemoryWholeAudit, query: WholeAuditQuery, now = NOW) {
  const found: WholeAuditEntry[] = [];
  for (let { cursor } = query; ; ) {
    audit.reads = 0;
    const { items, nextCursor } = await list(audit, { ...query, cursor }, now);
    expect(items.length).toBeLessThanOrEqual(query.limit ?? 50);
    expect(audit.reads).toBeLessThanOrEqual(1);
    found.push(...items);
    if (items.length === 0 && nextCursor === cursor) return { found, cursor };
    cursor = nextCursor;
  }
}

describe("the audit of all organizations", () => {
  const times = fc.date({ min: new Date("2026-11-01"), max: NOW, noInvalidDate: true });

  it("is read whole, each entry once, oldest first, from any time, by pages of any length", async () => {
    const limits = fc.constantFrom(1, 2, 7, 100);
    const some = fc.array(times, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(some, limits, fc.option(times), async (made, limit, from) => {
        const audit = new MemoryWholeAudit();
        audit.entries.push(...made.map(entry));
        const since = from ?? undefined;
        const settled = NOW.getTime() - 10_000;
        const expected = audit.entries.filter(({ at }) => {
          return Date.parse(at) <= settled && (since === undefined || new Date(at) >= since);
        });
        const { found, cursor } = await follow(audit, { since, limit });
        expect(found).toEqual(expected.sort(byPosition));
        expect((await follow(audit, { cursor, limit })).found).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("says whose an entry is, and shows no subject, no holder and no name of an operator", async () => {
    const hidden = { subject: "samlp|acme|jane@acme.example", holder: "samlp|acme|joe@acme.example" };
    const made = auditEntry({
      at: "2027-05-01T00:00:00.000Z",
      actor: "operator:jo",
      action: "identity-signed-out",
      tenant: "default",
      source: "operator",
      ...hidden,
    });
    const seen = seenByService({ ...made, id: "0" });
    expect(seen).toMatchObject({ actor: "operator", organizationId: null, source: "operator" });
    expect(JSON.stringify(seen)).not.toMatch(/@|jo"|default/);
  });

  it("shows an entry when it is 10 s old, and at its end continues with what is appended", async () => {
    const audit = new MemoryWholeAudit();
    const settled = NOW.getTime() - 10_000;
    audit.entries.push(entry(new Date(settled), 0), entry(new Date(settled + 1), 1));
    const { found, cursor } = await follow(audit, {});
    expect(found).toEqual([audit.entries[0]]);
    expect((await follow(audit, { cursor }, new Date(NOW.getTime() + 1))).found).toEqual([audit.entries[1]]);
    const later = new Date("2027-08-01T00:00:10.000Z");
    audit.entries.push(entry(new Date("2027-07-31T23:59:59.999Z"), 2));
    expect((await follow(audit, { cursor }, later)).found).toEqual(audit.entries.slice(1));
    // A process whose clock is behind does not go back.
    const { cursor: last } = await follow(audit, { cursor }, later);
    expect(await list(audit, { cursor: last }, NOW)).toEqual({ items: [], nextCursor: last });
  });

  it.each([
    ["a text", "x"],
    ["the cursor of an organization", cursorOf(NOW.toISOString(), { list: "audit", order: "oldest" })],
    ["a position that no entry has", cursorOf("2027", { list: "audit of all", order: "oldest" })],
  ])("refuses %s as a cursor", async (_, cursor) => {
    const refused = expect.objectContaining({ reason: "INPUT_INVALID" });
    await expect(list(new MemoryWholeAudit(), { cursor })).rejects.toEqual(refused);
  });
});

interface Story {
  /** How long after the time of an entry it is stored, at most. */
  readonly latestMs: number;
  /** Whether the reader stores its lines and its cursor in one step. */
  readonly isAtomic: boolean;
}

/** Writers and a reader, who is killed a hundred times: before it has stored what it read, or in the middle of that. */
async function story(seed: number, { latestMs, isAtomic }: Story) {
  const audit = new MemoryWholeAudit();
  const written: WholeAuditEntry[] = [];
  const stored: { lines: string[]; cursor?: string } = { lines: [] };
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const late: { readonly entry: WholeAuditEntry; readonly atMs: number }[] = [];
  let count = 0;
  let nowMs = Date.UTC(2027, 4, 31, 23, 50); // over the end of a month
  const readPage = async () => {
    const limit = 1 + random(20);
    return list(audit, { cursor: stored.cursor, limit }, new Date(nowMs));
  };
  for (let kills = 0; kills < 100; nowMs += 1 + random(4_000)) {
    const made = Array.from({ length: random(4) }, () => entry(new Date(nowMs - random(50)), count++));
    written.push(...made);
    late.push(...made.map((each) => ({ entry: each, atMs: Date.parse(each.at) + random(latestMs) })));
    for (const each of late.filter(({ atMs }) => atMs <= nowMs)) {
      audit.entries.push(each.entry);
      late.splice(late.indexOf(each), 1);
    }
    const { items, nextCursor } = await readPage();
    const killed = random(3);
    if (killed > 0) kills += 1;
    if (killed === 1) continue; // before it has stored anything
    stored.lines.push(...items.map(({ id }) => id));
    if (killed === 0 || isAtomic) stored.cursor = nextCursor;
  }
  audit.entries.push(...late.map((each) => each.entry));
  nowMs += 60_000;
  const { found } = await follow(audit, { cursor: stored.cursor }, new Date(nowMs));
  const lines = [...stored.lines, ...found.map(({ id }) => id)];
  const isLost = written.some(({ id }) => !lines.includes(id));
  return { isLost, isDoubled: new Set(lines).size < lines.length, count };
}

describe("a reader that is killed a hundred times while others write", () => {
  const SEEDS = [1, 2, 3, 4, 5];

  it("has every entry, and none twice", async () => {
    for (const seed of SEEDS) {
      const { count, ...wrong } = await story(seed, { latestMs: 9_000, isAtomic: true });
      expect(count).toBeGreaterThan(100);
      expect({ seed, ...wrong }).toEqual({ seed, isLost: false, isDoubled: false });
    }
  });

  it("would be seen to have lost entries that are stored later than 10 s after their time", async () => {
    const stories = SEEDS.map((seed) => story(seed, { latestMs: 60_000, isAtomic: true }));
    expect((await Promise.all(stories)).some(({ isLost }) => isLost)).toBe(true);
  });

  it("would be seen to have entries twice, where it stores its lines without their cursor", async () => {
    const stories = SEEDS.map((seed) => story(seed, { latestMs: 9_000, isAtomic: false }));
    expect((await Promise.all(stories)).some(({ isDoubled }) => isDoubled)).toBe(true);
  });
});
