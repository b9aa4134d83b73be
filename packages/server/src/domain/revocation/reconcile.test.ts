import { beforeEach, expect, it } from "vitest";
import type { SubjectKey } from "../subject-key.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { UNBOUNDED } from "../testing/people.ts";
import { type Reconciliation, type Reconciliations, reconcile, TooManyDeletions } from "./reconcile.ts";
import { recordEvent, type SubjectEvent, setSubjectBlocked } from "./record.ts";

const BEGUN: Reconciliation = {
  tenant: "default",
  lostAfter: "offset-1",
  after: null,
  read: 0,
  gone: 0,
  endedAt: null,
};
const NOW = new Date("2026-11-30T12:00:00.000Z");
const BEFORE = new Date("2026-11-30T09:00:00.500Z");

let stores: MemoryAdministration;
/** The users of the identity provider by their subjects. */
let users: Map<string, { readonly isBlocked: boolean }>;
let saved: Reconciliation[];
let asked: string[];
let told: Reconciliation[];
beforeEach(() => {
  stores = new MemoryAdministration();
  stores.identities.storeNow = () => NOW;
  users = new Map();
  saved = [];
  asked = [];
  told = [];
});

const keyOf = (subject: string): SubjectKey => ({ tenant: BEGUN.tenant, subject });
const eventOf = async (subject: string) => (await stores.identities.findFacts(keyOf(subject)))?.sources.event;

function run(
  subjects: readonly string[],
  options: {
    begun?: Reconciliation;
    perPage?: number;
    accepts?: boolean;
    onAsk?: (subject: string) => Promise<unknown>;
  } = {},
) {
  const { begun = BEGUN, perPage = 100, accepts = false, onAsk } = options;
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
    const user = users.get(subject) ?? null;
    await onAsk?.(subject);
    return user;
  };
  const ports = { ...stores, users: { findUser }, reconciliations };
  const pace = async () => {};
  const onProgress = (state: Reconciliation) => void told.push(state);
  return reconcile(begun, { pace, acceptsDeletions: accepts, onProgress }, ports, UNBOUNDED);
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
  if (isBlocked !== null) users.set("waad|jane", { isBlocked });
  await run(["waad|jane"]);
  expect(await eventOf("waad|jane")).toEqual(expected);
  const ended = { ...BEGUN, read: 1, gone: expect.any(Number), endedAt: NOW.toISOString() };
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
  users.set("waad|jane", { isBlocked: true });
  await tell("waad|jane", "blocked");
  await tell("waad|jane", "lifted", new Date(BEFORE.getTime() + 1_000));
  const lift = new Date(NOW.getTime() - 60_000);
  await run(["waad|jane"], { onAsk: () => tell("waad|jane", "lifted", lift) });
  expect(await eventOf("waad|jane")).toEqual({ isBlocked: false, at: lift.toISOString() });
});

it("a subject that is created again before its deletion is stored is let in, and its former tokens are not", async () => {
  const onAsk = async () => users.set("waad|jane", { isBlocked: false });
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

it.each<[string, all: number, gone: number, accepts: boolean, stops: boolean]>([
  ["one of few", 3, 1, false, false],
  ["two of few", 3, 2, false, true],
  ["two of few, and an operator accepts it", 3, 2, true, false],
  ["1 % of a page and more", 1_200, 12, false, false],
  ["more than 1 %", 1_200, 13, false, true],
  ["all of many", 2_500, 2_500, false, true],
])("stops for an operator where too many are gone: %s", async (_, all, gone, accepts, stops) => {
  const subjects = people(all);
  const spread = Math.floor(all / gone);
  for (const [index, subject] of subjects.entries())
    if (index % spread > 0 || index >= spread * gone) users.set(subject, { isBlocked: false });
  const done = run(subjects, { accepts });
  if (!stops) {
    await done;
    expect(saved.at(-1)).toMatchObject({ read: all, gone, endedAt: NOW.toISOString() });
    expect(stores.identities.entries).toHaveLength(gone);
    return;
  }
  await expect(done).rejects.toThrow(TooManyDeletions);
  expect(stores.identities.entries).toEqual([]);
  expect(asked.length).toBe(Math.min(all, 1_000));
});

it("goes on behind what it has stored, and counts what came before", async () => {
  const subjects = people(2_200);
  for (const subject of subjects) users.set(subject, { isBlocked: false });
  const fails = async (subject: string) => {
    if (subject === "waad|1550") throw new Error("outage");
  };
  await expect(run(subjects, { onAsk: fails })).rejects.toThrow("outage");
  const begun = saved.at(-1);
  expect(begun).toMatchObject({ after: "1500", read: 1_500, endedAt: null });
  asked = [];
  await run(subjects, { begun: begun ?? BEGUN });
  expect([asked[0], asked.length]).toEqual(["waad|1500", 700]);
  expect(saved.at(-1)).toMatchObject({ after: null, read: 2_200, endedAt: NOW.toISOString() });
});
