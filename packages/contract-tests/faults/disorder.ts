import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { Server } from "../platform/stack.ts";
import { type Answer, ask, type Call } from "./answer.ts";
import type { Fault } from "./fault-proxy.ts";
import {
  does,
  FAULTS,
  hang,
  only,
  pass,
  RECORD_FAULTS,
  reset,
  resetAfterCommit,
  STORE_FAULTS,
  slow,
  writes,
} from "./faults.ts";
import type { FaultyStack } from "./faulty-stack.ts";
import { ANNEX, FORGE, type Person } from "./forge.ts";

const WELL = "well";
const STATES = {
  directory: {
    [WELL]: pass,
    slow: slow(30),
    500: FAULTS[500],
    hang,
    reset,
    resetAfterCommit,
    noUuid: RECORD_FAULTS["not a UUID"],
    someoneElse: RECORD_FAULTS["someone else's record"],
  },
  store: {
    [WELL]: pass,
    500: FAULTS[500],
    throttle: STORE_FAULTS.throttle,
    hang,
    reset,
    resetAfterCommit,
    readsFail: only(does("GetItem"), FAULTS[500]),
    writesHang: only(writes, hang),
    writesUnheard: only(writes, resetAfterCommit),
  },
} as const satisfies Record<string, Record<string, Fault>>;

type Upstream = keyof typeof STATES;

const call = fc.record({
  step: fc.constant("call" as const),
  call: fc.constantFrom<Call>("validate", "check", "me", "join"),
  by: fc.constantFrom<keyof Person["tokens"]>("password", "code", "okta", "entra", "rival"),
  at: fc.constantFrom<0 | 1>(0, 1),
  /** What follows waits for the answer, or does not; or the caller hangs up. */
  until: fc.oneof(
    { weight: 2, arbitrary: fc.constant("answered" as const) },
    { weight: 2, arbitrary: fc.constant("sent" as const) },
    { weight: 1, arbitrary: fc.record({ hangUpAfterMs: fc.nat(40) }) },
  ),
});
const removal = fc.record({
  step: fc.constant("remove" as const),
  from: fc.constantFrom(FORGE, ANNEX),
});
const pause = fc.record({ step: fc.constant("pause" as const), ms: fc.nat(40) });

/** Well again half of the time: otherwise nobody would get anywhere. */
function change<U extends Upstream>(upstream: U) {
  return fc.record({
    step: fc.constant("change" as const),
    upstream: fc.constant(upstream),
    state: fc.oneof(fc.constant(WELL), fc.constantFrom(...Object.keys(STATES[upstream]))),
  });
}

const step = fc.oneof(
  { weight: 10, arbitrary: call },
  { weight: 3, arbitrary: change("directory") },
  { weight: 3, arbitrary: change("store") },
  { weight: 2, arbitrary: removal },
  { weight: 1, arbitrary: pause },
);

/** Any interleaving and repetition of all that may happen to one person. */
export const disorder = fc.array(step, { minLength: 10, maxLength: 30, size: "max" });

export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What was seen of it. */
export interface Aftermath {
  readonly answers: readonly Answer[];
  /** The organizations from which the person was a member and has been removed. */
  readonly removedFrom: ReadonlySet<string>;
}

export interface Scene {
  readonly faulty: FaultyStack;
  /** Two equal processes. */
  readonly servers: readonly [Server, Server];
  readonly person: Person;
  /** Removes the person as operators do; false where they were no member. */
  readonly remove: (organizationId: string) => Promise<boolean>;
}

/** Lets it all happen, then makes everything well and waits until nothing is under way. */
export async function unleash(steps: readonly Step[], scene: Scene): Promise<Aftermath> {
  const { faulty, servers, person, remove } = scene;
  const underWay: Promise<Answer | null>[] = [];
  const removedFrom = new Set<string>();

  async function take(next: Step): Promise<unknown> {
    switch (next.step) {
      case "call": {
        const { until } = next;
        const signal = typeof until === "object" ? AbortSignal.timeout(until.hangUpAfterMs) : null;
        const answer = ask(servers[next.at], next.call, person.tokens[next.by], signal);
        underWay.push(signal === null ? answer : answer.catch(() => null));
        return until === "answered" ? answer : undefined;
      }
      case "change": {
        const states: Readonly<Record<string, Fault>> = STATES[next.upstream];
        faulty[next.upstream].fault = states[next.state] ?? pass;
        return;
      }
      case "remove":
        if (await remove(next.from)) removedFrom.add(next.from);
        return;
      case "pause":
        return sleep(next.ms);
    }
  }

  for (const next of steps) await take(next);
  faulty.directory.fault = pass;
  faulty.store.fault = pass;
  const answers = (await Promise.all(underWay)).filter((answer) => answer !== null);
  while (faulty.directory.pending + faulty.store.pending > 0) await sleep(10);
  return { answers, removedFrom };
}
