import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cursorOf } from "../page.ts";
import { ACME, GLOBEX, JANE, JOE, UNBOUNDED } from "../testing/people.ts";
import { type AuditQuery, listAudit } from "./feed.ts";
import {
  type AuditRange,
  auditPosition,
  type OrganizationAudit,
  type OrganizationAuditEntry,
  personsOf,
} from "./organization-audit.ts";

const NOW = new Date("2027-05-20T12:00:00.000Z");
const SHARDS = [0, 1, 2];

function entry(at: string, n = 0, overrides: Partial<OrganizationAuditEntry> = {}): OrganizationAuditEntry {
  return {
    id: String(n).padStart(64, "0"),
    at,
    actor: "login",
    via: null,
    action: "identity-linked",
    userId: JANE,
    connection: null,
    domain: null,
    rule: null,
    invitationId: null,
    batchId: null,
    before: null,
    after: null,
    ...overrides,
  };
}

/** Which entries a request reads, and which of those it then lets through. */
interface Read {
  readonly reads: (entry: OrganizationAuditEntry) => boolean;
  readonly keeps: (entry: OrganizationAuditEntry) => boolean;
}

/** An organization's audit in memory, in parts like the store's, which counts how often it is read. */
class MemoryAudit implements OrganizationAudit {
  readonly entries: OrganizationAuditEntry[];
  reads: AuditRange[] = [];
  /** The entries that a request looks at, whatever it is asked for. */
  readonly #most: number;

  constructor(entries: readonly OrganizationAuditEntry[], most = Number.POSITIVE_INFINITY) {
    this.entries = [...entries];
    this.#most = most;
  }

  async read(range: AuditRange) {
    this.reads.push(range);
    const { from, to, after, newestFirst, limit } = range;
    const listed = inOrder(this.entries, newestFirst).filter((each) => {
      const position = auditPosition(each);
      const isBehind = after === null || (newestFirst ? position < after : position > after);
      return position >= from && position <= to && isBehind;
    });
    return readsOf(range).map(({ reads, keeps }) => {
      const cap = Math.min(limit, this.#most);
      const read = listed.filter(reads).slice(0, cap);
      const last = read.at(-1);
      // Like the store, which does not know whether more follows when it stops at the cap.
      const isEnd = last === undefined || read.length < cap;
      return { entries: read.filter(keeps), last: isEnd ? null : auditPosition(last) };
    });
  }
}

/** A person's entries are one part; all others are in one of several. */
function readsOf({ actor, person, action }: AuditRange): Read[] {
  const keeps = (each: OrganizationAuditEntry) =>
    (actor ?? each.actor) === each.actor && (action ?? each.action) === each.action;
  if (person !== null) return [{ reads: (each) => personsOf(each).includes(person), keeps }];
  return SHARDS.map((shard) => ({
    reads: (each) =>
      Number(each.id) % SHARDS.length === shard &&
      (action === null ? (actor ?? each.actor) === each.actor : each.action === action),
    keeps,
  }));
}

function inOrder(entries: readonly OrganizationAuditEntry[], newestFirst: boolean) {
  const oldestFirst = [...entries].sort((a, b) => (auditPosition(a) < auditPosition(b) ? -1 : 1));
  return newestFirst ? oldestFirst.reverse() : oldestFirst;
}

function list(organizationAudit: OrganizationAudit, query: Partial<AuditQuery> = {}, now = NOW) {
  const ports = { organizationAudit, now: () => now };
  return listAudit({ organizationId: ACME, ...query }, ports, UNBOUNDED);
}

/** Follows the cursor to the end: until it is null, or until the feed stops moving. */
async function follow(audit: MemoryAudit, query: Partial<AuditQuery>) {
  const found: OrganizationAuditEntry[] = [];
  for (let cursor: string | undefined; ; ) {
    audit.reads = [];
    const { items, nextCursor } = await list(audit, { ...query, cursor });
    expect(items.length).toBeLessThanOrEqual(query.limit ?? 50);
    expect(audit.reads).toHaveLength(1);
    found.push(...items);
    if (nextCursor === null || nextCursor === cursor) return found;
    cursor = nextCursor;
  }
}

describe("the audit of an organization", () => {
  const times = fc.date({ min: new Date("2026-01-01"), max: NOW, noInvalidDate: true });
  const actors = fc.constantFrom("login", "operator", `user:${JANE}`, `user:${JOE}`);
  const people = fc.constantFrom(JANE, JOE);
  const actions = fc.constantFrom("role-changed", "membership-left");
  const facts = fc.record({ actor: actors, userId: fc.option(people), action: actions });
  const someEntries = fc
    .array(fc.tuple(times, facts, fc.nat({ max: 3 })), { maxLength: 40 })
    .map((made) =>
      made.flatMap(([at, facts, more], n) =>
        Array.from({ length: more + 1 }, (_, m) => entry(at.toISOString(), n * 10 + m, facts)),
      ),
    );
  const filters = fc.record(
    { actor: actors, person: people, action: actions, since: times, until: times },
    { requiredKeys: [] },
  );

  it.each(["newest", "oldest"] as const)(
    "is read whole, each entry once, %s first, by any filter and any limit",
    async (order) => {
      await fc.assert(
        fc.asyncProperty(
          someEntries,
          fc.integer({ min: 1, max: 7 }),
          fc.integer({ min: 1, max: 9 }),
          filters,
          async (entries, limit, most, filter) => {
            const { actor, person, action, since, until } = filter;
            const settled = new Date(NOW.getTime() - 10_000);
            const expected = entries.filter((each) => {
              const at = new Date(each.at);
              if (order === "oldest" && at > settled) return false;
              if ((since && at < since) || (until && at > until)) return false;
              if (person && !personsOf(each).includes(person)) return false;
              return (actor ?? each.actor) === each.actor && (action ?? each.action) === each.action;
            });
            const found = await follow(new MemoryAudit(entries, most), { order, limit, ...filter });
            expect(found).toEqual(inOrder(expected, order === "newest"));
          },
        ),
      );
    },
  );

  it("has 50 entries a page, at most 100, the newest first", async () => {
    const at = (n: number) => new Date(NOW.getTime() - n * 1_000).toISOString();
    const audit = new MemoryAudit(Array.from({ length: 120 }, (_, n) => entry(at(n))));
    const pages = [{}, { limit: 100 }, { limit: 1_000 }, { limit: 0 }].map((query) => list(audit, query));
    expect((await Promise.all(pages)).map(({ items }) => items.length)).toEqual([50, 100, 100, 1]);
    expect((await list(audit)).items[0]).toEqual(entry(at(0)));
  });

  it.each([10, 50])("ends with the page of its last entry, which is number %i", async (count) => {
    const audit = new MemoryAudit(
      Array.from({ length: count }, (_, n) => entry("2027-05-01T00:00:00.000Z", n)),
    );
    const since = new Date("2027-04-01");
    expect((await list(audit, { since })).nextCursor).toBeNull();
    audit.entries.push(...Array.from({ length: 51 - count }, (_, n) => entry("2027-04-01T00:00:00.000Z", n)));
    expect((await list(audit, { since })).nextCursor).not.toBeNull();
  });

  it("includes both ends of a period, and no times that no clock has reached", async () => {
    const times = [
      "2027-03-01T00:00:00.000Z",
      "2027-03-02T00:00:00.000Z",
      "2027-05-20T12:01:00.000Z",
      "2027-05-20T12:01:00.001Z",
    ];
    const audit = new MemoryAudit(times.map((at) => entry(at)));
    const [since, until] = [new Date("2027-03-01"), new Date("2027-03-02")];
    expect((await list(audit, { since, until })).items).toHaveLength(2);
    const later = { since: new Date(since.getTime() + 1), until: new Date(until.getTime() - 1) };
    expect((await list(audit, later)).items).toHaveLength(0);
    const far = { until: new Date(8.64e15) };
    expect((await list(audit, far)).items.map(({ at }) => at)).toEqual([times[2], times[1], times[0]]);
    for (const order of ["newest", "oldest"] as const) {
      for (const query of [
        { since: new Date(8.64e15) },
        { until: new Date(-8.64e15) },
        { since: until, until: since },
      ]) {
        expect((await list(audit, { order, ...query })).items).toEqual([]);
      }
    }
  });
});

describe("the feed for other systems", () => {
  const OLD = "2027-05-20T11:59:50.000Z";

  it("shows an entry when it is 10 s old", async () => {
    const audit = new MemoryAudit([entry(OLD), entry("2027-05-20T11:59:50.001Z")]);
    const since = new Date("2027-01-01");
    expect((await list(audit, { order: "oldest", since })).items).toEqual([entry(OLD)]);
    expect((await list(audit, { order: "newest", since })).items).toHaveLength(2);
  });

  it("continues at its end with what was appended since, in one read", async () => {
    const audit = new MemoryAudit([entry("2026-02-01T00:00:00.000Z")]);
    let cursor = "";
    const next = async (now: Date) => {
      audit.reads = [];
      const page = await list(audit, { order: "oldest", ...(cursor === "" ? {} : { cursor }) }, now);
      cursor = page.nextCursor ?? "null";
      return [page.items.map(({ at }) => at), audit.reads.length];
    };
    expect(await next(NOW)).toEqual([["2026-02-01T00:00:00.000Z"], 1]);
    expect(await next(NOW)).toEqual([[], 1]);
    audit.entries.push(entry(OLD), entry("2027-05-20T11:59:55.000Z"));
    expect(await next(NOW)).toEqual([[OLD], 1]);
    expect(await next(NOW)).toEqual([[], 1]);
    // A process whose clock is behind does not go back.
    expect(await next(new Date("2027-05-20T11:00:00.000Z"))).toEqual([[], 1]);
    expect(await next(new Date("2027-06-02"))).toEqual([["2027-05-20T11:59:55.000Z"], 1]);
    expect(await next(new Date("2027-06-02"))).toEqual([[], 1]);
  });

  it("never ends, also where its period has", async () => {
    const audit = new MemoryAudit([entry(OLD)]);
    for (const query of [{ until: new Date("2026-02-01") }, { since: new Date("2030-01-01") }]) {
      const { nextCursor } = await list(audit, { order: "oldest", ...query });
      const again = await list(audit, { order: "oldest", ...query, cursor: nextCursor ?? "" });
      expect(again).toEqual({ items: [], nextCursor: expect.any(String) });
    }
  });
});

describe("a cursor of the audit", () => {
  const FILTER = { actor: "login", action: "role-changed", since: new Date("2027-01-01") } as const;
  const SCOPE = { list: "audit", organizationId: ACME, order: "newest" };
  const refused = expect.objectContaining({ reason: "INPUT_INVALID" });

  it.each<[string, Partial<AuditQuery>]>([
    ["organization", { organizationId: GLOBEX }],
    ["actor", { actor: "operator" }],
    ["person", { person: JOE }],
    ["action", { action: "membership-left" }],
    ["beginning", { since: new Date("2027-01-02") }],
    ["end", { until: NOW }],
    ["order", { order: "oldest" }],
  ])("is refused by a list with another %s", async (_, other) => {
    const times = ["2027-05-01T00:00:00.000Z", "2027-05-02T00:00:00.000Z"];
    const audit = new MemoryAudit(times.map((at) => entry(at, 0, { action: "role-changed" })));
    const { nextCursor } = await list(audit, { ...FILTER, limit: 1 });
    const cursor = nextCursor ?? "";
    expect((await list(audit, { ...FILTER, limit: 9, cursor })).items).toHaveLength(1);
    await expect(list(audit, { ...FILTER, cursor, ...other })).rejects.toEqual(refused);
  });

  it.each([
    "",
    "2027-05",
    "2027-02-30T00:00:00.000Z",
    "2027-99-01T00:00:00.000Z",
    `${NOW.toISOString()}#1`,
    "ORG#acme",
  ])("is refused with the position %j, which no entry has", async (position) => {
    await expect(list(new MemoryAudit([]), { cursor: cursorOf(position, SCOPE) })).rejects.toEqual(refused);
  });

  it.each([
    ["newest", "9999-01-01T00:00:00.000Z", ["2027-05-02T00:00:00.000Z", "2027-05-01T00:00:00.000Z"]],
    ["newest", "1999-01-01T00:00:00.000Z", []],
    ["oldest", "1999-01-01T00:00:00.000Z", ["2027-05-01T00:00:00.000Z", "2027-05-02T00:00:00.000Z"]],
    ["oldest", "9999-01-01T00:00:00.000Z", []],
  ] as const)("never leads out of the period: %s first from %s", async (order, position, expected) => {
    const times = [1, 2, 3, 4].map((day) => entry(`2027-05-0${day}T00:00:00.000Z`));
    const audit = new MemoryAudit([entry("2027-04-30T00:00:00.000Z"), ...times]);
    const period = { since: new Date("2027-05-01"), until: new Date("2027-05-02") };
    const scope = { ...SCOPE, order, since: period.since.toISOString(), until: period.until.toISOString() };
    const page = await list(audit, { order, ...period, cursor: cursorOf(position, scope) });
    expect(page.items.map(({ at }) => at)).toEqual(expected);
  });
});
