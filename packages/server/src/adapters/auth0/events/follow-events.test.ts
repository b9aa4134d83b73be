import { setImmediate } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import {
  begunReconciliation,
  type EventCursor,
  type Reconciliation,
  Refusal,
  TooManyDeletions,
} from "../../../domain/index.ts";
import { MemoryAdministration } from "../../../domain/testing/memory-administration.ts";
import { ManagementError } from "../management-error.ts";
import type { EventSource, Position } from "./event-source.ts";
import { EventsLost, type StreamMessage } from "./event-stream.ts";
import { type FollowReport, followEvents } from "./follow-events.ts";

const TENANT = "default";
const NOW = Date.UTC(2026, 10, 30, 12);

let stores: MemoryAdministration;
/** What the identity provider answers; an error where it does not. */
let users: Map<string, boolean | Error>;
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
  users = new Map([["waad|jane", false]]);
  cursor = null;
  reconciliation = null;
  opened = [];
  reports = [];
  failing = 0;
});

type Messages = readonly StreamMessage[];
type Script = (position: Position) => Iterable<Messages> | AsyncIterable<Messages>;

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
  const findUser = async (subject: string) => {
    const isBlocked = users.get(subject);
    await setImmediate();
    if (isBlocked instanceof Error) throw isBlocked;
    return isBlocked === undefined ? ("gone" as const) : { isBlocked, createdAt: null };
  };
  const options = {
    tenant: TENANT,
    source,
    acceptsDeletions: accepts,
    paceMs: 0,
    maxPauseMs: 1,
    againMs: 0,
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
      users: { findUser },
      reconciliations: {
        find: async () => reconciliation,
        save: async (state: Reconciliation) => {
          reconciliation = state;
        },
        listSubjects: async () => ({
          subjects: [{ subject: "waad|jane", linkedAt: at(-9).toISOString() }],
          next: null,
        }),
      },
    },
  };
  await followEvents(options, end.signal);
}

/** The stored place of a follower that has stopped behind `o0`. */
const stored = (second = 0): EventCursor => {
  const until = at(second).toISOString();
  const counts = { questions: [], reconnects: 0, unreadable: 0 };
  return { tenant: TENANT, offset: "o0", eventAt: second === 0 ? null : until, until, ...counts };
};
/** What the script waits for. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await setImmediate();
}

const at = (second: number) => new Date(NOW + second * 1_000);
const event = (
  second: number,
  isBlocked: boolean | null,
  { type = "updated", subject = "waad|jane" }: { type?: "updated" | "deleted"; subject?: string } = {},
): StreamMessage => ({
  kind: "event",
  offset: `o${second}`,
  event: { type, subject, at: at(second), isBlocked },
});
const isBlocked = async (subject = "waad|jane") =>
  (await stores.identities.findFacts({ tenant: TENANT, subject }))?.sources.event?.isBlocked ?? false;
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
    { ...stored(1), offset: "o3", reconnects: 1 },
  ]);
  expect(positions()).toEqual([at(-300).toISOString(), "o2"]);
});

it("an event whose place is not stored comes again, and has its effect once", async () => {
  failing = 1;
  cursor = stored();
  const script = () => [[event(1, true)]];
  await follow([script, script]);
  expect([positions(), cursor.offset]).toEqual([["o0", "o0"], "o1"]);
  expect(stores.identities.entries).toHaveLength(1);
  expect(failures()).toEqual(["event-cursor: storing"]);
});

it("a store that fails keeps the place, and the effect follows", async () => {
  cursor = stored();
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
  await follow([
    async function* () {
      yield [event(9, false), event(5, true)];
      expect(cursor?.questions).toHaveLength(1);
      await until(async () => !(await isBlocked()));
      yield [event(10, false)];
    },
  ]);
  expect(cursor?.questions).toEqual([]);
  users.set("waad|jane", true);
  await follow([() => [[event(8, true)]]]);
  expect(await isBlocked()).toBe(true);
});

it("a question without an answer holds up no block, and is asked until there is one", async () => {
  users.set("waad|jane", new Error("500"));
  await follow([
    async function* () {
      yield [event(1, true), event(2, false), event(3, true, { subject: "waad|joe" })];
      expect([cursor?.offset, await isBlocked("waad|joe")]).toEqual(["o3", true]);
      await until(() => failures().length >= 3);
      expect([await isBlocked(), cursor?.questions]).toMatchObject([true, [{ subject: "waad|jane" }]]);
      users.set("waad|jane", false);
      await until(async () => !(await isBlocked()));
    },
  ]);
  expect(await isBlocked("waad|joe")).toBe(true);
});

it("what a former process has left open is asked, and an answer that may be old is asked for again", async () => {
  const question = { subject: "waad|jane", at: at(2).toISOString(), answers: 0 };
  await follow([() => [[event(1, true)]]]);
  cursor = { ...stored(2), questions: [question] };
  users.set("waad|jane", true);
  await follow([
    async function* () {
      yield [{ kind: "offset", offset: "o1" }];
      await until(async () => {
        users.set("waad|jane", false);
        return !(await isBlocked());
      });
    },
  ]);
  expect(reports).toContainEqual({ what: "changed", change: "lifted", ageMs: 0 });
});

it("a follower that has too much to ask waits, and stores all of it", async () => {
  const subjects = Array.from({ length: 150 }, (_, index) => `waad|${index}`);
  for (const subject of subjects) users.set(subject, new Error("500"));
  const waits = follow([
    async function* () {
      yield subjects.slice(0, 100).map((subject, index) => event(index + 1, null, { subject }));
      expect([cursor?.questions.length, cursor?.unreadable]).toEqual([100, 100]);
      yield subjects.slice(100).map((subject, index) => event(index + 101, null, { subject }));
    },
  ]);
  await until(() => failures().length >= 100);
  expect(cursor?.offset).toBe("o100");
  for (const subject of subjects) users.set(subject, true);
  await waits;
  for (const subject of subjects) expect(await isBlocked(subject)).toBe(true);
});

it("two followers store the same", async () => {
  const script = () => [
    [event(1, true)],
    [event(2, false)],
    [event(3, true)],
    [event(4, true, { type: "deleted" })],
  ];
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
  cursor = stored(-3_600);
  users.set("waad|jane", true);
  await follow([lost, () => [], () => [[event(1, true)]], () => []]);
  const since = new Date(NOW - 3_900_000).toISOString();
  expect(positions()).toEqual(["o0", since, since, "o1"]);
  expect(reconciliation).toMatchObject({ lostAfter: "o0", read: 1, isEnded: true });
  expect(await isBlocked()).toBe(true);
});

it("lost events: begins with now where Auth0 does not know that time any more", async () => {
  cursor = stored(-3_600);
  await follow([lost, lost, () => []]);
  expect(positions().at(-1)).toBe(at(0).toISOString());
});

it("goes on with what a former process has begun to read, and begins again for another loss", async () => {
  const begun = {
    ...begunReconciliation({ tenant: TENANT, lostAfter: "o0", at: at(0) }),
    after: "here",
    read: 5,
  };
  reconciliation = begun;
  cursor = stored();
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
  const begun = begunReconciliation({ tenant: TENANT, lostAfter: null, at: at(0) });
  reconciliation = { ...begun, read: 9, gone: 1 };
  users.clear();
  const waits: Script = () => [[{ kind: "alive" }]];
  await expect(follow(Array(50).fill(waits))).rejects.toThrow(TooManyDeletions);
  expect(await isBlocked()).toBe(false);
});
