import {
  abortable,
  answerQuestion,
  applyUserEvent,
  begunReconciliation,
  type EventCursor,
  type EventCursors,
  type Question,
  type Reconciliation,
  type Reconciliations,
  reconcile,
  type SubjectEvent,
  sleep,
  type UserEvent,
  type UserEventPorts,
  within,
} from "../../../domain/index.ts";
import type { EventSource } from "./event-source.ts";
import { EventsLost, type StreamMessage } from "./event-stream.ts";
import { OpenQuestions } from "./open-questions.ts";
import { type Patience, pauseAfter, repeat } from "./patience.ts";

/** What there is to tell about following. Nothing in it says who. */
export type FollowReport =
  | { readonly what: "connecting"; readonly since: string }
  /** `ageMs` null where the time of the event is not known. */
  | { readonly what: "changed"; readonly change: SubjectEvent["change"]; readonly ageMs: number | null }
  /** An event that is not as Auth0 documents it. */
  | { readonly what: "unreadable" }
  /** An event about an id that Auth0 does not take for one. */
  | { readonly what: "unaskable" }
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
  /** Until somebody who is still blocked is asked for again the first time. Default: 2,000. */
  readonly againMs?: number;
}

/** How far before the last stored event the stream begins where it cannot continue: events may be late. */
const OVERLAP_MS = 300_000;
/** How often it is stored at least that the stream lives. */
const SAVED_EVERY_MS = 15_000;
/** For one question, all of its attempts included. */
const QUESTION_MS = 15_000;
const MAX_PAUSE_MS = 30_000;
const AGAIN_MS = 2_000;

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
  const questions = new OpenQuestions(given.againMs ?? AGAIN_MS);
  const end = new AbortController();
  const onAbort = () => end.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const pending = new Alarm();
  try {
    const work = [
      followStream(options, { pending, questions }, end.signal),
      answerQuestions(options, questions, end.signal),
      makeUp(options, pending, end.signal),
    ];
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

/** Where the stream begins, in place of an event that it does not continue from. */
interface Restart {
  readonly offset: string | null;
  readonly since: Date;
}

async function followStream(
  options: FollowOptions,
  { pending, questions }: { readonly pending: Alarm; readonly questions: OpenQuestions },
  signal: AbortSignal,
): Promise<never> {
  const { tenant, source, ports, cursors, report } = options;
  const { identities } = ports;
  let cursor: EventCursor | null = null;
  let restart: Restart | null = null;

  async function begin(): Promise<EventCursor> {
    const found = await cursors.find(tenant, signal);
    for (const question of found?.questions ?? []) questions.add(question);
    if (found !== null) return found;
    const until = identities.storeNow().toISOString();
    const none = { offset: null, eventAt: null, questions: [], reconnects: 0, unreadable: 0 };
    const first = { tenant, until, ...none };
    await cursors.save(first, signal);
    return first;
  }

  async function apply(event: UserEvent, before: string | null): Promise<void> {
    await questions.room(signal);
    const isLate = before !== null && event.at !== null && event.at.toISOString() < before;
    const { change, question } = await applyUserEvent(event, { tenant, isLate }, ports, signal);
    if (question !== null) questions.add(question);
    if (change !== null) report({ what: "changed", change, ageMs: ageOf(event.at, ports) });
  }

  /** Stores how far it has come after the effects of all that is before it, and with what is still to be asked for. */
  async function handle(messages: readonly StreamMessage[], known: EventCursor): Promise<EventCursor> {
    let { offset, eventAt, until, unreadable } = known;
    for (const message of messages) {
      if (!isReadable(message)) {
        report({ what: "unreadable" });
        unreadable += 1;
      }
      if (message.kind === "event") {
        const { at } = message.event;
        await apply(message.event, eventAt);
        if (at !== null) [eventAt, until] = [latest(eventAt, at), latest(until, at)];
      } else if (message.kind !== "unreadable") until = latest(until, identities.storeNow());
      if (message.kind !== "alive") offset = message.offset ?? offset;
    }
    const isDue = Date.parse(until) - Date.parse(known.until) >= SAVED_EVERY_MS;
    if (offset === known.offset && !isDue) return known;
    const next = { ...known, offset, eventAt, until, questions: questions.list(), unreadable };
    await cursors.save(next, signal);
    return next;
  }

  /** Events are lost: all known subjects have to be read, unless that goes on already. */
  async function lose({ offset, until }: EventCursor): Promise<void> {
    const isTooOld = restart?.offset === offset || offset === null;
    const since = isTooOld ? identities.storeNow() : new Date(Date.parse(until) - OVERLAP_MS);
    const known = await ports.reconciliations.find(tenant, signal);
    if (known === null || known.isEnded || known.lostAfter !== offset) {
      const begun = begunReconciliation({ tenant, lostAfter: offset, at: identities.storeNow() });
      await ports.reconciliations.save(begun, signal);
    }
    restart = { offset, since };
    pending.ring();
    report({ what: "lost", since: since.toISOString() });
  }

  return repeat(
    patienceOf(options),
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

/** Asks what events have left open, also those of a former process. */
function answerQuestions(
  options: FollowOptions,
  questions: OpenQuestions,
  signal: AbortSignal,
): Promise<never> {
  const { tenant, ports, report } = options;
  const ask = async (question: Question) => {
    const { is, change, next } = await answerQuestion(question, tenant, ports, signal);
    const at = question.at === null ? null : new Date(question.at);
    if (change !== null) report({ what: "changed", change, ageMs: ageOf(at, ports) });
    if (is === "unaskable") report({ what: "unaskable" });
    return next;
  };
  return questions.answer(ask, patienceOf(options), signal);
}

/** Reads all known subjects where events were lost, also when a former process has begun to. */
async function makeUp(options: FollowOptions, pending: Alarm, signal: AbortSignal): Promise<never> {
  const { tenant, ports, acceptsDeletions, report, paceMs = 200 } = options;
  const pace = (limit: AbortSignal) => sleep(paceMs, limit);
  const onProgress = (state: Reconciliation) => report({ what: "reconciling", state });
  const patience = patienceOf(options);
  let failures = 0;
  const findUser = async (subject: string, limit: AbortSignal) => {
    const user = await ports.users.findUser(subject, limit);
    failures = 0;
    return user;
  };
  const onFailure = async (error: unknown, limit: AbortSignal) => {
    failures += 1;
    await sleep(pauseAfter(error, failures, patience), limit);
  };
  return repeat(
    patienceOf(options),
    async (worked) => {
      const run = pending.next();
      const begun = await ports.reconciliations.find(tenant, signal);
      if (begun !== null && !begun.isEnded) {
        onProgress(begun);
        const limit = AbortSignal.any([signal, run.signal]);
        const progress = (state: Reconciliation) => {
          worked();
          onProgress(state);
        };
        const how = { pace, onFailure, acceptsDeletions, onProgress: progress };
        await reconcile(begun, how, { ...ports, users: { findUser } }, limit).catch((error: unknown) => {
          if (!run.signal.aborted) throw error;
        });
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

function patienceOf({ maxPauseMs = MAX_PAUSE_MS, report }: FollowOptions): Patience {
  return { maxPauseMs, onFailure: (failure) => report({ what: "failed", ...failure }) };
}

function isReadable(message: StreamMessage): boolean {
  if (message.kind !== "event") return message.kind !== "unreadable";
  return message.event.at !== null && message.event.isBlocked !== null;
}

function ageOf(at: Date | null, { identities }: UserEventPorts): number | null {
  return at === null ? null : Math.max(0, identities.storeNow().getTime() - at.getTime());
}

function latest(known: string | null, at: Date): string {
  const time = at.toISOString();
  return known !== null && known > time ? known : time;
}
