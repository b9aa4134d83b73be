import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { abortable, type IdentityLink, Reads, Refusal, recordReads } from "../domain/index.ts";
import { Cache, NotifiedCaches } from "./cache.ts";
import { cacheKeysOf } from "./cache-keys.ts";
import { cachedIdentityLinks } from "./caches.ts";
import { type ChangeFeed, followChanges, type Notice } from "./changes.ts";
import { link } from "./dynamodb/testing/examples.ts";
import { REPEAT_MS, unsureCommits } from "./dynamodb/unsure-commits.ts";
import { createMemory } from "./remembered.ts";

/** How old a fact may be when it is used. */
const BOUND_MS = 5_000;
/** What takes longer from its stamp to its reply is put again, as what has no reply is. */
const LATE_MS = 5_000;
/** After so long a writer gives up a commit without an answer. */
const GIVEN_UP_MS = 1_000;
/** How long the store keeps notices. */
const KEPT_MS = 3_600_000;
const POLL_MS = 1_000;
/** Two subjects, whose links are the facts. The notices of each stand in a shard of its own. */
const SUBJECTS = ["one", "other"] as const;
type Fact = 0 | 1;

/** What becomes of a request of the reader: when the store evaluates it, and how long its reply takes after that. */
interface Fate {
  readonly evaluatedMs: number;
  readonly replyMs: number;
  readonly isLost: boolean;
}

type Event =
  | { readonly event: "restart" }
  | { readonly event: "pass" | "sleep" | "outage" | "step"; readonly ms: number }
  /** The next poll of a shard, or the next read of a fact, has this fate. */
  | { readonly event: "poll" | "read"; readonly fate: Fate }
  | {
      readonly event: "change";
      readonly fact: Fact;
      /** How long the writer is paused between the stamp and the sending. */
      readonly pausedMs: number;
      readonly storedMs: number;
      readonly replyMs: number;
      readonly isLost: boolean;
    }
  /** A change without an answer, which the store gets so long after it was sent. */
  | { readonly event: "late change"; readonly fact: Fact; readonly storedMs: number };

interface History {
  readonly events: readonly Event[];
  /** From one request of a user to the next. */
  readonly useMs: number;
  /** By how much their clocks are ahead of the store's. */
  readonly writerErrorMs: number;
  readonly readerErrorMs: number;
  /** Whether the reader's is ahead by a minute until the first reply of the store. Nobody sets such a one then. */
  readonly isFarAhead: boolean;
}

const upTo = (max: number) => fc.nat({ max });
const named = <Name extends string>(...names: readonly Name[]) => fc.constantFrom(...names);
const errorMs = fc.constantFrom(0, -10_000, 10_000);
const fate = fc.record({
  evaluatedMs: fc.oneof(fc.constant(0), upTo(1_500)),
  replyMs: upTo(4_000),
  isLost: fc.constantFrom(false, false, false, true),
});
const change = fc.record({
  event: named("change"),
  fact: fc.constantFrom<Fact>(0, 1),
  pausedMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, upTo(60_000)),
  storedMs: fc.oneof(upTo(200), upTo(5_000)),
  replyMs: fc.oneof(upTo(200), upTo(8_000)),
  isLost: fc.boolean(),
});
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ event: named("pass"), ms: fc.oneof(upTo(300), upTo(8_000)) }) },
  { weight: 4, arbitrary: change },
  { weight: 6, arbitrary: fc.record({ event: named("poll", "read", "read"), fate }) },
  fc.record({ event: named("sleep"), ms: fc.constantFrom(8_000, 50_000, 7_200_000) }),
  fc.record({ event: named("outage"), ms: upTo(12_000) }),
  fc.record({ event: named("step"), ms: fc.constantFrom(-45_000, 45_000) }),
  fc.constant({ event: "restart" } as const),
);
const history: fc.Arbitrary<History> = fc.record({
  events: fc.array(event, { minLength: 3, maxLength: 30 }),
  useMs: fc.constantFrom(100, 700, 3_000),
  writerErrorMs: errorMs,
  readerErrorMs: errorMs,
  isFarAhead: fc.boolean(),
});

/** What the reader is made of; a negative control replaces a part. */
interface Parts {
  readonly feed: ChangeFeed;
  readonly notified: NotifiedCaches;
  /** What the memory asks how fresh this process is. */
  readonly memoryNotified: NotifiedCaches;
}

type Unsure = ReturnType<typeof unsureCommits>;

interface Controls {
  readonly control?: ((parts: Parts) => Parts) | undefined;
  readonly repeating?: typeof unsureCommits;
}

interface Due {
  readonly clock: "store" | "reader";
  readonly atMs: number;
  readonly run: () => void;
}

/**
 * A store, a writer that follows the rules of commits, and a reader that is made of the real parts, with the times of all
 * in one hand. The reader's monotonic clock stands still while its machine sleeps; what comes in then waits.
 */
class World {
  #storeMs = 1_000_000_000;
  #monotonicMs = 5_000;
  #isAsleep = false;
  #outageUntilMs = 0;
  #wallErrorMs: number;
  #due: Due[] = [];
  /** What is decided of the next requests. */
  readonly #fates: Record<"poll" | "read", Fate[]> = { poll: [], read: [] };
  readonly #notices: (Notice & { readonly fact: Fact; readonly atMs: number; readonly putMs: number })[] = [];
  /** How often each fact has changed: the revision that the store has. */
  readonly #revisions: [number, number] = [0, 0];
  /** For each revision of each fact, when it ended, by the reader's clock. */
  readonly #endedMs: readonly [number[], number[]] = [[], []];
  /** Of this world alone: its reads that never end would stay with a common one. */
  readonly #unbounded = new AbortController().signal;
  readonly #history: History;
  readonly #control: (parts: Parts) => Parts;
  readonly #unsure: Unsure;
  #reader: ReturnType<World["boot"]>;
  violation: string | null = null;

  constructor(history: History, { control = (parts) => parts, repeating = unsureCommits }: Controls) {
    this.#history = history;
    this.#wallErrorMs = history.isFarAhead ? 60_000 : history.readerErrorMs;
    this.#control = control;
    this.#unsure = repeating({
      put: async (shard) => this.#putAgain(shard === 0 ? 0 : 1),
      monotonicMs: () => this.#storeMs,
      pause: (ms) => new Promise((resolve) => this.#after(ms, resolve)),
      closed: this.#unbounded,
    });
    vi.stubGlobal("setTimeout", (run: () => void, ms: number) =>
      this.#at("reader", this.#monotonicMs + ms, run),
    );
    vi.stubGlobal("clearTimeout", (timer: Due | undefined) => {
      this.#due = this.#due.filter((due) => due !== timer);
    });
    this.#reader = this.boot();
  }

  /** A new process of the reader. It knows the store's time from the first reply. */
  boot() {
    const { readerErrorMs } = this.#history;
    const clock = {
      wallMs: () => this.#storeMs + this.#wallErrorMs,
      monotonicMs: () => this.#monotonicMs,
    };
    let originMs: number | null = null;
    const storeClock = {
      nowMs: () => (originMs === null ? clock.wallMs() : originMs + this.#monotonicMs),
      hear: (dateMs: number) => {
        originMs = dateMs + readerErrorMs - this.#monotonicMs;
      },
    };
    const ask = <T>(kind: "poll" | "read", signal: AbortSignal, evaluate: () => T) =>
      this.#ask(kind, evaluate, storeClock.hear, signal);
    const real = new NotifiedCaches(600_000);
    const { feed, notified, memoryNotified } = this.#control({
      notified: real,
      memoryNotified: real,
      feed: {
        shards: SUBJECTS.length,
        read: (shard, fromMs, signal) => ask("poll", signal, () => this.#noticesOf(shard, fromMs)),
      },
    });
    const links = cachedIdentityLinks(
      {
        findSubject: ({ subject }, signal) =>
          ask("read", signal, () => ({ link: this.#linkOf(factOf(subject)), facts: null })),
        findLogin: async () => ({ link: null, facts: null }),
        findUser: async () => ({ isBlocked: false, signOut: null }),
        findSession: async () => null,
      },
      { ttlMs: 60_000, clock, notified },
    );
    const memory = createMemory<readonly IdentityLink[]>(10, { clock, notified: memoryNotified });
    const changes = followChanges({ feed, notified, clock, storeClock, pollMs: POLL_MS, onPoll: () => {} });
    changes.start();
    return { links, memory, changes };
  }

  #at(clock: Due["clock"], atMs: number, run: () => void): Due {
    const due = { clock, atMs, run };
    this.#due.push(due);
    return due;
  }

  #after(ms: number, run: () => void): void {
    if (ms === 0) run();
    else this.#at("store", this.#storeMs + ms, run);
  }

  /** Something comes in at the reader, when it is awake. */
  #comesIn(run: () => void): void {
    if (this.#isAsleep) this.#at("reader", this.#monotonicMs, run);
    else run();
  }

  /** A request of the reader. */
  #ask<T>(
    kind: "poll" | "read",
    evaluate: () => T,
    hear: (dateMs: number) => void,
    signal: AbortSignal,
  ): Promise<T> {
    const decided = this.#fates[kind].shift();
    const { evaluatedMs, replyMs, isLost } = decided ?? { evaluatedMs: 0, replyMs: 0, isLost: false };
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const isUnavailable = isLost || this.#storeMs < this.#outageUntilMs;
    this.#after(evaluatedMs, () => {
      const [value, dateMs] = [evaluate(), this.#storeMs];
      const arrive = () => {
        hear(dateMs);
        resolve(value);
      };
      const fail = () => reject(new Refusal("STORE_UNAVAILABLE", "lost"));
      this.#after(replyMs, () => this.#comesIn(isUnavailable ? fail : arrive));
    });
    return abortable(promise, signal);
  }

  /** Each of them twice, as pages that overlap have them. */
  #noticesOf(shard: number, fromMs: number): readonly Notice[] {
    const keptMs = this.#storeMs - KEPT_MS;
    const found = this.#notices.filter(
      ({ fact, atMs, putMs }) => fact === shard && atMs >= fromMs && putMs >= keptMs,
    );
    return [...found, ...found];
  }

  #linkOf(fact: Fact): IdentityLink {
    return link({ subject: SUBJECTS[fact], rev: String(this.#revisions[fact]) });
  }

  #put(fact: Fact, atMs: number): void {
    const present = link({ subject: SUBJECTS[fact] });
    const notice = {
      id: String(this.#notices.length),
      keys: cacheKeysOf({ item: "link", present, next: null }),
    };
    this.#notices.push({ ...notice, fact, atMs, putMs: this.#storeMs });
  }

  #putAgain(fact: Fact): void {
    this.#put(fact, this.#storeMs + this.#history.writerErrorMs);
  }

  /** The reader can know of a revision from now on: those before it end, unless they have ended already. */
  #tell(fact: Fact, revision: number): void {
    const ended = this.#endedMs[fact];
    for (let earlier = 0; earlier < revision; earlier += 1) ended[earlier] ??= this.#monotonicMs;
  }

  /**
   * A commit with its notice, and the rule for those that are late or have no reply: the reader can know of them when the
   * notice is put again, which is before the change is answered. The store does nothing of this commit after that, and has
   * every notice that is put again.
   */
  #change({ fact, pausedMs, storedMs, replyMs, isLost }: Extract<Event, { event: "change" }>): void {
    const [stampedMs, { writerErrorMs }] = [this.#storeMs, this.#history];
    this.#after(pausedMs + storedMs, () => {
      this.#revisions[fact] += 1;
      const revision = this.#revisions[fact];
      this.#put(fact, stampedMs + writerErrorMs);
      if (this.#storeMs - stampedMs <= LATE_MS) this.#tell(fact, revision);
      this.#after(replyMs, () => {
        if (!isLost && this.#storeMs - stampedMs <= LATE_MS) return;
        this.#putAgain(fact);
        this.#tell(fact, revision);
      });
    });
  }

  /** The reader can know of it when the next notice is due. */
  #changeLate({ fact, storedMs }: Extract<Event, { event: "late change" }>): void {
    const stampedMs = this.#storeMs;
    this.#after(GIVEN_UP_MS, () => {
      this.#putAgain(fact);
      this.#unsure.add(
        fact,
        cacheKeysOf({ item: "link", present: link({ subject: SUBJECTS[fact] }), next: null }),
      );
    });
    this.#after(storedMs, () => {
      this.#revisions[fact] += 1;
      const revision = this.#revisions[fact];
      this.#put(fact, stampedMs + this.#history.writerErrorMs);
      this.#after(REPEAT_MS, () => this.#tell(fact, revision));
    });
  }

  /** A request of a user, who is remembered with both links, and the next ones after it. */
  #use(): void {
    this.#at("reader", this.#monotonicMs + this.#history.useMs, () => this.#use());
    const [{ links, memory }, beganMs] = [this.#reader, this.#monotonicMs];
    const used = ({ subject, rev }: IdentityLink, from: string) => {
      const fact = factOf(subject);
      const ageMs = beganMs - (this.#endedMs[fact][Number(rev)] ?? Number.POSITIVE_INFINITY);
      if (ageMs >= BOUND_MS)
        this.violation ??= `revision ${rev} of ${subject}, ${ageMs} ms after, from ${from}`;
    };
    const known = memory.recall("jane");
    if (known !== null) {
      for (const each of known) used(each, "the memory");
      return;
    }
    const reads = new Reads();
    const find = async (subject: string) => {
      const found = (await links.findSubject(link({ subject }), this.#unbounded)).link ?? expect.fail();
      used(found, "the cache");
      return found;
    };
    const answer = async () => {
      const found = await Promise.all(SUBJECTS.map(find));
      if (reads.complete) memory.remember("jane", found, reads.cached);
    };
    recordReads(reads, answer).catch(() => {}); // 503
  }

  async #happen(event: Event): Promise<void> {
    switch (event.event) {
      case "change":
        return this.#change(event);
      case "late change":
        return this.#changeLate(event);
      case "poll":
      case "read":
        this.#fates[event.event].push(event.fate);
        return;
      case "outage":
        this.#outageUntilMs = this.#storeMs + event.ms;
        return;
      case "step":
        if (!this.#history.isFarAhead) this.#wallErrorMs += event.ms;
        return;
      case "restart":
        this.#reader.changes.close();
        this.#reader = this.boot();
        return;
      case "sleep":
        this.#isAsleep = true;
        await this.#pass(event.ms);
        this.#isAsleep = false;
        return;
      case "pass":
        return this.#pass(event.ms);
    }
  }

  #leftMs({ clock, atMs }: Due): number {
    if (clock === "store") return atMs - this.#storeMs;
    return this.#isAsleep ? Number.POSITIVE_INFINITY : atMs - this.#monotonicMs;
  }

  /** Lets so much of the store's time pass. */
  async #pass(ms: number): Promise<void> {
    const untilMs = this.#storeMs + ms;
    for (;;) {
      await settled();
      const next = this.#due.reduce<Due | null>(
        (first, due) => (first === null || this.#leftMs(due) < this.#leftMs(first) ? due : first),
        null,
      );
      const leftMs = next === null ? Number.POSITIVE_INFINITY : Math.max(0, this.#leftMs(next));
      const stepMs = Math.min(leftMs, untilMs - this.#storeMs);
      this.#storeMs += stepMs;
      if (!this.#isAsleep) this.#monotonicMs += stepMs;
      if (leftMs > stepMs || next === null) return;
      this.#due = this.#due.filter((due) => due !== next);
      next.run();
    }
  }

  /** @returns what fact was used too late; null if none was */
  async run(): Promise<string | null> {
    this.#use();
    for (const event of this.#history.events) {
      await this.#happen(event);
      if (this.violation !== null) break;
    }
    this.#reader.changes.close();
    await settled();
    return this.violation;
  }
}

function factOf(subject: string): Fact {
  return subject === SUBJECTS[0] ? 0 : 1;
}

/** What starts without a reply starts in microtasks, a chain of fewer than these. */
async function settled(): Promise<void> {
  for (let step = 0; step < 40; step += 1) await undefined;
}

const { keep } = Cache.prototype;
afterEach(() => {
  vi.unstubAllGlobals();
  Cache.prototype.keep = keep;
});

/** Looks for a history in which a fact is used too late. */
function search(settings: fc.Parameters<[History]>, controls: Controls = {}, histories = history) {
  const property = fc.asyncProperty(histories, async (history) => {
    expect(await new World(history, controls).run()).toBeNull();
  });
  return fc.assert(property, settings);
}

/** A process has what it holds from just before the change, or from the time that it waits. */
function lateHistory(lateMs: number): fc.Arbitrary<History> {
  const fates = fc.array(fc.record({ event: named("poll", "read"), fate }), { maxLength: 8 });
  const late = fc.record({
    event: named("late change"),
    fact: fc.constantFrom<Fact>(0, 1),
    storedMs: upTo(3_000).map((ms) => lateMs + ms),
  });
  const events = fc.tuple(upTo(2_000), late, fates, fates);
  return fc.record({
    events: events.map(([beforeMs, change, before, around]): readonly Event[] => [
      ...before,
      { event: "pass", ms: beforeMs },
      change,
      { event: "pass", ms: lateMs - 3_000 },
      ...around,
      { event: "pass", ms: 17_000 },
    ]),
    useMs: fc.constantFrom(700, 3_000),
    writerErrorMs: errorMs,
    readerErrorMs: errorMs,
    isFarAhead: fc.boolean(),
  });
}

class AlwaysFresh extends NotifiedCaches {
  override readonly freshness = {
    get untilMs() {
      return Number.POSITIVE_INFINITY;
    },
    set untilMs(_) {},
  };
}

const CONTROLS: Readonly<Record<string, (parts: Parts) => Parts>> = {
  "without the overlap": (parts) => {
    const { shards, read } = parts.feed;
    return {
      ...parts,
      feed: { shards, read: (shard, fromMs, signal) => read(shard, fromMs + 25_000, signal) },
    };
  },
  "without the rule on fills": (parts) => {
    Cache.prototype.keep = function (key, value, fill) {
      return keep.call(this, key, value, { ...fill, forgotten: new Set<string>(), isAllForgotten: false });
    };
    return parts;
  },
  "where nobody asks how fresh the process is": (parts) => {
    const notified = new AlwaysFresh(parts.notified.memoryTtlMs);
    return { ...parts, notified, memoryNotified: notified };
  },
  "where the memory does not ask how fresh the process is": (parts) => ({
    ...parts,
    memoryNotified: new AlwaysFresh(parts.notified.memoryTtlMs),
  }),
};

it("uses no fact later than 5 s after its change was committed, in any history", () =>
  search({ numRuns: 1_000 }));

it.each(Object.keys(CONTROLS))("finds a history with a fact that is used too late %s", async (name) => {
  // What must fail needs no smallest example.
  const found = search({ numRuns: 5_000, endOnFailure: true }, { control: CONTROLS[name] });
  await expect(found).rejects.toThrow("Property failed");
});

describe.each([
  ["40 s", 40_000],
  ["4 minutes", 240_000],
])("where a change without an answer is stored %s after it was sent", (_, lateMs) => {
  it("uses no fact later than 5 s after the next notice is due", () =>
    search({ numRuns: 20 }, {}, lateHistory(lateMs)));

  it("finds a fact that is used too late where notices are not repeated", async () => {
    const repeating = () => ({ add: () => {} });
    const found = search({ numRuns: 20, endOnFailure: true }, { repeating }, lateHistory(lateMs));
    await expect(found).rejects.toThrow("Property failed");
  });
});
