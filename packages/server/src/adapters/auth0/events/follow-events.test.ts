import { beforeEach, expect, it } from "vitest";
import { type EventCursor, type Reconciliation, Refusal, TooManyDeletions } from "../../../domain/index.ts";
import { MemoryAdministration } from "../../../domain/testing/memory-administration.ts";
import { ManagementError } from "../management-error.ts";
import type { EventSource, Position } from "./event-source.ts";
import { EventsLost, type StreamMessage } from "./event-stream.ts";
import { type FollowReport, followEvents } from "./follow-events.ts";

const TENANT = "default";
const NOW = Date.UTC(2026, 10, 30, 12);

let stores: MemoryAdministration;
let users: Map<string, { readonly isBlocked: boolean }>;
let cursor: EventCursor | null;
let reconciliation: Reconciliation | null;
/** Where connections have begun. */
let opened: Position[];
let reports: FollowReport[];
/** How many writes of the cursor still fail. */
let failing: number;
let nowMs: number;
beforeEach(() => {
  stores = new MemoryAdministration();
  nowMs = NOW;
  stores.identities.storeNow = () => new Date(nowMs);
  users = new Map([["waad|jane", { isBlocked: false }]]);
  cursor = null;
  reconciliation = null;
  opened = [];
  reports = [];
  failing = 0;
});

type Script = (position: Position) => Iterable<readonly StreamMessage[]>;

/** Follows a stream that the script plays, one connection after the other, until it has no more. */
async function follow(connections: readonly Script[], accepts = false): Promise<void> {
  const end = new AbortController();
  const left = [...connections];
  const source: EventSource = {
    async *open(position) {
      const script = left.shift();
      if (script === undefined) return end.abort();
      opened.push(position);
      yield* script(position);
    },
  };
  const options = {
    tenant: TENANT,
    source,
    acceptsDeletions: accepts,
    paceMs: 0,
    maxPauseMs: 1,
    report: (report: FollowReport) => void reports.push(report),
    cursors: {
      find: async () => cursor,
      save: async (next: EventCursor) => {
        if (failing > 0) {
          failing -= 1;
          throw new Refusal("STORE_UNAVAILABLE", "event-cursor: storing");
        }
        cursor = next;
      },
    },
    ports: {
      ...stores,
      users: { findUser: async (subject: string) => users.get(subject) ?? null },
      reconciliations: {
        find: async () => reconciliation,
        save: async (state: Reconciliation) => {
          reconciliation = state;
        },
        listSubjects: async () => ({ subjects: ["waad|jane"], next: null }),
      },
    },
  };
  await followEvents(options, end.signal);
}

const at = (second: number) => new Date(NOW + second * 1_000);
const event = (
  second: number,
  isBlocked: boolean,
  type: "updated" | "deleted" = "updated",
): StreamMessage => ({
  kind: "event",
  offset: `o${second}`,
  event: { type, subject: "waad|jane", at: at(second), isBlocked },
});
const isBlocked = async () =>
  (await stores.identities.findFacts({ tenant: TENANT, subject: "waad|jane" }))?.sources.event?.isBlocked ??
  false;
const positions = () =>
  opened.map((position) => ("offset" in position ? position.offset : position.since.toISOString()));
const failures = () =>
  reports.flatMap((report) => (report.what === "failed" ? [String((report.cause as Error).message)] : []));

it("begins with now, stores each place after its effect, and goes on from there", async () => {
  const seen: (string | null)[] = [];
  await follow([
    function* () {
      yield [event(1, true)];
      seen.push(cursor?.offset ?? null);
      yield [{ kind: "offset", offset: "o2" }, { kind: "alive" }];
      seen.push(cursor?.offset ?? null);
    },
    () => [[{ kind: "offset", offset: "o3" }]],
  ]);
  expect([seen, await isBlocked(), cursor]).toEqual([
    ["o1", "o2"],
    true,
    { tenant: TENANT, offset: "o3", eventAt: at(1).toISOString(), until: at(1).toISOString(), reconnects: 1 },
  ]);
  expect(positions()).toEqual([at(-300).toISOString(), "o2"]);
});

it("an event whose place is not stored comes again, and has its effect once", async () => {
  failing = 1;
  cursor = { tenant: TENANT, offset: "o0", eventAt: null, until: at(0).toISOString(), reconnects: 0 };
  const script = () => [[event(1, true)]];
  await follow([script, script]);
  expect([positions(), cursor.offset]).toEqual([["o0", "o0"], "o1"]);
  expect(stores.identities.entries).toHaveLength(1);
  expect(failures()).toEqual(["event-cursor: storing"]);
});

it("a store that fails keeps the place, and the effect follows", async () => {
  cursor = { tenant: TENANT, offset: "o0", eventAt: null, until: at(0).toISOString(), reconnects: 0 };
  stores.auditFails = true;
  await follow([
    () => [[event(1, true)]],
    function* () {
      expect(cursor?.offset).toBe("o0");
      stores.auditFails = false;
      yield [event(1, true)];
    },
  ]);
  expect([positions(), await isBlocked(), cursor.offset]).toEqual([["o0", "o0"], true, "o1"]);
});

it("a block that comes after the event that lifted it does not stay, and a new one does", async () => {
  await follow([() => [[event(9, false)], [event(5, true)]]]);
  expect(await isBlocked()).toBe(false);
  users.set("waad|jane", { isBlocked: true });
  await follow([() => [[event(8, true)]]]);
  expect(await isBlocked()).toBe(true);
});

it("two followers store the same", async () => {
  const script = () => [[event(1, true)], [event(2, false)], [event(3, true)], [event(4, true, "deleted")]];
  await Promise.all([follow([script]), follow([script])]);
  const facts = await stores.identities.findFacts({ tenant: TENANT, subject: "waad|jane" });
  expect(facts).toMatchObject({ notBefore: NOW / 1_000 + 4, sources: { event: { isBlocked: true } } });
  expect(cursor?.offset).toBe("o4");
});

it("a quiet stream is heard, and an event that cannot be read is told and left behind", async () => {
  await follow([
    function* () {
      nowMs += 60_000;
      yield [{ kind: "alive" }];
      expect(cursor).toMatchObject({ offset: null, until: at(60).toISOString() });
      yield [{ kind: "unreadable", offset: "o9" }];
    },
  ]);
  expect(cursor?.offset).toBe("o9");
  expect(reports).toContainEqual({ what: "unreadable" });
});

const lost: Script = () => {
  throw new EventsLost();
};

it("lost events: begins five minutes before the last one, and reads every subject", async () => {
  const until = at(-3_600).toISOString();
  cursor = { tenant: TENANT, offset: "o0", eventAt: until, until, reconnects: 0 };
  users.set("waad|jane", { isBlocked: true });
  await follow([lost, () => [], () => [[event(1, true)]], () => []]);
  const since = new Date(NOW - 3_900_000).toISOString();
  expect(positions()).toEqual(["o0", since, since, "o1"]);
  expect(reconciliation).toMatchObject({ lostAfter: "o0", read: 1, endedAt: at(0).toISOString() });
  expect(await isBlocked()).toBe(true);
});

it("lost events: begins with now where Auth0 does not know that time any more", async () => {
  const until = at(-3_600).toISOString();
  cursor = { tenant: TENANT, offset: "o0", eventAt: until, until, reconnects: 0 };
  await follow([lost, lost, () => []]);
  expect(positions().at(-1)).toBe(at(0).toISOString());
});

it("goes on with what a former process has begun to read, and begins again for another loss", async () => {
  const begun = { tenant: TENANT, lostAfter: "o0", after: "here", read: 5, gone: 0, endedAt: null };
  reconciliation = begun;
  cursor = { tenant: TENANT, offset: "o0", eventAt: null, until: at(0).toISOString(), reconnects: 0 };
  await follow([lost, () => [], () => []]);
  expect(reconciliation).toMatchObject({ read: 6 });
  reconciliation = { ...begun, lostAfter: "another" };
  await follow([lost, () => [], () => []]);
  expect(reconciliation).toMatchObject({ lostAfter: "o0", read: 1 });
});

it.each([
  [new ManagementError("status", "403", { status: 403 })],
  [
    new Refusal("AUTH0_UNAVAILABLE", "a user", {
      cause: new ManagementError("status", "401", { status: 401 }),
    }),
  ],
])("ends where no pause helps: %s", async (error) => {
  const refused: Script = () => {
    throw error;
  };
  await expect(follow([refused])).rejects.toBe(error);
});

it("ends for an operator where the tenant knows too few", async () => {
  reconciliation = { tenant: TENANT, lostAfter: null, after: null, read: 9, gone: 1, endedAt: null };
  users.clear();
  const waits: Script = () => [[{ kind: "alive" }]];
  await expect(follow(Array(50).fill(waits))).rejects.toThrow(TooManyDeletions);
  expect(await isBlocked()).toBe(false);
});
