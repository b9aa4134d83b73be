import { loginIdOf } from "@platform-api/server/domain";
import { STANDING_REASONS } from "@platform-api/server/wire";
import { isFinal, type Run } from "../../../apps/agentic-backend/src/run.ts";
import { ACME, claims } from "../../server/src/domain/testing/people.ts";
import { Facts, type Work } from "./facts.ts";
import { LOGINS } from "./platform.ts";

export const EVERY_MS = 5_000;
export const GRACE_MS = 60_000;
/** How long after its user's end a step may begin or be written, and the same where the feed is out. */
export const BOUND_MS = 8_000;
const BOUND_WITHOUT_FEED_MS = 12_000;
/** The feed is followed again so long after it was out. */
const FOLLOWED_MS = 2_000;
/** A question that was asked before an outage ended fails, and the next one is asked an interval later. */
export const AFTER_OUTAGE_MS = EVERY_MS + 4_000;

interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Judges what is stored of runs by what has happened. */
export class Judge {
  readonly facts = new Facts();
  /** Of platform-api. */
  readonly outages: Outage[] = [];
  readonly feedOutages: Outage[] = [];
  violation: string | null = null;
  /** For what a history has shown. */
  readonly counts: Record<string, number> = {};
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What is stored of a run at this moment. */
  committed(present: Run | null, next: Run): void {
    if (present === null) return;
    if (isFinal(present)) this.wrong(`a run that was ${present.status} became ${next.status}`, next);
    for (const [n, step] of present.steps.entries()) {
      const after = next.steps[n];
      const isSame = JSON.stringify(step) === JSON.stringify(after);
      if (after === undefined || isSame) continue;
      if (step.status === "done") this.wrong(`its step ${step.name}, which was done, changed`, next);
      else if (after.status === "running" || after.status === "done") this.#stepWritten(after, next);
    }
    if (next.status === "stopped") this.#stopped(next);
  }

  /** What must hold when everything works, and there was time enough. */
  ended(runs: readonly Run[]): void {
    for (const run of runs) {
      this.#count(run.status);
      if (!isFinal(run)) this.wrong(`it is ${run.status} in the end`, run);
    }
  }

  wrong(what: string, { subject, holder, rev }: Run): void {
    this.violation ??= `${what}: ${JSON.stringify({ subject, holder, rev })} at ${this.#now()}`;
  }

  #stepWritten({ name, status }: Run["steps"][number], run: Run): void {
    this.#count(`step ${status}`);
    const nowMs = this.#now();
    const sinceMs = this.facts.endedSince(workOf(run), nowMs);
    if (sinceMs === null) return;
    // Time in which nobody could know does not count, up to the grace.
    const unknownMs = Math.min(GRACE_MS + AFTER_OUTAGE_MS, overlapMs(this.outages, sinceMs, nowMs));
    const afterMs = nowMs - sinceMs - unknownMs;
    if (afterMs > this.#boundMs(sinceMs))
      this.wrong(`its step ${name} became ${status} ${afterMs} ms after its user's end`, run);
  }

  #stopped(run: Run): void {
    this.#count(`stopped: ${run.stopped}`);
    const nowMs = this.#now();
    const reason = STANDING_REASONS.find((each) => each === run.stopped);
    const fromMs = nowMs - this.#boundMs(nowMs - BOUND_WITHOUT_FEED_MS);
    const isRight =
      reason === undefined
        ? run.stopped === "STORE_UNAVAILABLE" && this.#isOutForGrace(nowMs)
        : this.facts.mayEnd(workOf(run), reason, [fromMs, nowMs]);
    if (!isRight) this.wrong(`it was stopped: ${run.stopped}`, run);
  }

  #boundMs(sinceMs: number): number {
    const isFeedOut = this.feedOutages.some(({ untilMs }) => untilMs + FOLLOWED_MS > sinceMs);
    return isFeedOut ? BOUND_WITHOUT_FEED_MS : BOUND_MS;
  }

  /** Whether there may have been no answer for as long as the grace, until now. */
  #isOutForGrace(nowMs: number): boolean {
    let unknownMs = nowMs - GRACE_MS + EVERY_MS;
    for (const { fromMs, untilMs } of this.outages)
      if (fromMs <= unknownMs) unknownMs = Math.max(unknownMs, untilMs + EVERY_MS);
    return unknownMs >= nowMs - EVERY_MS;
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

/** By their ids, which platform-api makes of them. */
const LOGIN_IDS = LOGINS.map(({ subject }) => loginIdOf({ tenant: claims().tenant, subject }));

export function subjectOf({ userId, subject, since }: Work): Run["subject"] {
  const loginId = LOGIN_IDS[LOGINS.findIndex((login) => login.subject === subject)] ?? null;
  return { userId, organizationId: ACME, since: new Date(since * 1_000).toISOString(), loginId };
}

export function workOf({ subject: { userId, since, loginId } }: Run): Work {
  const login = LOGINS.find((_, n) => LOGIN_IDS[n] === loginId);
  if (login === undefined) throw new Error(`no login of ${userId}`);
  return { ...login, since: Date.parse(since) / 1_000 };
}

/** How much of this time belongs to outages, or follows them at once. */
function overlapMs(outages: readonly Outage[], fromMs: number, untilMs: number): number {
  return outages.reduce((sum, outage) => {
    const end = Math.min(untilMs, outage.untilMs + AFTER_OUTAGE_MS);
    return sum + Math.max(0, end - Math.max(fromMs, outage.fromMs));
  }, 0);
}
