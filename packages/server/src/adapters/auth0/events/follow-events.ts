import { randomInt } from "node:crypto";
import {
  abortable,
  applyUserEvent,
  type EventCursor,
  type EventCursors,
  type Reconciliation,
  type Reconciliations,
  reconcile,
  type SubjectEvent,
  sleep,
  TooManyDeletions,
  type UserEvent,
  type UserEventPorts,
  within,
} from "../../../domain/index.ts";
import { ManagementError } from "../management-error.ts";
import type { EventSource } from "./event-source.ts";
import { EventsLost, type StreamMessage } from "./event-stream.ts";

/** What there is to tell about following. Nothing in it says who. */
export type FollowReport =
  | { readonly what: "connecting"; readonly since: string }
  | { readonly what: "changed"; readonly change: SubjectEvent["change"]; readonly ageMs: number }
  | { readonly what: "unreadable" }
  | { readonly what: "lost"; readonly since: string }
  | { readonly what: "failed"; readonly cause: unknown; readonly pauseMs: number }
  | { readonly what: "reconciling"; readonly state: Reconciliation };

export interface FollowOptions {
  readonly tenant: string;
  readonly source: EventSource;
  readonly ports: UserEventPorts & { readonly reconciliations: Reconciliations };
  readonly cursors: EventCursors;
  /** An operator has said that those who are gone were deleted, however many they are. */
  readonly acceptsDeletions: boolean;
  /** Must not throw. */
  readonly report: (report: FollowReport) => void;
  /** Between two questions of a reconciliation. Default: 200. */
  readonly paceMs?: number;
  /** The longest pause after a failure. Default: 30,000. */
  readonly maxPauseMs?: number;
}

/** How far before the last stored event the stream begins where it cannot continue: events may be late. */
const OVERLAP_MS = 300_000;
/** How often it is stored at least that the stream lives. */
const SAVED_EVERY_MS = 15_000;
const FIRST_PAUSE_MS = 250;
/** For one question, all of its attempts included. */
const QUESTION_MS = 15_000;
/** No pause helps against these: Auth0 does not accept the client, or lacks a grant of it. */
const FATAL_STATUSES = [401, 403];

/**
 * Follows the events of a tenant until `signal` aborts. Any number may follow the same: what they store is the same.
 * @throws {TooManyDeletions | ManagementError} what somebody has to decide, or to set right
 */
export async function followEvents(given: FollowOptions, signal: AbortSignal): Promise<void> {
  const { users } = given.ports;
  // Each question has a signal of its own: calls with the same one share their time.
  const findUser = (subject: string, limit: AbortSignal) =>
    within(QUESTION_MS, limit, (own) => users.findUser(subject, own));
  const options = { ...given, ports: { ...given.ports, users: { findUser } } };
  const end = new AbortController();
  const onAbort = () => end.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const pending = new Alarm();
  try {
    const work = [followStream(options, pending, end.signal), makeUp(options, pending, end.signal)];
    await Promise.all(work).catch((error: unknown) => {
      end.abort();
      return Promise.allSettled(work).then(() => {
        if (!signal.aborted) throw error;
      });
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Repeats `work`, which ends or fails, with pauses that grow while it only fails. It never returns. */
async function repeat(
  { report, maxPauseMs = 30_000 }: FollowOptions,
  work: (worked: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<never> {
  for (let failures = 0; ; ) {
    let atLeastMs = 0;
    try {
      await work(() => {
        failures = 0;
      });
    } catch (error) {
      signal.throwIfAborted();
      if (isFatal(error)) throw error;
      failures += 1;
      atLeastMs = error instanceof ManagementError ? (error.retryAfterMs ?? 0) : 0;
      const longestMs = Math.min(maxPauseMs, FIRST_PAUSE_MS * 2 ** failures);
      atLeastMs = Math.max(atLeastMs, randomInt(Math.ceil(longestMs / 2), longestMs + 1));
      report({ what: "failed", cause: error, pauseMs: atLeastMs });
    }
    await sleep(Math.max(atLeastMs, randomInt(Math.min(FIRST_PAUSE_MS, maxPauseMs) + 1)), signal);
  }
}

/** Where the stream begins, in place of an event that it does not continue from. */
interface Restart {
  readonly offset: string | null;
  readonly since: Date;
}

async function followStream(options: FollowOptions, pending: Alarm, signal: AbortSignal): Promise<never> {
  const { tenant, source, ports, cursors, report } = options;
  const { identities } = ports;
  let cursor: EventCursor | null = null;
  let restart: Restart | null = null;

  async function begin(): Promise<EventCursor> {
    const found = await cursors.find(tenant, signal);
    if (found !== null) return found;
    const until = identities.storeNow().toISOString();
    const first = { tenant, offset: null, eventAt: null, until, reconnects: 0 };
    await cursors.save(first, signal);
    return first;
  }

  async function apply(event: UserEvent, before: string | null): Promise<void> {
    const isLate = before !== null && event.at.toISOString() < before;
    const change = await applyUserEvent(event, { tenant, isLate }, ports, signal);
    const ageMs = Math.max(0, identities.storeNow().getTime() - event.at.getTime());
    if (change !== null) report({ what: "changed", change, ageMs });
  }

  /** Stores how far it has come after the effects of all that is before it. */
  async function handle(messages: readonly StreamMessage[], known: EventCursor): Promise<EventCursor> {
    let { offset, eventAt, until } = known;
    for (const message of messages) {
      if (message.kind === "event") {
        await apply(message.event, eventAt);
        eventAt = latest(eventAt, message.event.at);
        until = latest(until, message.event.at);
      } else if (message.kind === "unreadable") report({ what: "unreadable" });
      else until = latest(until, identities.storeNow());
      if (message.kind !== "alive") offset = message.offset ?? offset;
    }
    const isDue = Date.parse(until) - Date.parse(known.until) >= SAVED_EVERY_MS;
    if (offset === known.offset && !isDue) return known;
    const next = { ...known, offset, eventAt, until };
    await cursors.save(next, signal);
    return next;
  }

  /** Events are lost: all known subjects have to be read, unless that goes on already. */
  async function lose({ offset, until }: EventCursor): Promise<void> {
    const isTooOld = restart?.offset === offset || offset === null;
    const since = isTooOld ? identities.storeNow() : new Date(Date.parse(until) - OVERLAP_MS);
    const known = await ports.reconciliations.find(tenant, signal);
    if (known === null || known.endedAt !== null || known.lostAfter !== offset) {
      const begun = { tenant, lostAfter: offset, after: null, read: 0, gone: 0, endedAt: null };
      await ports.reconciliations.save(begun, signal);
    }
    restart = { offset, since };
    pending.ring();
    report({ what: "lost", since: since.toISOString() });
  }

  return repeat(
    options,
    async (worked) => {
      cursor = cursor === null ? await begin() : { ...cursor, reconnects: cursor.reconnects + 1 };
      const { offset, until } = cursor;
      const position =
        restart?.offset === offset || offset === null
          ? { since: restart?.since ?? new Date(Date.parse(until) - OVERLAP_MS) }
          : { offset };
      report({ what: "connecting", since: until });
      try {
        for await (const messages of source.open(position, signal)) {
          cursor = await handle(messages, cursor);
          worked();
        }
      } catch (error) {
        if (error instanceof EventsLost) await lose(cursor);
        throw error;
      }
    },
    signal,
  );
}

/** Reads all known subjects where events were lost, also when a former process has begun to. */
async function makeUp(options: FollowOptions, pending: Alarm, signal: AbortSignal): Promise<never> {
  const { tenant, ports, acceptsDeletions, report, paceMs = 200 } = options;
  const pace = (limit: AbortSignal) => sleep(paceMs, limit);
  const onProgress = (state: Reconciliation) => report({ what: "reconciling", state });
  return repeat(
    options,
    async (worked) => {
      const run = pending.next();
      const begun = await ports.reconciliations.find(tenant, signal);
      if (begun !== null && begun.endedAt === null) {
        onProgress(begun);
        const limit = AbortSignal.any([signal, run.signal]);
        const progress = (state: Reconciliation) => {
          worked();
          onProgress(state);
        };
        await reconcile(begun, { pace, acceptsDeletions, onProgress: progress }, ports, limit).catch(
          (error: unknown) => {
            if (!run.signal.aborted) throw error;
          },
        );
      }
      if (!run.signal.aborted) await abortable(run.rung, signal);
    },
    signal,
  );
}

/** Tells the one that waits, and ends what it does. */
class Alarm {
  #run = new AbortController();

  ring(): void {
    this.#run.abort();
  }

  /** Until the next ring. */
  next(): { readonly signal: AbortSignal; readonly rung: Promise<void> } {
    this.#run = new AbortController();
    const { signal } = this.#run;
    const rung = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    return { signal, rung };
  }
}

function latest(known: string | null, at: Date): string {
  const time = at.toISOString();
  return known !== null && known > time ? known : time;
}

function isFatal(error: unknown): boolean {
  if (error instanceof TooManyDeletions) return true;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ManagementError && FATAL_STATUSES.includes(cause.status ?? 0)) return true;
  return false;
}
