import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { linksOf } from "../../memory/identities.ts";
import { memoryTransactions } from "../../memory/transactions.ts";
import { Refusal } from "../refusal.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { UNBOUNDED } from "../testing/people.ts";
import { begunReconciliation, reconcile } from "./reconcile.ts";
import { blockerOf } from "./rule.ts";
import { answerQuestion, applyUserEvent, type Question, type UserEvent } from "./user-events.ts";

const KEY = { tenant: "default", subject: "waad|jane" };
const BEGIN_MS = Date.UTC(2026, 10, 30, 12);

interface Happening {
  readonly what: "block" | "unblock" | "delete" | "create" | "rename";
  readonly afterMs: number;
  readonly isEarly: boolean;
  /** Whether its event does not say when. */
  readonly isUndated?: boolean;
}

/**
 * What happens: at the identity provider; at one of two followers, whose work ends before the call with this number; or at
 * the one that reads all subjects again. Questions are answered by what is true when they arrive, which may be told later.
 */
type Step =
  | Happening
  | { readonly what: "follow"; readonly follower: 0 | 1; readonly fails: number | null }
  | { readonly what: "ask"; readonly follower: 0 | 1; readonly fails: number | null }
  | { readonly what: "reconcile" }
  | { readonly what: "answer" };

const happens = fc.record({
  what: fc.constantFrom("block", "unblock", "delete", "create", "rename"),
  afterMs: fc.constantFrom(0, 1, 5, 2_000),
  isEarly: fc.boolean(),
  isUndated: fc.constantFrom(false, false, false, true),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  happens,
  happens,
  fc.record({
    what: fc.constantFrom("follow" as const, "follow" as const, "ask" as const),
    follower: fc.constantFrom<0 | 1>(0, 1),
    fails: fc.option(fc.nat({ max: 5 }), { freq: 2 }),
  }),
  fc.record({ what: fc.constantFrom("reconcile", "answer", "answer") }),
);

/** A follower fails between the block of a late deletion and the question whether it is over. */
const FAILS_BETWEEN: readonly Step[] = [
  { what: "delete", afterMs: 1, isEarly: false },
  { what: "create", afterMs: 1, isEarly: true },
  { what: "follow", follower: 0, fails: null },
  { what: "follow", follower: 1, fails: null },
  { what: "follow", follower: 0, fails: 2 },
];
const BLOCK: Step = { what: "block", afterMs: 1, isEarly: false };
const UNBLOCK: Step = { what: "unblock", afterMs: 1, isEarly: false };
const FOLLOW: Step = { what: "follow", follower: 0, fails: null };
/** While the answer of a reconciliation is under way, what it says ends, and its event comes. */
const SLOW: readonly Step[] = [BLOCK, { what: "reconcile" }, UNBLOCK, FOLLOW, FOLLOW, { what: "answer" }];
const OF_LOST: readonly Step[] = [{ what: "reconcile" }, UNBLOCK, FOLLOW, { what: "answer" }];
/** A block ends in the instant in which it begins, and another one begins. */
const AT_ONCE: readonly Step[] = [
  BLOCK,
  { ...UNBLOCK, afterMs: 0 },
  FOLLOW,
  FOLLOW,
  { what: "ask", follower: 0, fails: null },
  { what: "answer" },
  { ...BLOCK, afterMs: 0 },
  FOLLOW,
];

const BOTH: readonly Step[] = [FOLLOW, { ...FOLLOW, follower: 1 }];
/** The same of two followers, which ask because of an event that does not say when. */
const SLOW_OF_BOTH: readonly Step[] = [
  { ...BLOCK, isUndated: true },
  ...BOTH,
  { what: "ask", follower: 0, fails: null },
  { what: "ask", follower: 1, fails: null },
  UNBLOCK,
  ...BOTH,
  { what: "answer" },
  { what: "answer" },
];

const LINKED_MS = BEGIN_MS - 3_600_000;

interface Cursor {
  readonly position: number;
  readonly eventAt: string | null;
  readonly questions: readonly Question[];
}

/** The identity provider, two followers of its events with one cursor, and readings of all subjects. */
class World {
  readonly #stores = new MemoryAdministration();
  readonly #log: (UserEvent & { readonly ms: number })[] = [];
  readonly #isToldFirst: boolean;
  #nowMs = BEGIN_MS;
  #user: { isBlocked: boolean; createdAt: Date } | "gone";
  #deletedMs: number | null = null;
  #cursor: Cursor = { position: 0, eventAt: null, questions: [] };
  readonly #read = [this.#cursor, this.#cursor];
  readonly #asking = [false, false];
  #reconciling = false;
  /** Answers that are under way. */
  readonly #answers: (() => void)[] = [];

  /** @param isToldFirst whether the user is blocked from the beginning, by an event that is lost */
  constructor(isToldFirst: boolean) {
    this.#isToldFirst = isToldFirst;
    this.#user = { isBlocked: isToldFirst, createdAt: new Date(LINKED_MS) };
    this.#stores.identities.storeNow = () => new Date(this.#nowMs);
  }

  #happens({ what, afterMs, isEarly, isUndated = false }: Happening): void {
    this.#nowMs += afterMs;
    const at = new Date(this.#nowMs);
    if ((what === "create") !== (this.#user === "gone")) return;
    const isBlocked =
      what === "block" || (what === "rename" && this.#user !== "gone" && this.#user.isBlocked);
    const createdAt = this.#user === "gone" ? at : this.#user.createdAt;
    this.#user = what === "delete" ? "gone" : { isBlocked, createdAt };
    if (what === "delete" && !isUndated) this.#deletedMs = this.#nowMs;
    const type = what === "delete" ? "deleted" : what === "create" ? "created" : "updated";
    const event = {
      type,
      subject: KEY.subject,
      at: isUndated ? null : at,
      isBlocked,
      ms: this.#nowMs,
    } as const;
    const isRead = this.#log.length <= Math.max(...this.#read.map(({ position }) => position));
    // In one instant the order says what was first.
    const isBefore = isEarly && !isRead && (this.#log.at(-1)?.ms ?? 0) < this.#nowMs;
    this.#log.splice(isBefore ? this.#log.length - 1 : this.#log.length, 0, event);
  }

  #ports(fails: number | null) {
    let calls = 0;
    const call = <T>(answer: () => T): T => {
      calls += 1;
      if (calls - 1 === fails) throw new Refusal("STORE_UNAVAILABLE", "of this test");
      return answer();
    };
    const { identities } = this.#stores;
    const { commit, backoff } = memoryTransactions(this.#stores);
    const ports = {
      identities: {
        ...linksOf(identities),
        storeNow: identities.storeNow,
        findFacts: async () => call(() => identities.findFacts(KEY)),
      },
      transactions: {
        backoff,
        commit: (changes: Parameters<typeof commit>[0]) => call(() => commit(changes, UNBOUNDED)),
      },
      now: () => new Date(this.#nowMs),
      users: {
        findUser: async () => {
          const user = call(() => this.#user);
          await new Promise<void>((resolve) => this.#answers.push(resolve));
          return user;
        },
      },
    };
    return { ports, call };
  }

  async #follow(follower: 0 | 1, fails: number | null): Promise<void> {
    const { ports, call } = this.#ports(fails);
    const { position, eventAt, questions } = this.#read[follower] ?? this.#cursor;
    const event = this.#log[position];
    if (event === undefined) return;
    const at = event.at?.toISOString() ?? eventAt;
    try {
      const isLate = eventAt !== null && at !== null && at < eventAt;
      const { question } = await applyUserEvent(event, { tenant: KEY.tenant, isLate }, ports, UNBOUNDED);
      call(() => {});
      this.#cursor = {
        position: position + 1,
        eventAt: eventAt !== null && eventAt > (at ?? "") ? eventAt : at,
        questions: question === null ? questions : [question],
      };
      this.#read[follower] = this.#cursor;
    } catch {
      this.#read[follower] = this.#cursor; // it begins again
    }
  }

  async #ask(follower: 0 | 1, fails: number | null): Promise<void> {
    const [question] = this.#read[follower]?.questions ?? [];
    if (question === undefined || this.#asking[follower]) return;
    this.#asking[follower] = true;
    const { ports } = this.#ports(fails);
    const answer = await answerQuestion(question, KEY.tenant, ports, UNBOUNDED).catch(() => null);
    this.#asking[follower] = false;
    const known = this.#read[follower];
    if (answer === null || known === undefined || known.questions[0] !== question) return;
    this.#read[follower] = { ...known, questions: answer.next === null ? [] : [answer.next] };
  }

  async #reconcile(): Promise<void> {
    if (this.#reconciling) return;
    this.#reconciling = true;
    const subjects = [{ subject: KEY.subject, linkedAt: new Date(LINKED_MS).toISOString() }];
    const reconciliations = {
      find: async () => null,
      save: async () => {},
      listSubjects: async () => ({ subjects, next: null }),
    };
    const begun = begunReconciliation({ tenant: KEY.tenant, lostAfter: null, at: new Date(this.#nowMs) });
    const how = {
      pace: async () => {},
      onFailure: async () => {},
      acceptsDeletions: true,
      onProgress: () => {},
    };
    await reconcile(begun, how, { ...this.#ports(null).ports, reconciliations }, UNBOUNDED);
    this.#reconciling = false;
  }

  async #do(step: Step): Promise<void> {
    if (step.what === "follow") await this.#follow(step.follower, step.fails);
    else if (step.what === "ask") void this.#ask(step.follower, step.fails);
    else if (step.what === "reconcile") void this.#reconcile();
    else if (step.what === "answer") this.#answers.shift()?.();
    else this.#happens(step);
    await setImmediate();
  }

  async wrong(steps: readonly Step[]): Promise<string | null> {
    for (const step of steps) await this.#do(step);
    for (let more = 0; more < 2 * this.#log.length; more += 1)
      await this.#follow(more < this.#log.length ? 0 : 1, null);
    if (this.#isToldFirst) await this.#do({ what: "reconcile" });
    const isOpen = () =>
      this.#answers.length > 0 || this.#reconciling || this.#read.some((each) => each.questions.length > 0);
    while (isOpen()) {
      for (const follower of [0, 1] as const) await this.#do({ what: "ask", follower, fails: null });
      await this.#do({ what: "answer" });
    }
    const facts = await this.#stores.identities.findFacts(KEY);
    const user = this.#user;
    const isOut = user === "gone" || user.isBlocked;
    if ((blockerOf(facts) !== null) !== isOut)
      return `blocked: ${!isOut}, but it is ${isOut} at the identity provider`;
    if (this.#log.every(({ type }) => type !== "deleted"))
      return facts?.notBefore ? "nobody was deleted" : null;
    const notBefore = facts?.notBefore ?? 0;
    if (notBefore < Math.floor((this.#deletedMs ?? 0) / 1_000)) return "a deletion is lost";
    const latestMs = user === "gone" ? this.#nowMs : user.createdAt.getTime();
    return notBefore > Math.floor(latestMs / 1_000) ? "tokens of the new user are refused" : null;
  }
}

it.each([false, true])(
  "says at last what the identity provider says, in any order, where followers fail and repeat and answers are slow: %s",
  async (isToldFirst) => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 16 }), async (steps: readonly Step[]) => {
      expect(await new World(isToldFirst).wrong(steps)).toBeNull();
    });
    const numRuns = Number(process.env.REVOCATION_HISTORIES ?? 150);
    const examples: [readonly Step[]][] = [[FAILS_BETWEEN], [SLOW], [OF_LOST], [AT_ONCE], [SLOW_OF_BOTH]];
    await fc.assert(property, { numRuns, examples });
  },
);
