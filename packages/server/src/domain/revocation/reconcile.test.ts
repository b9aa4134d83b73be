import { beforeEach, expect, it } from "vitest";
import type { SubjectKey } from "../subject-key.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { UNBOUNDED } from "../testing/people.ts";
import {
  begunReconciliation,
  type Listed,
  type Reconciliation,
  type Reconciliations,
  reconcile,
  TooManyDeletions,
} from "./reconcile.ts";
import { recordEvent, type SubjectEvent, setSubjectBlocked } from "./record.ts";
import type { TenantUser } from "./tenant-users.ts";

const NOW = new Date("2026-11-30T12:00:00.000Z");
const BEGUN = begunReconciliation({ tenant: "default", lostAfter: "offset-1", at: NOW });
const LINKED_AT = "2026-11-01T12:00:00.000Z";
const BEFORE = new Date("2026-11-30T09:00:00.500Z");

let stores: MemoryAdministration;
/** The users of the identity provider by their subjects; `unaskable` for what is not an id of one. */
let users: Map<string, TenantUser | "unaskable">;
let saved: Reconciliation[];
let asked: string[];
let told: Reconciliation[];
let failures: number;
beforeEach(() => {
  stores = new MemoryAdministration();
  stores.identities.storeNow = () => NOW;
  users = new Map();
  saved = [];
  asked = [];
  told = [];
  failures = 0;
});

const user = (isBlocked: boolean, createdAt: Date | null = null) => ({ isBlocked, createdAt });
const keyOf = (subject: string): SubjectKey => ({ tenant: BEGUN.tenant, subject });
const eventOf = async (subject: string) => (await stores.identities.findFacts(keyOf(subject)))?.sources.event;

function run(
  listed: readonly (string | Listed)[],
  options: {
    begun?: Reconciliation;
    perPage?: number;
    accepts?: boolean;
    onAsk?: (subject: string) => Promise<unknown>;
    /** How many failures end it. */
    stopsAt?: number;
  } = {},
) {
  const { begun = BEGUN, perPage = 100, accepts = false, onAsk, stopsAt = 500 } = options;
  const subjects = listed.map((each) =>
    typeof each === "string" ? { subject: each, linkedAt: LINKED_AT } : each,
  );
  const reconciliations: Reconciliations = {
    find: async () => saved.at(-1) ?? begun,
    save: async (state) => void saved.push(state),
    listSubjects: async (_, after) => {
      const from = Number(after ?? 0);
      const next = from + perPage >= subjects.length ? null : String(from + perPage);
      return { subjects: subjects.slice(from, from + perPage), next };
    },
  };
  const findUser = async (subject: string) => {
    asked.push(subject);
    const user = users.get(subject) ?? "gone";
    await onAsk?.(subject);
    return user;
  };
  const ports = { ...stores, users: { findUser }, reconciliations };
  const pace = async () => {};
  const onFailure = async (error: unknown) => {
    failures += 1;
    if (failures >= stopsAt) throw error;
  };
  const how = {
    pace,
    onFailure,
    acceptsDeletions: accepts,
    onProgress: (state: Reconciliation) => void told.push(state),
  };
  return reconcile(begun, how, ports, UNBOUNDED);
}

const tell = (subject: string, change: SubjectEvent["change"], at = BEFORE) =>
  recordEvent(keyOf(subject), { change, at }, stores, UNBOUNDED);

it.each<[string, SubjectEvent["change"][], boolean | null, object | undefined]>([
  ["who was never blocked", [], false, undefined],
  ["whose block is known", ["blocked"], true, { isBlocked: true, at: BEFORE.toISOString() }],
  ["whose block was lost", [], true, { isBlocked: true, at: "2026-11-30T11:55:00.000Z" }],
  [
    "whose block after a lift was lost",
    ["lifted"],
    true,
    { isBlocked: true, at: "2026-11-30T09:00:00.501Z" },
  ],
  ["whose lift was lost", ["blocked"], false, { isBlocked: false, at: "2026-11-30T09:00:00.501Z" }],
  ["whose deletion is known", ["deleted"], null, { isBlocked: true, at: BEFORE.toISOString() }],
  ["whose deletion after a block was lost", ["blocked"], null, { isBlocked: true, at: NOW.toISOString() }],
  ["whose creation was lost", ["deleted"], false, { isBlocked: false, at: "2026-11-30T09:00:00.501Z" }],
])("a subject %s", async (_, known, isBlocked, expected) => {
  for (const change of known) await tell("waad|jane", change);
  if (isBlocked !== null) users.set("waad|jane", user(isBlocked));
  await run(["waad|jane"]);
  expect(await eventOf("waad|jane")).toEqual(expected);
  const ended = { ...BEGUN, read: 1, gone: expect.any(Number), isEnded: true };
  expect([saved, told]).toEqual([[ended], [ended]]);
});

it.each<[string, () => Promise<unknown>]>([
  [
    "whom an operator has blocked",
    () => setSubjectBlocked(keyOf("waad|jane"), { isBlocked: true, actor: "operator:jo" }, stores, UNBOUNDED),
  ],
  [
    "who was created again in the second of a deletion",
    () =>
      tell("waad|jane", "deleted").then(() => tell("waad|jane", "lifted", new Date(BEFORE.getTime() + 1))),
  ],
])("a subject %s, and whose deletion was lost, is blocked", async (_, begin) => {
  await begin();
  await run(["waad|jane"]);
  expect(await eventOf("waad|jane")).toEqual({ isBlocked: true, at: NOW.toISOString() });
});

it("an event that is stored while its subject is asked for counts more than the answer", async () => {
  users.set("waad|jane", user(true));
  await tell("waad|jane", "blocked");
  await tell("waad|jane", "lifted", new Date(BEFORE.getTime() + 1_000));
  const lift = new Date(NOW.getTime() - 60_000);
  await run(["waad|jane"], { onAsk: () => tell("waad|jane", "lifted", lift) });
  expect(await eventOf("waad|jane")).toEqual({ isBlocked: false, at: lift.toISOString() });
});

it("a subject that is created again before its deletion is stored is let in, and its former tokens are not", async () => {
  const onAsk = async () => users.set("waad|jane", user(false));
  const { findFacts } = stores.identities;
  stores.identities.storeNow = () => BEFORE; // a clock that no reply has set for long
  stores.identities.findFacts = (key) => {
    stores.identities.storeNow = () => NOW;
    return findFacts.call(stores.identities, key);
  };
  await run(["waad|jane"], { onAsk });
  const facts = await stores.identities.findFacts(keyOf("waad|jane"));
  expect(facts).toMatchObject({ notBefore: NOW.getTime() / 1_000, sources: { event: { isBlocked: false } } });
});

const people = (count: number) => Array.from({ length: count }, (_, index) => `waad|${index}`);

it.each<[string, all: number, gone: number, accepts: boolean, stopsAfter: number | null]>([
  ["one of few", 3, 1, false, null],
  ["two of few", 3, 2, false, 3],
  ["two of few, and an operator accepts it", 3, 2, true, null],
  ["1 % of a page and more", 1_200, 12, false, null],
  ["more than 1 %", 1_200, 13, false, 1_000],
  ["all of many", 2_500, 2_500, false, 100],
])("stops for an operator where too many are gone: %s", async (_, all, gone, accepts, stopsAfter) => {
  const subjects = people(all);
  const spread = Math.floor(all / gone);
  for (const [index, subject] of subjects.entries())
    if (index % spread > 0 || index >= spread * gone) users.set(subject, user(false));
  const done = run(subjects, { accepts });
  if (stopsAfter === null) {
    await done;
    expect(saved.at(-1)).toMatchObject({ read: all, gone, isEnded: true });
    expect(stores.identities.entries).toHaveLength(gone);
    return;
  }
  await expect(done).rejects.toThrow(TooManyDeletions);
  expect(stores.identities.entries).toEqual([]);
  expect(asked.length).toBe(stopsAfter);
});

it("goes on behind where it was interrupted, and counts what came before", async () => {
  const subjects = people(2_200);
  for (const subject of subjects) users.set(subject, user(false));
  users.delete("waad|7");
  const fails = async (subject: string) => {
    if (subject === "waad|350") throw new DOMException("the process ends", "AbortError");
  };
  await expect(run(subjects, { onAsk: fails, stopsAt: 1 })).rejects.toThrow("the process ends");
  const begun = saved.at(-1);
  const left = [{ subject: "waad|7", linkedAt: LINKED_AT }];
  expect(begun).toMatchObject({ after: "300", read: 300, gone: 0, left, isEnded: false });
  asked = [];
  await run(subjects, { begun: begun ?? BEGUN });
  expect(asked.slice(0, 2)).toEqual(["waad|7", "waad|300"]);
  expect(saved.at(-1)).toMatchObject({ after: null, left: [], read: 2_200, gone: 1, isEnded: true });
  expect(await eventOf("waad|7")).toMatchObject({ isBlocked: true });
});

it("a subject without an answer holds up no other, and is asked for until there is an answer", async () => {
  const subjects = people(250);
  for (const subject of subjects) users.set(subject, user(true));
  const seen: string[] = [];
  const onAsk = async (subject: string) => {
    seen.push(subject);
    if (subject === "waad|0" && seen.filter((each) => each === subject).length < 5) throw new Error("500");
  };
  await run(subjects, { onAsk });
  const left = [{ subject: "waad|0", linkedAt: LINKED_AT }];
  expect(saved.map((state) => state.left)).toEqual([left, left, []]);
  expect([failures, await eventOf("waad|0"), await eventOf("waad|249")]).toMatchObject([
    4,
    { isBlocked: true },
    { isBlocked: true },
  ]);
});

it("goes no further where nobody is answered for", async () => {
  const onAsk = () => Promise.reject(new Error("outage"));
  await expect(run(people(1_000), { onAsk, perPage: 150 })).rejects.toThrow("outage");
  expect(new Set(asked).size).toBe(150);
  expect(saved).toEqual([]);
});

it("what is not an id of a user is counted and left, and stops for an operator where there are many", async () => {
  for (const subject of people(300)) users.set(subject, user(false));
  users.set("waad|1", "unaskable");
  await run(people(300));
  expect(saved.at(-1)).toMatchObject({ unaskable: 1, gone: 0, isEnded: true });
  for (const subject of people(300)) users.set(subject, "unaskable");
  await expect(run(people(300))).rejects.toThrow(TooManyDeletions);
});

it("somebody who is not linked does not count, and no deletion of them is stored", async () => {
  const operator = { isBlocked: true, actor: "operator:jo" } as const;
  await setSubjectBlocked(keyOf("waad|typo"), operator, stores, UNBOUNDED);
  await tell("waad|former", "blocked");
  await tell("waad|lifted", "blocked");
  users.set("waad|lifted", user(false));
  const subjects = ["waad|typo", "waad|former", "waad|lifted"].map((subject) => ({
    subject,
    linkedAt: null,
  }));
  await run(subjects);
  expect(saved.at(-1)).toMatchObject({ read: 0, gone: 0, isEnded: true });
  expect(await eventOf("waad|typo")).toBeNull();
  expect(await eventOf("waad|lifted")).toMatchObject({ isBlocked: false });
});

it.each<[string, Date | null, number | null]>([
  ["before it was linked", new Date("2026-10-01T12:00:00.000Z"), null],
  ["at a time that is not said", null, null],
  ["again since it was linked", BEFORE, Math.floor(BEFORE.getTime() / 1_000)],
])("tokens of a subject that was created %s", async (_, createdAt, notBefore) => {
  users.set("waad|jane", user(false, createdAt));
  await run(["waad|jane"]);
  const facts = await stores.identities.findFacts(keyOf("waad|jane"));
  expect(facts?.notBefore ?? null).toBe(notBefore);
  expect(facts?.sources.event ?? null).toBeNull();
  const actions = stores.identities.entries.map(({ action, source }) => `${action} ${source}`);
  expect(actions).toEqual(notBefore === null ? [] : ["identity-signed-out event"]);
});

it("somebody who is unblocked while the answer is under way that they are blocked is not blocked", async () => {
  users.set("waad|jane", user(true));
  await run(["waad|jane"], { onAsk: async () => users.set("waad|jane", user(false)) });
  expect(await eventOf("waad|jane")).toMatchObject({ isBlocked: false });
});
