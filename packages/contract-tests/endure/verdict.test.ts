import { expect, it } from "vitest";
import type { Answer } from "./exchange.ts";
import { createLedger, type Sender } from "./ledger.ts";
import { newPerson } from "./people.ts";
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
    stored: stored(),
    ...changed,
  };
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
])("%s", (_, seen, lines) => {
  expect(notHeld(seen)).toEqual(lines);
});
