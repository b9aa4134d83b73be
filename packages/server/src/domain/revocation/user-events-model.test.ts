import fc from "fast-check";
import { expect, it } from "vitest";
import { linksOf } from "../../memory/identities.ts";
import { memoryTransactions } from "../../memory/transactions.ts";
import { Refusal } from "../refusal.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { UNBOUNDED } from "../testing/people.ts";
import { blockerOf } from "./rule.ts";
import { applyUserEvent, type UserEvent } from "./user-events.ts";

const KEY = { tenant: "default", subject: "waad|jane" };
const BEGIN_MS = Date.UTC(2026, 10, 30, 12);

/** What happens: at the identity provider, or at one of two followers, whose work ends before the call with this number. */
type Step =
  | {
      readonly what: "block" | "unblock" | "delete" | "create" | "rename";
      readonly afterMs: number;
      readonly isEarly: boolean;
    }
  | { readonly what: "follow"; readonly follower: 0 | 1; readonly fails: number | null };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    what: fc.constantFrom("block", "unblock", "delete", "create", "rename"),
    afterMs: fc.constantFrom(1, 5, 2_000),
    isEarly: fc.boolean(),
  }),
  fc.record({
    what: fc.constant("follow" as const),
    follower: fc.constantFrom<0 | 1>(0, 1),
    fails: fc.option(fc.nat({ max: 5 })),
  }),
);

/** A follower fails between the block of a late deletion and the question whether it is over. */
const FAILS_BETWEEN: readonly Step[] = [
  { what: "delete", afterMs: 1, isEarly: false },
  { what: "create", afterMs: 1, isEarly: true },
  { what: "follow", follower: 0, fails: null },
  { what: "follow", follower: 1, fails: null },
  { what: "follow", follower: 0, fails: 2 },
];

/** The identity provider and two followers of its events, with one cursor. */
class World {
  readonly #stores = new MemoryAdministration();
  readonly #log: UserEvent[] = [];
  #nowMs = BEGIN_MS;
  #user: { isBlocked: boolean } | null = { isBlocked: false };
  #deletedMs: number | null = null;
  #cursor: { position: number; eventAt: string | null } = { position: 0, eventAt: null };
  readonly #read = [this.#cursor, this.#cursor];

  #happens({ what, afterMs, isEarly }: Extract<Step, { isEarly: boolean }>): void {
    this.#nowMs += afterMs;
    if ((what === "create") !== (this.#user === null)) return;
    const isBlocked = what === "block" || (what === "rename" && this.#user?.isBlocked === true);
    this.#user = what === "delete" ? null : { isBlocked };
    if (what === "delete") this.#deletedMs = this.#nowMs;
    const type = what === "delete" ? "deleted" : what === "create" ? "created" : "updated";
    const event = { type, subject: KEY.subject, at: new Date(this.#nowMs), isBlocked } as const;
    const isRead = this.#log.length <= Math.max(...this.#read.map(({ position }) => position));
    this.#log.splice(isEarly && !isRead ? this.#log.length - 1 : this.#log.length, 0, event);
  }

  async #follow(follower: 0 | 1, fails: number | null): Promise<void> {
    let calls = 0;
    const call = <T>(answer: () => T): T => {
      calls += 1;
      if (calls - 1 === fails) throw new Refusal("STORE_UNAVAILABLE", "of this test");
      return answer();
    };
    const { identities } = this.#stores;
    const { commit, backoff } = memoryTransactions(this.#stores);
    const ports = {
      identities: { ...linksOf(identities), findFacts: async () => call(() => identities.findFacts(KEY)) },
      transactions: {
        backoff,
        commit: (changes: Parameters<typeof commit>[0]) => call(() => commit(changes, UNBOUNDED)),
      },
      now: () => new Date(this.#nowMs),
      users: { findUser: async () => call(() => this.#user) },
    };
    const { position, eventAt } = this.#read[follower] ?? this.#cursor;
    const event = this.#log[position];
    if (event === undefined) return;
    const at = event.at.toISOString();
    try {
      await applyUserEvent(
        event,
        { tenant: KEY.tenant, isLate: eventAt !== null && at < eventAt },
        ports,
        UNBOUNDED,
      );
      call(() => {});
      this.#cursor = { position: position + 1, eventAt: eventAt !== null && eventAt > at ? eventAt : at };
      this.#read[follower] = this.#cursor;
    } catch {
      this.#read[follower] = this.#cursor; // it begins again
    }
  }

  async wrong(steps: readonly Step[]): Promise<string | null> {
    for (const step of steps) {
      if (step.what === "follow") await this.#follow(step.follower, step.fails);
      else this.#happens(step);
    }
    for (let more = 0; more < 2 * this.#log.length; more += 1)
      await this.#follow(more < this.#log.length ? 0 : 1, null);
    const facts = await this.#stores.identities.findFacts(KEY);
    const isOut = this.#user === null || this.#user.isBlocked;
    if ((blockerOf(facts) !== null) !== isOut)
      return `blocked: ${!isOut}, but it is ${isOut} at the identity provider`;
    const endedMs = this.#deletedMs ?? 0;
    return (facts?.notBefore ?? 0) === Math.floor(endedMs / 1_000) ? null : "a deletion is lost";
  }
}

it("says at last what the identity provider says, in any order, where followers fail and repeat", async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
    expect(await new World().wrong(steps)).toBeNull();
  });
  const numRuns = Number(process.env.REVOCATION_HISTORIES ?? 300);
  await fc.assert(property, { numRuns, examples: [[FAILS_BETWEEN]] });
});
