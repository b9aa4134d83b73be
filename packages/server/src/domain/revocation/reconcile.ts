import type { SubjectKey } from "../subject-key.ts";
import { type SubjectFacts, secondsOf } from "./facts.ts";
import { recordEvent } from "./record.ts";
import { justAfter, liftIfOver, type UserEventPorts } from "./user-events.ts";

/** How far the reading of all known subjects of a tenant has come, which makes up for events that are lost. */
export interface Reconciliation {
  readonly tenant: string;
  /** The last stored event before those that are lost; null if there was none. */
  readonly lostAfter: string | null;
  /** Behind which place it goes on, in words of the store; null at the beginning. */
  readonly after: string | null;
  /** Subjects that were read so far. */
  readonly read: number;
  /** Of those, how many were deleted, which no event had told. */
  readonly gone: number;
  /** When it came to its end (ISO 8601, UTC); null before. */
  readonly endedAt: string | null;
}

/** The subjects that have a link or facts, and how far a reconciliation has come. All throw STORE_UNAVAILABLE. */
export interface Reconciliations {
  find(tenant: string, signal: AbortSignal): Promise<Reconciliation | null>;
  save(reconciliation: Reconciliation, signal: AbortSignal): Promise<void>;
  /** A page of the tenant's subjects, in an order that stays. @returns `next` null at the end */
  listSubjects(
    tenant: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly subjects: readonly string[]; readonly next: string | null }>;
}

export interface ReconcileOptions {
  /** Waits before each question. */
  readonly pace: (signal: AbortSignal) => Promise<void>;
  /** An operator has said that so many were deleted. */
  readonly acceptsDeletions: boolean;
  readonly onProgress: (reconciliation: Reconciliation) => void;
}

/** Too many subjects are unknown to the identity provider: it may be another tenant. An operator decides. */
export class TooManyDeletions extends Error {
  readonly read: number;
  readonly gone: number;

  constructor({ read, gone }: Pick<Reconciliation, "read" | "gone">) {
    super(`${gone} of ${read} linked subjects do not exist at the identity provider`);
    this.read = read;
    this.gone = gone;
  }
}

/** The most that may be gone without an operator, of those that were read. */
const MAX_GONE_SHARE = 0.01;
/** Before so many are read, or all, a share says nothing: until then no deletion is stored. */
const SAMPLE = 1_000;
/** How long ago a block is said to be whose event is lost, so that a lift is later, whatever the clocks say. */
const BLOCKED_AGO_MS = 300_000;

interface Gone {
  readonly key: SubjectKey;
  /** When it was asked for. */
  readonly at: Date;
}

/**
 * Reads each known subject of the tenant once more, and stores what events have not told. It goes on where it was
 * interrupted, and may read what it has read.
 * @throws {TooManyDeletions}
 */
export async function reconcile(
  begun: Reconciliation,
  { pace, acceptsDeletions, onProgress }: ReconcileOptions,
  ports: UserEventPorts & { readonly reconciliations: Reconciliations },
  signal: AbortSignal,
): Promise<void> {
  const { reconciliations, identities } = ports;
  const { tenant } = begun;
  const gone: Gone[] = [];
  for (let state = begun; ; ) {
    const { subjects, next } = await reconciliations.listSubjects(tenant, state.after, signal);
    for (const subject of subjects) {
      await pace(signal);
      const key = { tenant, subject };
      const at = await compare(key, ports, signal);
      if (at !== null) gone.push({ key, at });
    }
    state = { ...state, after: next, read: state.read + subjects.length };
    if (next !== null && state.read < SAMPLE) continue;
    const counted = { ...state, gone: state.gone + gone.length };
    if (!acceptsDeletions && counted.gone > Math.max(1, MAX_GONE_SHARE * counted.read))
      throw new TooManyDeletions(counted);
    for (const { key, at } of gone.splice(0)) {
      await recordEvent(key, { change: "deleted", at }, ports, signal);
      await pace(signal);
      await liftIfOver(key, at, ports, signal); // created again since it was asked for
    }
    state = { ...counted, endedAt: next === null ? identities.storeNow().toISOString() : null };
    await reconciliations.save(state, signal);
    onProgress(state);
    if (next === null) return;
  }
}

/**
 * Stores whether a subject is blocked. A deletion it only tells.
 * @returns when a subject was asked for that is deleted, which no event had told; null for every other one
 */
async function compare(key: SubjectKey, ports: UserEventPorts, signal: AbortSignal): Promise<Date | null> {
  // Before the question, so that an event that is stored meanwhile is later than what is stored here.
  const facts = await ports.identities.findFacts(key, signal);
  const at = ports.identities.storeNow();
  const user = await ports.users.findUser(key.subject, signal);
  const last = facts?.sources.event ?? null;
  if (user === null) return facts !== null && isDeletion(facts) ? null : at;
  if (user.isBlocked === (last?.isBlocked ?? false)) return null;
  const since = last === null ? new Date(at.getTime() - BLOCKED_AGO_MS) : justAfter(new Date(last.at));
  const change = user.isBlocked ? "blocked" : "lifted";
  await recordEvent(key, { change, at: since }, ports, signal);
  return null;
}

/** Whether the last event was a deletion. */
function isDeletion({ sources, notBefore }: SubjectFacts): boolean {
  const last = sources.event;
  return last?.isBlocked === true && (notBefore ?? 0) >= secondsOf(new Date(last.at));
}
