import type { SubjectKey } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly facts: SubjectFacts;
    readonly session: EndedSession;
    readonly signOut: SignOut;
  }
  interface Absences {
    readonly facts: SubjectKey;
    readonly signOut: Pick<SignOut, "userId">;
  }
}

/** Who may block a subject. What one of them says, the other one does not lift. */
export const BLOCKERS = ["event", "operator"] as const;
export type Blocker = (typeof BLOCKERS)[number];

/** What one of them has said last. */
export interface SaidBlocked {
  readonly isBlocked: boolean;
  /** When it became so, not when this was asked or stored. ISO 8601 with milliseconds, UTC. */
  readonly at: string;
}

/**
 * What is known of a subject, whether it is linked or not: a block may come before the first login. Its times are whole
 * seconds since the epoch, as in tokens; null for never. Each only grows, so that what comes twice, late or from two readers
 * changes nothing.
 */
export interface SubjectFacts extends SubjectKey {
  /** No token that was issued until then counts: the user was deleted, or signed out by an operator. */
  readonly notBefore: number | null;
  /** The same of a token that does not name its session. No session of the subject has ended later. */
  readonly sidlessNotBefore: number | null;
  /** The same of a logout that named no session. */
  readonly logoutBefore: number | null;
  readonly sources: Readonly<Record<Blocker, SaidBlocked | null>>;
  readonly rev: string;
}

export type SubjectTimes = Pick<SubjectFacts, "notBefore" | "sidlessNotBefore" | "logoutBefore">;

/** A session at the identity provider. */
export interface SessionKey extends SubjectKey {
  readonly sid: string;
}

/** No token of this session that was issued until `at` counts. A refresh token may outlive it. */
export interface EndedSession extends SessionKey {
  /** Whole seconds since the epoch. */
  readonly at: number;
  /** From when on no token can be so old, in whole seconds since the epoch. */
  readonly keptUntil: number;
  readonly rev: string;
}

/** No token of the user that was issued until `notBefore` counts. No unblock removes it. */
export interface SignOut {
  readonly userId: UserId;
  /** Whole seconds since the epoch. */
  readonly notBefore: number;
  readonly rev: string;
}

/**
 * What ends tokens before they expire. Absence is null; every method throws {@link Refusal} STORE_UNAVAILABLE when there is
 * no usable answer before `signal` aborts.
 */
export interface Revocations {
  findFacts(key: SubjectKey, signal: AbortSignal): Promise<SubjectFacts | null>;
  findSession(key: SessionKey, signal: AbortSignal): Promise<EndedSession | null>;
  findSignOut(userId: UserId, signal: AbortSignal): Promise<SignOut | null>;
}

/** The same as it is stored, never cached. */
export interface StoredRevocations extends Revocations {
  /** Those that are not deleted yet, in any order. */
  listSessions(key: SubjectKey, signal: AbortSignal): Promise<readonly EndedSession[]>;
  /**
   * The store's time, which all processes share. By this machine's clock before the first reply. It may be a second late, but
   * after a read its whole seconds are not: a fact that ends what was issued until now reads first.
   */
  storeNow(): Date;
}

type Merged = Omit<SubjectFacts, "rev">;

export function noFacts({ tenant, subject }: SubjectKey): Merged {
  const sources = { event: null, operator: null };
  return { tenant, subject, notBefore: null, sidlessNotBefore: null, logoutBefore: null, sources };
}

/** The later of what was known and what is new decides; of both at the same time, the block. */
export function afterSaying<Facts extends Merged>(facts: Facts, by: Blocker, said: SaidBlocked): Facts {
  const known = facts.sources[by];
  const isNews = known === null || said.at > known.at || (said.at === known.at && said.isBlocked);
  if (!isNews || (said.at === known?.at && said.isBlocked === known.isBlocked)) return facts;
  return { ...facts, sources: { ...facts.sources, [by]: said } };
}

/** The later time decides, of each. */
export function afterTimes<Facts extends Merged>(facts: Facts, times: Partial<SubjectTimes>): Facts {
  const notBefore = later(facts.notBefore, times.notBefore);
  const sidlessNotBefore = later(facts.sidlessNotBefore, times.sidlessNotBefore);
  const logoutBefore = later(facts.logoutBefore, times.logoutBefore);
  const isKnown =
    notBefore === facts.notBefore &&
    sidlessNotBefore === facts.sidlessNotBefore &&
    logoutBefore === facts.logoutBefore;
  return isKnown ? facts : { ...facts, notBefore, sidlessNotBefore, logoutBefore };
}

/** Whole seconds since the epoch, as tokens say times. */
export function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1_000);
}

function later(known: number | null, time: number | null = null): number | null {
  if (known === null || time === null) return known ?? time;
  return Math.max(known, time);
}
