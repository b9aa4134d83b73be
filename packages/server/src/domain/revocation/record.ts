import { type AuditEntry, auditEntry, type OperatorActor } from "../audit.ts";
import { newRevision } from "../revision.ts";
import type { SubjectKey } from "../subject-key.ts";
import { type Decision, storing, type Transactions, transact, type Write } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import {
  afterSaying,
  afterTimes,
  type EndedSession,
  noFacts,
  type SessionKey,
  type SignOut,
  type StoredRevocations,
  type SubjectFacts,
  secondsOf,
} from "./facts.ts";

/** What facts are stored with. */
export interface RevocationPorts {
  /** Not cached. */
  readonly identities: StoredRevocations;
  readonly transactions: Transactions;
  readonly now: () => Date;
}

/** What the identity provider has said of a subject. */
export interface SubjectEvent {
  /** `created`: again, under a subject whose former tokens are another user's. */
  readonly change: "blocked" | "lifted" | "deleted" | "created";
  /** When it happened there. A lift that was asked for carries the time of the event that made one ask. */
  readonly at: Date;
}

const ACTIONS = {
  blocked: "identity-blocked",
  lifted: "identity-unblocked",
  deleted: "identity-blocked",
  created: "identity-signed-out",
} as const satisfies Record<SubjectEvent["change"], AuditEntry["action"]>;

/** How much longer than a token can live the end of its session is kept. */
const KEPT_LONGER_SECONDS = 3_600;

/**
 * Stores what an event says of a subject. A deletion also ends every token, as a creation does that comes after
 * it: somebody may be made again under the subject.
 * @returns false where it is known already, or something later is: then nothing is stored or recorded
 */
export function recordEvent(
  subject: SubjectKey,
  { change, at }: SubjectEvent,
  ports: RevocationPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const notBefore = change === "deleted" || change === "created" ? secondsOf(at) : null;
  const said = { isBlocked: change !== "lifted", at: at.toISOString() };
  const merge: Merge = (facts) => {
    const timed = afterTimes(facts, { notBefore });
    return change === "created" ? timed : afterSaying(timed, "event", said);
  };
  return recordFact(subject, merge, { ...SYSTEM, action: ACTIONS[change], source: "event" }, ports, signal);
}

/**
 * Stores a logout at the identity provider: of one session, or of all that the subject has.
 * @param at when, in whole seconds since the epoch (`iat` of the logout token)
 * @returns false where it is known already
 */
export function recordLogout(
  { sid, ...subject }: SubjectKey & { readonly sid: string | null },
  at: number,
  ports: RevocationPorts & { readonly maxTokenLifetimeSeconds: number },
  signal: AbortSignal,
): Promise<boolean> {
  if (sid !== null) return recordSessionEnd({ ...subject, sid }, at, ports, signal);
  const merge: Merge = (facts) => afterTimes(facts, { logoutBefore: at });
  return recordFact(
    subject,
    merge,
    { ...SYSTEM, action: "identity-signed-out", source: "logout" },
    ports,
    signal,
  );
}

/**
 * Blocks a subject, linked or not, or lifts the block of an operator: that of an event stays.
 * @returns false where it is so already
 */
export function setSubjectBlocked(
  subject: SubjectKey,
  { isBlocked, actor }: { readonly isBlocked: boolean; readonly actor: OperatorActor },
  ports: RevocationPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const nowMs = ports.now().getTime();
  const merge: Merge = (facts) => {
    const known = facts.sources.operator;
    if ((known?.isBlocked ?? false) === isBlocked) return facts;
    // The operator who decides later decides, though the clock of the other one may be ahead.
    const atMs = known === null ? nowMs : Math.max(nowMs, Date.parse(known.at) + 1);
    return afterSaying(facts, "operator", { isBlocked, at: new Date(atMs).toISOString() });
  };
  const action = isBlocked ? "identity-blocked" : "identity-unblocked";
  return recordFact(subject, merge, { actor, action, source: "operator" }, ports, signal);
}

/**
 * Signs a subject out, linked or not: no token of it counts that was issued until now.
 * @returns the time until which tokens are refused, in whole seconds since the epoch
 */
export async function signSubjectOut(
  subject: SubjectKey,
  { actor }: { readonly actor: OperatorActor },
  ports: RevocationPorts,
  signal: AbortSignal,
): Promise<number> {
  const said: Said = { actor, action: "identity-signed-out", source: "operator" };
  await ports.identities.findFacts(subject, signal); // so that the store's time is known
  const notBefore = secondsOf(ports.identities.storeNow());
  await recordFact(subject, (facts) => afterTimes(facts, { notBefore }), said, ports, signal);
  return notBefore;
}

interface SignedOutBy {
  readonly actor: OperatorActor | `user:${UserId}`;
  readonly issuedAt: number | null;
  readonly via?: string | null;
}

/**
 * Signs the user out everywhere: no token counts that was issued until now, or in the second of the calling token.
 * @param by `issuedAt` of the calling token, and by which application it called (`via`); null for an operator
 * @returns the time until which tokens are refused, in whole seconds since the epoch. A token of a later second is accepted
 */
export function signOut(
  userId: UserId,
  { actor, issuedAt, via = null }: SignedOutBy,
  { identities, transactions, now }: RevocationPorts,
  signal: AbortSignal,
): Promise<number> {
  const source = actor.startsWith("user:") ? "user" : "operator";
  const read = () => identities.findSignOut(userId, signal);
  const decide = (present: SignOut | null): Decision<number> => {
    const notBefore = Math.max(secondsOf(identities.storeNow()), issuedAt ?? 0);
    if (present !== null && present.notBefore >= notBefore)
      return { changes: null, result: present.notBefore };
    const at = now().toISOString();
    const entry = auditEntry({ at, actor, via, action: "identity-signed-out", source, userId });
    return storing(
      [{ item: "signOut", next: { userId, notBefore, rev: newRevision() }, present }],
      [entry],
      notBefore,
    );
  };
  return transact({ read, decide }, transactions, signal);
}

/**
 * Ends a session. Its subject's facts are stored again though they may stay the same, so that a grant relies on them
 * alone.
 */
function recordSessionEnd(
  key: SessionKey,
  at: number,
  { identities, transactions, now, maxTokenLifetimeSeconds }: Parameters<typeof recordLogout>[2],
  signal: AbortSignal,
): Promise<boolean> {
  const { tenant, subject } = key;
  const read = () => Promise.all([identities.findSession(key, signal), identities.findFacts(key, signal)]);
  const decide = ([present, facts]: [EndedSession | null, SubjectFacts | null]) => {
    if (present !== null && present.at >= at) return { changes: null, result: false };
    const keptUntil = at + maxTokenLifetimeSeconds + KEPT_LONGER_SECONDS;
    const merged = afterTimes(facts ?? noFacts(key), { sidlessNotBefore: at });
    const writes: Write[] = [
      { item: "session", next: { ...key, at, keptUntil, rev: newRevision() }, present },
      { item: "facts", next: { ...merged, rev: newRevision() }, present: facts },
    ];
    const about = { tenant, subject, source: "logout", action: "identity-session-ended" } as const;
    return storing(writes, [auditEntry({ ...SYSTEM, ...about, at: now().toISOString() })], true);
  };
  return transact({ read, decide }, transactions, signal);
}

type Merge = (facts: SubjectFacts) => SubjectFacts;
type Said = Pick<AuditEntry, "actor" | "action" | "source">;

const SYSTEM = { actor: "system" } as const;

function recordFact(
  { tenant, subject }: SubjectKey,
  merge: Merge,
  said: Said,
  { identities, transactions, now }: RevocationPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const read = () => identities.findFacts({ tenant, subject }, signal);
  const decide = (present: SubjectFacts | null) => {
    const before = present ?? { ...noFacts({ tenant, subject }), rev: "" };
    const after = merge(before);
    if (after === before) return { changes: null, result: false };
    const entry = auditEntry({ ...said, at: now().toISOString(), tenant, subject });
    return storing([{ item: "facts", next: { ...after, rev: newRevision() }, present }], [entry], true);
  };
  return transact({ read, decide }, transactions, signal);
}
