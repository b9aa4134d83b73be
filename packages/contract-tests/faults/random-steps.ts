import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { Fault } from "../simulator/fault-proxy.ts";
import {
  conflict,
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
} from "../simulator/faults.ts";
import type { FaultyStack } from "../simulator/faulty-stack.ts";
import { ANNEX, FORGE, type Person } from "../simulator/forge.ts";
import type { Server } from "../simulator/stack.ts";
import { type Answer, ask, type Call } from "./answer.ts";

const AVAILABLE = "available";
const STATES = {
  directory: {
    [AVAILABLE]: pass,
    slow: slow(30),
    500: FAULTS[500],
    hang,
    reset,
    resetAfterCommit,
    noUuid: RECORD_FAULTS["not a UUID"],
    someoneElse: RECORD_FAULTS["someone else's record"],
  },
  store: {
    [AVAILABLE]: pass,
    500: FAULTS[500],
    throttle: STORE_FAULTS.throttle,
    hang,
    reset,
    resetAfterCommit,
    readsFail: only(does("GetItem"), FAULTS[500]),
    writesHang: only(writes, hang),
    writesUnheard: only(writes, resetAfterCommit),
    conflict,
  },
} as const satisfies Record<string, Record<string, Fault>>;

type Upstream = keyof typeof STATES;

const call = fc.record({
  step: fc.constant("call" as const),
  call: fc.constantFrom<Call>("validate", "check", "me", "join", "org.join"),
  by: fc.constantFrom<keyof Person["tokens"]>("password", "code", "okta", "entra", "rival"),
  at: fc.constantFrom<0 | 1>(0, 1),
  /** Whether the next step waits for the answer, or the caller hangs up. */
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

/** Recovers the upstream half of the time, because otherwise no call would succeed. */
function change<U extends Upstream>(upstream: U) {
  return fc.record({
    step: fc.constant("change" as const),
    upstream: fc.constant(upstream),
    state: fc.oneof(fc.constant(AVAILABLE), fc.constantFrom(...Object.keys(STATES[upstream]))),
  });
}

const step = fc.oneof(
  { weight: 10, arbitrary: call },
  { weight: 3, arbitrary: change("directory") },
  { weight: 3, arbitrary: change("store") },
  { weight: 2, arbitrary: removal },
  { weight: 1, arbitrary: pause },
);

/** Any sequence of calls, faults and operator actions for one user. */
export const randomSteps = fc.array(step, { minLength: 10, maxLength: 30, size: "max" });

export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What the steps led to. */
export interface StepsResult {
  readonly answers: readonly Answer[];
  /** The organizations from which the user was removed as a member. */
  readonly removedFrom: ReadonlySet<string>;
}

export interface StepsContext {
  readonly faulty: FaultyStack;
  /** Two processes with equal settings. */
  readonly servers: readonly [Server, Server];
  readonly person: Person;
  /** Removes the user as an operator would. Returns false if the user was not a member. */
  readonly remove: (organizationId: string) => Promise<boolean>;
}

/** Performs the steps, then ends all faults and waits until no request is pending. */
export async function runSteps(steps: readonly Step[], context: StepsContext): Promise<StepsResult> {
  const { faulty, servers, person, remove } = context;
  const pending: Promise<Answer | null>[] = [];
  const removedFrom = new Set<string>();

  async function take(next: Step): Promise<unknown> {
    switch (next.step) {
      case "call": {
        const { until } = next;
        const signal = typeof until === "object" ? AbortSignal.timeout(until.hangUpAfterMs) : null;
        const answer = ask(servers[next.at], next.call, person.tokens[next.by], signal);
        pending.push(signal === null ? answer : answer.catch(() => null));
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
  const answers = (await Promise.all(pending)).filter((answer) => answer !== null);
  while (faulty.directory.pending + faulty.store.pending > 0) await sleep(10);
  return { answers, removedFrom };
}
