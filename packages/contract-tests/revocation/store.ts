import {
  cachedIdentityLinks,
  cachedMemberships,
  followChanges,
  NotifiedCaches,
  requestTransactions,
} from "@platform-api/server/adapters";
import {
  abortable,
  type Changes,
  type IdentityRegistry,
  type Items,
  type Memberships,
  type Organizations,
  Refusal,
  readOutsideCaches,
  type SpeakersStore,
  type Transactions,
} from "@platform-api/server/domain";
import { cacheKeysOf } from "../../server/src/adapters/cache-keys.ts";
import type { ChangeFeed } from "../../server/src/adapters/changes.ts";
import { MemoryAdministration } from "../../server/src/domain/testing/memory-administration.ts";
import { acmeAndGlobex } from "../../server/src/domain/testing/memory-ports.ts";
import { memoryTransactions } from "../../server/src/memory/transactions.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What becomes of a request to the store: when it is evaluated, and how long its reply takes after that. */
export interface Fate {
  readonly evaluatedMs: number;
  readonly replyMs: number;
  readonly isLost: boolean;
}

export interface StoreOptions {
  readonly time: VirtualTime;
  /** Of the requests, in their order, again and again. */
  readonly fates: readonly Fate[];
  /** The kinds of items whose revision is not compared, though it must be. */
  readonly blindTo: ReadonlySet<keyof Items>;
  /** What is stored in the place of these changes. */
  readonly storing: (changes: Changes) => Changes;
  readonly onCommit: (changes: Changes, signal: AbortSignal) => void;
}

/** From the beginning of a poll of changes to the next, and how long each way of it takes. */
const POLL_EVERY_MS = 1_000;
const POLL_MS = 50;
const BACKOFF_MS = 20;

/** A store in memory whose requests take their time, fail or lose their replies, and its feed of changes. */
export class SlowStore {
  readonly inMemory = new MemoryAdministration(acmeAndGlobex());
  outUntilMs = 0;
  readonly #options: StoreOptions;
  readonly #transactions: Transactions;
  readonly #notices: {
    readonly id: string;
    readonly keys: ReturnType<typeof cacheKeysOf>;
    readonly atMs: number;
  }[] = [];
  #requests = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#transactions = memoryTransactions(this.inMemory, options);
    this.inMemory.identities.storeNow = () => new Date(options.time.nowMs);
  }

  async #ask<T>(signal: AbortSignal, evaluate: () => Promise<T>): Promise<T> {
    const { time, fates } = this.#options;
    const { evaluatedMs, replyMs, isLost } = fates[this.#requests % fates.length] ?? REPLIED;
    this.#requests += 1;
    readOutsideCaches();
    const answer = async () => {
      await time.wait(evaluatedMs);
      if (time.nowMs < this.outUntilMs) throw new Refusal("STORE_UNAVAILABLE", "out of order");
      const value = await evaluate();
      await time.wait(replyMs);
      if (isLost) throw new Refusal("STORE_UNAVAILABLE", "its reply is lost");
      return value;
    };
    return abortable(answer(), signal).catch((cause: unknown) => {
      throw cause instanceof Refusal ? cause : new Refusal("STORE_UNAVAILABLE", "too late", { cause });
    });
  }

  identities(): IdentityRegistry {
    const { identities } = this.inMemory;
    const isBlocked: IdentityRegistry["isBlocked"] = (userId, signal) =>
      this.#ask(signal, () => identities.isBlocked(userId));
    const findSignOut: IdentityRegistry["findSignOut"] = (userId, signal) =>
      this.#ask(signal, () => identities.findSignOut(userId));
    return {
      isBlocked,
      findSignOut,
      find: (key, signal) => this.#ask(signal, () => identities.find(key)),
      findSeat: (seat, signal) => this.#ask(signal, () => identities.findSeat(seat)),
      findSubject: (key, signal) => this.#ask(signal, () => identities.findSubject(key)),
      findLogin: (loginId, signal) => this.#ask(signal, () => identities.findLogin(loginId)),
      findFacts: (key, signal) => this.#ask(signal, () => identities.findFacts(key)),
      findSession: (key, signal) => this.#ask(signal, () => identities.findSession(key)),
      listSessions: (key, signal) => this.#ask(signal, () => identities.listSessions(key)),
      findBlock: (userId, signal) => this.#ask(signal, () => identities.findBlock(userId)),
      listByUser: (userId, signal) => this.#ask(signal, () => identities.listByUser(userId)),
      listSeats: (key, signal) => this.#ask(signal, () => identities.listSeats(key)),
      findUser: async (userId, signal) => {
        const [blocked, signOut] = await Promise.all([
          isBlocked(userId, signal),
          findSignOut(userId, signal),
        ]);
        return { isBlocked: blocked, signOut };
      },
      storeNow: () => identities.storeNow(),
    };
  }

  memberships(): Memberships {
    const { memberships } = this.inMemory;
    return {
      find: (id, userId, signal) => this.#ask(signal, () => memberships.find(id, userId)),
      listByUser: (userId, signal) => this.#ask(signal, () => memberships.listByUser(userId)),
      findInvitation: (id, email, signal) => this.#ask(signal, () => memberships.findInvitation(id, email)),
      listInvitations: (email, signal) => this.#ask(signal, () => memberships.listInvitations(email)),
      findLedger: (id, signal) => this.#ask(signal, () => memberships.findLedger(id)),
      release: (id, day, signal) => this.#ask(signal, () => memberships.release(id, day)),
    };
  }

  organizations(): Organizations {
    const { organizations } = this.inMemory;
    return {
      find: (id, signal) => this.#ask(signal, () => organizations.find(id)),
      findMany: (ids, signal) => this.#ask(signal, () => organizations.findMany(ids)),
      findByAuth0OrgId: (id, signal) => this.#ask(signal, () => organizations.findByAuth0OrgId(id)),
      findConnection: (name, signal) => this.#ask(signal, () => organizations.findConnection(name)),
      listConnections: (id, signal) => this.#ask(signal, () => organizations.listConnections(id)),
      listByDomain: (domain, signal) => this.#ask(signal, () => organizations.listByDomain(domain)),
    };
  }

  speakers(): SpeakersStore {
    const { speakers } = this.inMemory;
    return { find: (userId, signal) => this.#ask(signal, () => speakers.find(userId, signal)) };
  }

  /** @param notified of the process that commits; without it, one that has no caches */
  transactions(notified: NotifiedCaches | null): Transactions {
    const { time, storing, onCommit } = this.#options;
    const stored: Transactions = {
      commit: (changes, signal) =>
        this.#ask(signal, async () => {
          const isCommitted = await this.#transactions.commit(storing(changes), signal);
          if (!isCommitted) return false;
          const keys = changes.writes.flatMap(cacheKeysOf);
          this.#notices.push({ id: String(this.#notices.length), keys, atMs: time.nowMs });
          onCommit(changes, signal);
          return true;
        }),
      backoff: (_, signal) =>
        abortable(time.wait(BACKOFF_MS), signal).catch((cause: unknown) => {
          throw new Refusal("STORE_UNAVAILABLE", "too late", { cause });
        }),
    };
    const nothing = () => {};
    const forget = (keys: ReturnType<typeof cacheKeysOf>) => notified?.forget(keys);
    return requestTransactions(stored, { forget, committed: nothing, auditUnsure: nothing });
  }

  /** What {@link followChanges} reads. */
  feed(): ChangeFeed {
    const { time } = this.#options;
    return {
      shards: 1,
      read: async (_: number, fromMs: number) => {
        await time.wait(POLL_MS);
        if (time.nowMs < this.outUntilMs) throw new Refusal("STORE_UNAVAILABLE", "out of order");
        const notices = this.#notices.filter(({ atMs }) => atMs >= fromMs);
        await time.wait(POLL_MS);
        return notices;
      },
    };
  }
}

/** What a process of `serve` remembers of a store, and how it is notified. @param feed what it reads instead of the store's */
export function bootCaches(time: VirtualTime, store: SlowStore, feed: ChangeFeed = store.feed()) {
  const startMs = time.nowMs - 10_000;
  const clock = { wallMs: () => time.nowMs, monotonicMs: () => time.nowMs - startMs };
  const notified = new NotifiedCaches(600_000);
  const options = { ttlMs: 60_000, clock, notified };
  const changes = followChanges({
    feed,
    notified,
    clock,
    storeClock: { nowMs: () => time.nowMs },
    pollMs: POLL_EVERY_MS,
    onPoll: () => {},
  });
  const links = cachedIdentityLinks(store.identities(), options);
  const memberships = cachedMemberships(store.memberships(), { ...options, ttlMs: 5_000 });
  changes.start();
  return { clock, notified, options, links, memberships, changes };
}

const REPLIED: Fate = { evaluatedMs: 0, replyMs: 0, isLost: false };
