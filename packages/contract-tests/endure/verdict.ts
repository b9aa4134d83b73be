import { quantile } from "../bench/statistics.ts";
import { type Entry, successOf } from "./ledger.ts";
import type { Person } from "./people.ts";
import { mustBeLetIn, type Violation } from "./rules.ts";
import type { Run } from "./run.ts";
import { placesWrong, storedFor, writtenForRefused } from "./stored.ts";

/** A line of the final table. */
export interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit: "" | "%" | "MB" | "ms";
  readonly limit: { readonly is: number } | { readonly below: number } | { readonly atLeast: number };
  /** Whether it says what was answered and stored, and not how fast. */
  readonly isSafety: boolean;
  /** The first few cases. */
  readonly cases: readonly string[];
}

const SHOWN = 5;
const CASE_CHARACTERS = 200;
const RECOVERY_S = 5;

export function isHeld({ value, limit }: Line): boolean {
  if ("is" in limit) return value === limit.is;
  return "below" in limit ? value < limit.below : value >= limit.atLeast;
}

export function verdict(run: Run): Line[] {
  const { ledger, steady, ends, extraSockets } = run;
  const [before, after] = steady;
  const broken = ledger.broken();
  const none = (what: string, cases: readonly string[]): Line => ({
    what,
    value: cases.length,
    unit: "",
    limit: { is: 0 },
    isSafety: true,
    cases: cases.slice(0, SHOWN).map((each) => each.slice(0, CASE_CHARACTERS)),
  });
  const those = (violation: Violation, isHostile: boolean | null = null) =>
    broken
      .filter(({ entry }) => isHostile === null || "hostile" in entry.sender === isHostile)
      .filter((each) => each.violation === violation)
      .map(({ entry }) => described(entry));
  const recoveries = recoveriesOf(run);
  const worst = Math.min(100, ...recoveries.map(({ percent }) => percent));
  const number = (what: string, value: number, unit: Line["unit"], limit: Line["limit"]): Line => ({
    what,
    value,
    unit,
    limit,
    isSafety: false,
    cases: [],
  });
  const revoked = new Set(run.revoked);
  const ofRevoked = (violation: Violation) =>
    broken
      .filter(({ entry: { sender } }) => "person" in sender && revoked.has(sender.person))
      .filter((each) => each.violation === violation)
      .map(({ entry }) => described(entry));
  return [
    none("let in wrongly", those("let in wrongly")),
    none("let in from 5 s after a block or a sign-out is stored", ofRevoked("let in wrongly")),
    none("refused while nothing blocks, with a token of after the sign-out", ofRevoked("wrong answer")),
    none("blocked and signed out, but not seen in each state", unseen(run)),
    none("answers with a wrong UUID", wrongIds(run)),
    none("writes for refused requests", writesFor(run)),
    none("requests without an answer", those("not answered")),
    { ...none("answers after more than 3 s", those("answered late")), isSafety: false },
    none("valid requests answered otherwise than with 2xx, 502 or 503", those("wrong answer", false)),
    none("hostile requests answered otherwise than expected", those("wrong answer", true)),
    none("people without exactly one user, link and membership", placesWrong(run.stored, peopleOf(run))),
    {
      ...number("success of valid requests from 5 s after each fault", worst, "%", { atLeast: 99.9 }),
      cases: recoveries
        .filter(({ percent }) => percent < 100)
        .map(({ name, percent, failed }) => `${name}: ${percent.toFixed(2)} %, ${failed}`),
    },
    number("growth of memory", after.usedMb - before.usedMb, "MB", { below: 50 }),
    number("delay of the event loop, p99", Math.max(...ends.map(({ delayP99Ms }) => delayP99Ms)), "ms", {
      below: 50,
    }),
    number("sockets above the baseline", extraSockets, "", { is: 0 }),
    number(
      "unhandled rejections",
      ends.reduce((sum, end) => sum + end.unhandledRejections, 0),
      "",
      { is: 0 },
    ),
  ];
}

function described({ sender, sentMs, answeredMs, statuses, reason }: Entry): string {
  const who = "hostile" in sender ? sender.hostile : `${sender.person.email}, ${sender.call}`;
  const answer = statuses.length === 0 ? "no answer" : `${statuses} ${reason ?? ""}`.trim();
  return `${(sentMs / 1_000).toFixed(2)} s: ${who}: ${answer} after ${Math.round(answeredMs - sentMs)} ms`;
}

/** The directory decides who somebody is. */
function wrongIds({ ledger, stored }: Run): string[] {
  return ledger.entries.flatMap(({ sender, userIds }) => {
    if (!("person" in sender) || userIds.length === 0) return [];
    const ids = stored.users.get(sender.person.email) ?? [];
    return userIds.every((id) => ids.length === 1 && id === ids[0])
      ? []
      : [`${sender.person.email}: ${userIds}, not ${ids}`];
  });
}

function writesFor(run: Run): string[] {
  const { removed, removedBefore, stored } = run;
  const before = new Set(removedBefore);
  const changed = storedFor(stored.items, removed).filter((item) => !before.has(item));
  const refused = [...peopleOf(run)].filter(([, { isRefused }]) => isRefused).map(([person]) => person);
  return [...writtenForRefused(stored, refused), ...changed];
}

/** The tokens of revoked people that no answer showed in a state that they were in. */
function unseen({ ledger, revoked }: Run): string[] {
  return revoked.flatMap((person) => {
    const seen = ledger.seenOf(person);
    const missing = ["valid" as const, ...person.changes.map(({ to }) => to)].filter((to) => !seen.has(to));
    return missing.length === 0 ? [] : [`${person.email}: ${missing}`];
  });
}

interface Seen {
  /** Whether a request was answered with an identity while nothing was changed. */
  wasIn: boolean;
  /** Whether every request was refused for good. */
  isRefused: boolean;
}

function peopleOf({ ledger, removed }: Run): Map<Person, Seen> {
  const people = new Map<Person, Seen>();
  for (const entry of ledger.entries) {
    const { sender, letIn, statuses } = entry;
    if (!("person" in sender)) continue;
    const seen = people.get(sender.person) ?? { wasIn: false, isRefused: true };
    people.set(sender.person, seen);
    seen.wasIn ||= letIn && mustBeLetIn(sender.person.changes, entry);
    seen.isRefused &&= statuses.length > 0 && statuses.every((status) => status === 403);
  }
  for (const person of removed) people.delete(person);
  return people;
}

interface Recovery {
  readonly name: string;
  readonly percent: number;
  /** The first request that failed. */
  readonly failed: string;
}

/** The success of valid requests from 5 s after each fault that are answered before the next one. */
function recoveriesOf({ plan, ledger, restarts }: Run): Recovery[] {
  const faults = plan.phases
    .filter(({ fault }) => fault !== undefined)
    .map(({ name, fromS, toS }) => ({ name, fromS, toS }));
  const stops = restarts.map(([fromMs, toMs]) => ({
    name: "restart",
    fromS: fromMs / 1_000,
    toS: toMs / 1_000,
  }));
  const all = [...faults, ...stops];
  return all.flatMap(({ name, toS }) => {
    const fromS = toS + RECOVERY_S;
    if (all.some((other) => other.fromS < fromS && other.toS > toS)) return [];
    const next = Math.min(plan.seconds, ...all.map((other) => other.fromS).filter((start) => start >= fromS));
    // The next fault strikes requests that were sent before it and are not answered yet.
    const sent = ledger.entries.filter(
      (entry) => entry.sentMs >= fromS * 1_000 && entry.answeredMs < next * 1_000,
    );
    const failures = sent.filter((entry) => successOf(entry) === false);
    const count = sent.filter((entry) => successOf(entry) !== null).length;
    const [first] = failures;
    const failed = first === undefined ? "" : `first ${described(first)}`;
    return count === 0 ? [] : [{ name, percent: 100 * (1 - failures.length / count), failed }];
  });
}

/** How punctual the load itself was, in milliseconds. */
export function lateness({ lateMs }: Run): { p50Ms: number; p99Ms: number; maxMs: number } {
  return { p50Ms: quantile(0.5, lateMs), p99Ms: quantile(0.99, lateMs), maxMs: quantile(1, lateMs) };
}
