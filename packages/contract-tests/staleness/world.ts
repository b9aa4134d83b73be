import { createLogger } from "@platform-api/platform-api";
import { followChanges, JwksSource, MAX_UNNOTIFIED_MS, NotifiedCaches } from "@platform-api/server/adapters";
import {
  type CanonicalEmail,
  loginIdOf,
  type MembershipRegistry,
  type Organizations,
  type StoredLinks,
  type UserId,
} from "@platform-api/server/domain";
import { createHttpServer } from "@platform-api/server/http";
import type { CacheKey } from "../../server/src/adapters/cache-keys.ts";
import { unsureCommits } from "../../server/src/adapters/dynamodb/unsure-commits.ts";
import {
  issuerRows,
  ManualClock,
  NOW_SECONDS,
} from "../../server/src/adapters/tokens/testing/signed-token.ts";
import { linksOf, type MemoryStores, membershipsOf } from "../in-process/memory-stores.ts";
import { inProcessServices, WITHOUT_LIMITS } from "../in-process/services.ts";
import { steppedFeed } from "./feed.ts";
import { FORMER_KEY, KEY, type Person, populatedStores, SERVICE_TOKEN, TENANT } from "./people.ts";

export const KEYS_FRESH_MS = 300_000;
export const KEYS_STALE_MS = 86_400_000;
const POLL_MS = 1_000;
const MEMORY_TTL_MS = 600_000;
/** For longer than this the process does not run. */
const MAX_AWAKE_MS = 60_000;

const ACME_ADMIN = encodeURIComponent(JSON.stringify({ organizationId: "acme", role: "admin" }));
const QUESTIONS = {
  "auth.validate": "/trpc/auth.validate",
  "auth.validate in a batch": "/trpc/auth.validate?batch=1&input=%7B%7D",
  "GET /validate": "/validate",
  "auth.check": `/trpc/auth.check?input=${ACME_ADMIN}`,
  "org.me": "/trpc/org.me",
} as const;
export type Question = keyof typeof QUESTIONS;
export const EVERY_QUESTION = Object.keys(QUESTIONS) as readonly Question[];

/** What an answer is made of, as `lastRead` names it. */
export interface Facts {
  readonly read: readonly string[];
  /** That something does not exist. */
  readonly areAbsent?: boolean;
}

/** A process with its own caches and keys, asked over HTTP. */
export interface Process {
  /** Status and body. */
  ask(question: Question, token: string): Promise<string>;
  /** Whether work of an admin of Acme may go on that the person began with their token: the reason why not, or "active". */
  standingOf(person: Person): Promise<string>;
  close(): Promise<void>;
}

/** One store, one directory and one key set, behind two processes. */
export interface World {
  readonly clock: ManualClock;
  readonly stores: MemoryStores;
  /** What the directory says about an address. */
  readonly users: Map<CanonicalEmail, UserId>;
  readonly keySet: { keys: unknown[]; failing: boolean };
  /** With the caches of `serve`, and notified of what is committed. */
  readonly cached: Process;
  /** Reads everything on every request. */
  readonly uncached: Process;
  /** When the cached process last read something, by the monotonic clock: `membership acme`, `keys` … @throws if never */
  lastRead(what: string): number;
  /** How often the cached process has read something of the store. */
  reads(): number;
  /** Until when these facts may be believed after they have changed, by the monotonic clock. */
  heldUntil(facts: Facts): number;
  /** Lets time pass, with a poll each second. */
  advance(ms: number): Promise<void>;
  /** Tells of all changes of the stores since the last time. @param sentMs when the commit was sent; now unless given */
  commit(sentMs?: number): void;
  /** A commit of these keys has got no answer: it may be stored later. */
  giveUp(keys: readonly CacheKey[]): void;
  /** From here on. */
  failPolls(): void;
  close(): Promise<void>;
}

/** @param notified default: a cached process that is notified only what it changes itself */
export async function startWorld(notified = new NotifiedCaches(MEMORY_TTL_MS)): Promise<World> {
  const clock = new ManualClock();
  const { stores, users } = populatedStores();
  const keySet = { keys: [KEY.jwk, FORMER_KEY.jwk] as unknown[], failing: false };
  const reads = new Map<string, number>();
  let count = 0;
  const shared = { clock, stores, users, keySet };
  const onRead = (what: string) => {
    reads.set(what, clock.monotonicMs());
    if (what !== "keys") count += 1;
  };
  const cached = await startProcess(shared, { notified, onRead });
  const uncached = await startProcess(shared, null);
  const polls = startPolls(shared, notified);
  const lastRead = (what: string) => {
    const readMs = reads.get(what);
    if (readMs === undefined) throw new Error(`${what} was not read, but ${[...reads.keys()].join(", ")}`);
    return readMs;
  };
  return {
    ...shared,
    cached,
    uncached,
    reads: () => count,
    lastRead,
    heldUntil: ({ read, areAbsent = false }) =>
      polls.heldUntil(Math.max(...read.map(lastRead)) + MAX_UNNOTIFIED_MS, areAbsent),
    advance: polls.advance,
    commit: polls.commit,
    giveUp: polls.giveUp,
    failPolls: polls.fail,
    close: async () => {
      polls.close();
      await Promise.all([cached.close(), uncached.close()]);
    },
  };
}

/** Polls as `serve` does, each of which is complete when the next is due. */
function startPolls({ clock, stores }: Shared, notified: NotifiedCaches) {
  const { feed, commit, put, poll, fail } = steppedFeed(stores, clock);
  const closed = new AbortController();
  /** Pauses between notices that are repeated, and when they end. */
  let pauses: { readonly untilMs: number; readonly end: () => void }[] = [];
  const unsure = unsureCommits({
    put: async (_, keys) => put(keys),
    monotonicMs: clock.monotonicMs,
    pause: (ms) =>
      new Promise((end) => {
        pauses.push({ untilMs: clock.monotonicMs() + ms, end });
      }),
    closed: closed.signal,
  });
  const follower = followChanges({
    feed,
    notified,
    clock,
    storeClock: { nowMs: clock.wallMs },
    pollMs: 1, // as soon as the one before ends
    onPoll: nothing,
  });
  follower.start();
  let nextMs = clock.monotonicMs() + POLL_MS;
  let areFailing = false;
  return {
    commit: (sentMs = clock.wallMs()) => commit(sentMs),
    giveUp: (keys: readonly CacheKey[]) => unsure.add(0, keys),
    fail() {
      areFailing = true;
      fail();
    },
    heldUntil(unnotifiedMs: number, areAbsent: boolean): number {
      if (areFailing) return areAbsent ? unnotifiedMs : Math.max(unnotifiedMs, notified.freshness.untilMs);
      return areAbsent ? Math.min(unnotifiedMs, nextMs) : nextMs;
    },
    async advance(ms: number) {
      const endMs = clock.monotonicMs() + ms;
      if (ms > MAX_AWAKE_MS) clock.advance(ms);
      // What fails tells nothing, and is waited for by the real clock.
      while (nextMs <= endMs && !areFailing) {
        clock.advance(Math.max(0, nextMs - clock.monotonicMs()));
        const ended = pauses.filter(({ untilMs }) => untilMs <= nextMs);
        pauses = pauses.filter((pause) => !ended.includes(pause));
        for (const { end } of ended) end();
        await poll();
        nextMs = clock.monotonicMs() + POLL_MS;
      }
      clock.advance(endMs - clock.monotonicMs());
    },
    close() {
      closed.abort();
      follower.close();
    },
  };
}

type Shared = Pick<World, "clock" | "stores" | "users" | "keySet">;
type OnRead = (what: string) => void;

/** @param memory null: a process without caches */
async function startProcess(
  { clock, stores, users, keySet }: Shared,
  memory: { readonly notified: NotifiedCaches; readonly onRead: OnRead } | null,
): Promise<Process> {
  const caches = memory !== null;
  const record = memory?.onRead ?? nothing;
  const keys = new JwksSource({
    url: "https://tenant.auth0.example/.well-known/jwks.json",
    async fetch() {
      if (keySet.failing) throw new Error("the endpoint is down");
      record("keys");
      return Response.json({ keys: keySet.keys });
    },
    clock,
    random: () => 0,
    deadlineMs: 30_000,
    onRefresh: () => {},
    ...(caches
      ? { freshMs: KEYS_FRESH_MS, cooldownMs: 10_000, staleMs: KEYS_STALE_MS }
      : { freshMs: 0, cooldownMs: 0, staleMs: 0 }),
  });
  const services = inProcessServices({
    rows: issuerRows(keys),
    clock,
    caches,
    ...(memory !== null && { notified: memory.notified }),
    stores,
    organizations: recordedOrganizations(stores.organizations, record),
    memberships: recordedMemberships(membershipsOf(stores.memberships), record),
    links: recordedLinks(linksOf(stores.identities), record),
    directory: {
      async ensureUser(email) {
        const userId = users.get(email);
        if (userId === undefined) throw new Error("the directory has no such address");
        return { userId, created: false };
      },
    },
  });
  const http = createHttpServer({
    services,
    logger: createLogger("silent"),
    accessLog: { answered: nothing },
    corsOrigins: [],
    docsViewer: null,
    ...WITHOUT_LIMITS,
    keysUsable: () => keys.usable(),
    credentialsLoaded: () => true,
  });
  const address = await http.listen({ host: "127.0.0.1", port: 0 });
  return {
    async ask(question, token) {
      const answer = await fetch(address + QUESTIONS[question], { headers: { "x-user-token": token } });
      return `${answer.status} ${await answer.text()}`;
    },
    async standingOf({ userId, subject }) {
      const since = new Date(NOW_SECONDS * 1_000).toISOString();
      const loginId = loginIdOf({ tenant: TENANT, subject });
      const answer = await fetch(`${address}/standings`, {
        method: "POST",
        headers: { "x-user-token": SERVICE_TOKEN, "content-type": "application/json" },
        body: JSON.stringify({ of: [{ userId, organizationId: "acme", role: "admin", since, loginId }] }),
      });
      const text = await answer.text();
      return /"(?:reason|standing)":"(active|[A-Z_]+)"/.exec(text)?.[1] ?? text;
    },
    async close() {
      keys.close();
      await http.drain(0);
    },
  };
}

const nothing = () => {};
function recordedOrganizations(store: Organizations, record: OnRead): Organizations {
  const noting = <Answer>(what: string, answer: Answer) => {
    record(what);
    return answer;
  };
  return {
    find: (id, signal) => noting(`organization ${id}`, store.find(id, signal)),
    findMany: (ids, signal) => {
      for (const id of ids) record(`organization ${id}`);
      return store.findMany(ids, signal);
    },
    findByAuth0OrgId: (id, signal) => noting(`Auth0 organization ${id}`, store.findByAuth0OrgId(id, signal)),
    findConnection: (name, signal) => noting(`connection ${name}`, store.findConnection(name, signal)),
    listConnections: (id, signal) => store.listConnections(id, signal),
    async listByDomain(domain, signal) {
      record(`domain ${domain}`);
      const found = await store.listByDomain(domain, signal);
      for (const { id } of found) record(`organization ${id}`);
      return found;
    },
  };
}

function recordedMemberships(store: MembershipRegistry, record: OnRead): MembershipRegistry {
  return {
    ...store,
    find(organizationId, userId, signal) {
      record(`membership ${organizationId} ${userId}`);
      return store.find(organizationId, userId, signal);
    },
  };
}

function recordedLinks(store: StoredLinks, record: OnRead): StoredLinks {
  return {
    ...store,
    find(key, signal) {
      record(`link ${key.subject}`);
      return store.find(key, signal);
    },
    findSubject(key, signal) {
      record(`link ${key.subject}`);
      return store.findSubject(key, signal);
    },
    findLogin(loginId, signal) {
      record(`login ${loginId}`);
      return store.findLogin(loginId, signal);
    },
    findUser(userId, signal) {
      record(`block ${userId}`);
      record(`sign-out ${userId}`);
      return store.findUser(userId, signal);
    },
    findSession(key, signal) {
      record(`session ${key.sid}`);
      return store.findSession(key, signal);
    },
  };
}
