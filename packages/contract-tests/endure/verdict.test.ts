import { expect, it } from "vitest";
import type { Answer } from "./exchange.ts";
import { createLedger, type Sender } from "./ledger.ts";
import { newPerson, type Person } from "./people.ts";
import type { Run } from "./run.ts";
import { isHeld, verdict } from "./verdict.ts";

const ID = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const OTHER_ID = "9d1f6f0a-1f0e-4c57-8a55-0123456789ab";
const MEASURED = { usedMb: 100, delayP99Ms: 5, sockets: 0, unhandledRejections: 0 };
const jane = newPerson("regular");
const leaver = newPerson("leaver");
const JANE: Sender = { person: jane, call: "validate", isFirst: true };

const places = [
  { type: "link", subject: jane.subject, email: jane.email },
  { type: "membership", userId: ID, organizationId: jane.organization, email: jane.email },
];
const stored = (...more: readonly object[]) => ({
  items: [...places, ...more].map((item) => ({ ...item })),
  users: new Map([[jane.email, [ID]]]),
});
const answer = (status: number, userId?: string): Answer => ({
  statuses: [status],
  aborted: false,
  body: userId === undefined ? "" : `{"userId":"${userId}"}`,
});

/** A run of 20 s with a fault in its first second, and one request at its end. */
function run(sender: Sender, got: Answer, changed: Partial<Run> = {}): Run {
  const ledger = createLedger(() => 10_000);
  for (const [who, what] of [
    [JANE, answer(200, ID)],
    [sender, got],
  ] as const)
    ledger.sent(who)(what);
  const fault = { name: "fault", fromS: 0, toS: 1, fault: ["store", () => {}] } as const;
  return {
    plan: { seconds: 20, rate: 1, races: 0, callersOfRace: 0, warmS: 0, phases: [fault] },
    ledger,
    lateMs: [0],
    memoryMb: [100],
    restarts: [],
    extraSockets: 0,
    steady: [MEASURED, MEASURED],
    ends: [MEASURED],
    removed: [leaver],
    removedBefore: [],
    revoked: [],
    stored: stored(),
    ...changed,
  };
}

/** The token of somebody who is blocked, unblocked and signed out, and the one after it. */
const BLOCKED: Person = {
  ...jane,
  changes: [
    { to: "refused", beganMs: 1_000, settledMs: 6_000 },
    { to: "valid", beganMs: 8_000, settledMs: 8_100 },
    { to: "ended", beganMs: 9_000, settledMs: 14_000 },
  ],
};
const LATER: Person = { ...jane, changes: [] };

type Asked = readonly [person: Person, atMs: number, status: number];

const AS_IT_MUST_BE: readonly Asked[] = [
  [BLOCKED, 500, 200],
  [BLOCKED, 5_999, 200],
  [BLOCKED, 6_000, 403],
  [BLOCKED, 8_100, 200],
  [BLOCKED, 13_999, 200],
  [BLOCKED, 14_000, 401],
  [LATER, 14_000, 200],
];

function runOf(asked: readonly Asked[]): Run {
  let nowMs = 0;
  const ledger = createLedger(() => nowMs);
  for (const [person, atMs, status] of asked) {
    nowMs = atMs;
    ledger.sent({ person, call: "validate", isFirst: false })(
      answer(status, status === 200 ? ID : undefined),
    );
  }
  return run(JANE, answer(200, ID), { ledger, revoked: [BLOCKED, LATER] });
}

const notHeld = (seen: Run) =>
  verdict(seen)
    .filter((line) => !isHeld(line))
    .map(({ what }) => what);

it.each([
  ["everything is as it must be", run(JANE, answer(200, ID)), []],
  ["a forger is let in", run({ hostile: "alg none" }, answer(200, ID)), ["let in wrongly"]],
  [
    "a forger gets 500",
    run({ hostile: "alg none" }, answer(500)),
    ["hostile requests answered otherwise than expected"],
  ],
  ["somebody gets another UUID", run(JANE, answer(200, OTHER_ID)), ["answers with a wrong UUID"]],
  [
    "somebody gets 503 after a fault",
    run(JANE, answer(503)),
    ["success of valid requests from 5 s after each fault"],
  ],
  [
    "somebody gets 401",
    run(JANE, answer(401)),
    [
      "valid requests answered otherwise than with 2xx, 502 or 503",
      "success of valid requests from 5 s after each fault",
    ],
  ],
  [
    "a link of a forger is stored",
    run(JANE, answer(200, ID), { stored: stored({ type: "link", subject: "waad|mallory-7" }) }),
    ["writes for refused requests"],
  ],
  [
    "a forger is audited",
    run(JANE, answer(200, ID), { stored: stored({ type: "audit-entry", subject: "waad|mallory-7" }) }),
    [],
  ],
  [
    "a removed member is stored otherwise than before",
    run(JANE, answer(200, ID), { stored: stored({ type: "membership", email: leaver.email }) }),
    ["writes for refused requests"],
  ],
  [
    "a removed member is in a list of refusals",
    run(JANE, answer(200, ID), { stored: stored({ type: "refusal", email: leaver.email }) }),
    [],
  ],
  [
    "a forger is in a list of refusals",
    run(JANE, answer(200, ID), { stored: stored({ type: "refusal", email: "mallory-7@acme.example" }) }),
    ["writes for refused requests"],
  ],
  [
    "somebody has two memberships",
    run(JANE, answer(200, ID), { stored: stored(...places.slice(1)) }),
    ["people without exactly one user, link and membership"],
  ],
  [
    "a process rejects unhandled",
    run(JANE, answer(200, ID), { ends: [{ ...MEASURED, unhandledRejections: 1 }] }),
    ["unhandled rejections"],
  ],
  [
    "a process grows",
    run(JANE, answer(200, ID), { steady: [MEASURED, { ...MEASURED, usedMb: 150 }] }),
    ["growth of memory"],
  ],
  ["somebody is blocked, unblocked and signed out as it must be", runOf(AS_IT_MUST_BE), []],
  [
    "somebody is let in 5 s after a block",
    runOf([...AS_IT_MUST_BE, [BLOCKED, 7_000, 200]]),
    ["let in wrongly", "let in from 5 s after a block or a sign-out is stored"],
  ],
  [
    "somebody is let in 5 s after the sign-out",
    runOf([...AS_IT_MUST_BE, [BLOCKED, 19_000, 200]]),
    ["let in wrongly", "let in from 5 s after a block or a sign-out is stored"],
  ],
  [
    "somebody is refused with a token of after the sign-out",
    runOf([...AS_IT_MUST_BE, [LATER, 15_000, 401]]),
    [
      "refused while nothing blocks, with a token of after the sign-out",
      "valid requests answered otherwise than with 2xx, 502 or 503",
      "success of valid requests from 5 s after each fault",
    ],
  ],
  [
    "nobody asks while the block holds",
    runOf(AS_IT_MUST_BE.filter(([, , status]) => status !== 403)),
    ["blocked and signed out, but not seen in each state"],
  ],
  [
    "nobody asks about the later token",
    runOf(AS_IT_MUST_BE.filter(([person]) => person !== LATER)),
    ["blocked and signed out, but not seen in each state"],
  ],
])("%s", (_, seen, lines) => {
  expect(notHeld(seen)).toEqual(lines);
});
