import { expect, it } from "vitest";
import { type Caller, type Change, type Outcome, standingsOf, violationOf } from "./rules.ts";

const REMOVED: Change = { to: "refused", beganMs: 1_000, settledMs: 6_000 };
const RESTORED: Change = { to: "valid", beganMs: 7_000, settledMs: 8_000 };
const SIGNED_OUT: Change = { to: "ended", beganMs: 10_000, settledMs: 15_000 };
const BLOCKED_AND_SIGNED_OUT = { changes: [REMOVED, RESTORED, SIGNED_OUT], foreign: false };
const PERSON: Caller = { changes: [], foreign: false };
const FORGER: Caller = { hostile: "forged signature" };

function outcome(status: number | null, changed: Partial<Outcome> = {}): Outcome {
  const letIn = status === 200;
  const statuses = status === null ? [] : [status];
  return { sentMs: 0, answeredMs: 5, statuses, letIn, aborted: false, ...changed };
}

it.each([
  ["before a change", 0, 999, [REMOVED], ["valid"]],
  ["answered after a change began", 0, 1_000, [REMOVED], ["valid", "refused"]],
  ["sent before a change is settled", 5_999, 6_010, [REMOVED], ["valid", "refused"]],
  ["sent after that", 6_000, 6_010, [REMOVED], ["refused"]],
  [
    "while the change is under way",
    9_000,
    9_010,
    [{ ...REMOVED, settledMs: Infinity }],
    ["valid", "refused"],
  ],
  ["during a change back", 6_500, 7_000, [REMOVED, RESTORED], ["refused", "valid"]],
  ["after a change back", 9_000, 9_010, [REMOVED, RESTORED], ["valid"]],
] as const)("a request %s", (_, sentMs, answeredMs, changes, standings) => {
  expect(standingsOf(changes, { sentMs, answeredMs })).toEqual(standings);
});

it.each([
  ["a person gets an identity", PERSON, outcome(200), null],
  ["a person gets 207, one call of it a 502", PERSON, outcome(200, { statuses: [200, 502] }), null],
  ["a person gets 207, one call of it a 401", PERSON, outcome(200, { statuses: [200, 401] }), "wrong answer"],
  ["a person gets 502", PERSON, outcome(502), null],
  ["a person gets 503", PERSON, outcome(503), null],
  ["a person gets 429", PERSON, outcome(429), "wrong answer"],
  ["a person gets 401", PERSON, outcome(401), "wrong answer"],
  ["a person gets 500", PERSON, outcome(500), "wrong answer"],
  ["a person gets no answer", PERSON, outcome(null), "not answered"],
  ["a person hangs up", PERSON, outcome(null, { aborted: true }), null],
  ["a person waits 3 s", PERSON, outcome(200, { answeredMs: 3_000 }), null],
  ["a person waits longer", PERSON, outcome(200, { answeredMs: 3_001 }), "answered late"],
  ["a person enters a foreign organization", { changes: [], foreign: true }, outcome(200), "let in wrongly"],
  [
    "a removed person gets an identity",
    { changes: [REMOVED], foreign: false },
    outcome(200, { sentMs: 6_000, answeredMs: 6_005 }),
    "let in wrongly",
  ],
  [
    "a removed person gets 403",
    { changes: [REMOVED], foreign: false },
    outcome(403, { sentMs: 6_000, answeredMs: 6_005 }),
    null,
  ],
  ...(
    [
      ["is let in once a block is lifted", 200, 9_000, null],
      ["is still refused then", 403, 9_000, "wrong answer"],
      ["is refused 5 s after a sign-out", 401, 15_000, null],
      ["is let in before that", 200, 14_999, null],
      ["is let in 5 s after a sign-out", 200, 15_000, "let in wrongly"],
      ["is refused as a person in place of the token", 403, 15_000, "wrong answer"],
    ] as const
  ).map(
    ([what, status, sentMs, violation]) =>
      [
        `somebody who was blocked and is signed out ${what}`,
        BLOCKED_AND_SIGNED_OUT,
        outcome(status, { sentMs, answeredMs: sentMs + 5 }),
        violation,
      ] as const,
  ),
  ["a forger gets an identity", FORGER, outcome(200), "let in wrongly"],
  ["a forger gets an identity and hangs up", FORGER, outcome(200, { aborted: true }), "let in wrongly"],
  ["a forger gets 200 without one", FORGER, outcome(200, { letIn: false }), "wrong answer"],
  ["a forger gets 401", FORGER, outcome(401), null],
  ["a forger gets 429", FORGER, outcome(429), null],
  ["a forger gets 503", FORGER, outcome(503), null],
  ["a forger gets 500", FORGER, outcome(500), "wrong answer"],
  ["a forger gets no answer", FORGER, outcome(null), "not answered"],
  ["a slow writer gets no answer", { hostile: "slow writer" }, outcome(null), null],
  ["a slow writer waits 10 s", { hostile: "slow writer" }, outcome(408, { answeredMs: 10_000 }), null],
] as const)("%s", (_, caller, seen, violation) => {
  expect(violationOf(caller, seen)).toBe(violation);
});
