import { createLogger } from "@platform-api/platform-api";
import { JwksSource, type ToldCaches } from "@platform-api/server/adapters";
import type {
  CanonicalEmail,
  MembershipRegistry,
  Organizations,
  StoredLinks,
  UserId,
} from "@platform-api/server/domain";
import { createHttpServer } from "@platform-api/server/http";
import { issuerRows, ManualClock } from "../../server/src/adapters/tokens/testing/signed-token.ts";
import { linksOf, type MemoryStores, membershipsOf } from "../in-process/memory-stores.ts";
import { inProcessServices, WITHOUT_LIMITS } from "../in-process/services.ts";
import { FORMER_KEY, KEY, populatedStores } from "./people.ts";

export const KEYS_FRESH_MS = 300_000;
export const KEYS_STALE_MS = 86_400_000;

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

/** A process with its own caches and keys, asked over HTTP. */
export interface Process {
  /** Status and body. */
  ask(question: Question, token: string): Promise<string>;
  close(): Promise<void>;
}

/** One store, one directory and one key set, behind two processes. */
export interface World {
  readonly clock: ManualClock;
  readonly stores: MemoryStores;
  /** What the directory says about an address. */
  readonly users: Map<CanonicalEmail, UserId>;
  readonly keySet: { keys: unknown[]; failing: boolean };
  /** With the caches of `serve`. */
  readonly cached: Process;
  /** Reads everything on every request. */
  readonly uncached: Process;
  /** When the cached process last read something, by the monotonic clock: `membership acme`, `keys` … @throws if never */
  lastRead(what: string): number;
  /** How often the cached process has read something of the store. */
  reads(): number;
  close(): Promise<void>;
}

/** @param told default: a cached process that is told only what it changes itself */
export async function startWorld(told?: ToldCaches): Promise<World> {
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
  const cached = await startProcess(shared, onRead, told);
  const uncached = await startProcess(shared, null);
  return {
    ...shared,
    cached,
    uncached,
    reads: () => count,
    lastRead(what) {
      const readMs = reads.get(what);
      if (readMs === undefined) throw new Error(`${what} was not read, but ${[...reads.keys()].join(", ")}`);
      return readMs;
    },
    close: async () => {
      await Promise.all([cached.close(), uncached.close()]);
    },
  };
}

type Shared = Pick<World, "clock" | "stores" | "users" | "keySet">;
type OnRead = (what: string) => void;

/** @param onRead null: a process without caches */
async function startProcess(
  { clock, stores, users, keySet }: Shared,
  onRead: OnRead | null,
  told?: ToldCaches,
): Promise<Process> {
  const caches = onRead !== null;
  const record = onRead ?? (() => {});
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
    ...(told && { told }),
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
    isBlocked(userId, signal) {
      record(`block ${userId}`);
      return store.isBlocked(userId, signal);
    },
  };
}
