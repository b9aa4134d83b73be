import type { SubjectKey } from "../subject-key.ts";
import { type SubjectFacts, secondsOf } from "./facts.ts";
import { type RevocationPorts, recordEvent, type SubjectEvent } from "./record.ts";
import type { TenantUsers } from "./tenant-users.ts";

/** What the identity provider tells of one of its users. Null: it cannot be read. */
export interface UserEvent {
  readonly type: "created" | "updated" | "deleted";
  readonly subject: string;
  /** When it happened there. */
  readonly at: Date | null;
  /** Whether it says that the user is blocked. That one is not blocked any more, it may say by leaving this out. */
  readonly isBlocked: boolean | null;
}

/** That a subject is to be asked for, because an event does not say enough. */
export interface Question {
  readonly subject: string;
  /** When that happened (ISO 8601, UTC); null where it is not known. A lift is not earlier. */
  readonly at: string | null;
  /** How many answers were that the user is blocked, which may be old. */
  readonly answers: number;
}

/** What facts of the identity provider's users are stored with. */
export interface UserEventPorts extends RevocationPorts {
  readonly users: Pick<TenantUsers, "findUser">;
}

/**
 * Stores what an event says of a user, and asks nobody: a block does not wait for an answer. Events may come twice, late and
 * in any order.
 * @param isLate whether a later event of the tenant has come before
 * @returns `change` null where nothing changes; `question` to be kept until it is answered
 */
export async function applyUserEvent(
  { type, subject, at, isBlocked }: UserEvent,
  { tenant, isLate }: { readonly tenant: string; readonly isLate: boolean },
  ports: RevocationPorts,
  signal: AbortSignal,
): Promise<{ readonly change: SubjectEvent["change"] | null; readonly question: Question | null }> {
  const key = { tenant, subject };
  const question = { subject, at: at?.toISOString() ?? null, answers: 0 };
  if (at === null || isBlocked === null) return { change: null, question };
  const last = (await ports.identities.findFacts(key, signal))?.sources.event ?? null;
  const lastSeconds = last === null ? null : secondsOf(new Date(last.at));
  // Times of events may be whole seconds.
  const isTie = lastSeconds === secondsOf(at);
  const change = type === "deleted" ? "deleted" : isBlocked ? "blocked" : null;
  if (change === null) {
    // That nothing is said of a block does not say that it is over.
    const mayLift = last?.isBlocked === true && (isTie || last.at < at.toISOString());
    return { change, question: mayLift ? question : null };
  }
  const isNews = await recordEvent(key, { change, at }, ports, signal);
  // What ended it may have come before it, and changed nothing. Also where it is stored: who stored it may have failed here.
  const isDoubtful = isLate || (isTie && last?.isBlocked === false);
  return { change: isNews ? change : null, question: isDoubtful ? question : null };
}

/** What the identity provider has answered of a subject, and what was stored of that. */
export interface Settled {
  /** `gone`: no event has told that it was deleted. */
  readonly is: "active" | "blocked" | "deleted" | "gone" | "unaskable";
  /** When it was asked for. */
  readonly at: Date;
  readonly change: SubjectEvent["change"] | null;
}

/** How often somebody who is out is asked for again: what the identity provider answers may be older than its events. */
const ASKED_AGAIN = 3;

/**
 * Asks, and stores the answer. Of a subject that an event has named, absence is a deletion.
 * @returns `next` to be asked some seconds later; null where the answer is final
 */
export async function answerQuestion(
  question: Question,
  tenant: string,
  ports: UserEventPorts,
  signal: AbortSignal,
): Promise<Settled & { readonly next: Question | null }> {
  const { subject, at } = question;
  const settled = await settle({ tenant, subject }, { at, isNamed: true, linkedAt: null }, ports, signal);
  const isOut = settled.is !== "active" && settled.is !== "unaskable";
  // What has ended a block before it was stored has changed nothing.
  const answers = settled.change === null ? question.answers + 1 : 1;
  return { ...settled, next: isOut && answers <= ASKED_AGAIN ? { ...question, answers } : null };
}

/** How long ago a block is said to be whose event is not known, so that a lift is later, whatever the clocks say. */
const BLOCKED_AGO_MS = 300_000;

/**
 * Asks for a subject, and stores what no event has told. After a block that was not known it is to be asked again: its end
 * may have been told before it was stored, and have changed nothing.
 * @param given `at`: a lift is not earlier; `isNamed`: an event has named the subject, so that its absence is a deletion, and
 *   stored; `linkedAt`: since when tokens of the subject are known
 */
export async function settle(
  key: SubjectKey,
  given: { readonly at: string | null; readonly isNamed: boolean; readonly linkedAt: string | null },
  ports: UserEventPorts,
  signal: AbortSignal,
): Promise<Settled> {
  // Before the question, so that an event that is stored meanwhile is later than what is stored here.
  const facts = await ports.identities.findFacts(key, signal);
  const last = facts?.sources.event ?? null;
  const at = ports.identities.storeNow();
  const user = await ports.users.findUser(key.subject, signal);
  if (user === "unaskable") return { is: user, at, change: null };
  const store = async (change: SubjectEvent["change"], since: Date) =>
    (await recordEvent(key, { change, at: since }, ports, signal)) ? change : null;
  const since = last === null ? new Date(at.getTime() - BLOCKED_AGO_MS) : new Date(Date.parse(last.at) + 1);
  if (user === "gone") {
    if (isDeletion(facts)) return { is: "deleted", at, change: null };
    const isNews = given.isNamed && last?.isBlocked !== true;
    return { is: user, at, change: isNews ? await store("deleted", since) : null };
  }
  // Tokens of the user before, whose deletion is not known, or not its time.
  const before = given.linkedAt ?? (last?.isBlocked ? last.at : null);
  const isAnother = before !== null && user.createdAt !== null && user.createdAt.toISOString() > before;
  const created = isAnother && user.createdAt !== null ? await store("created", user.createdAt) : null;
  const is = user.isBlocked ? "blocked" : "active";
  if (user.isBlocked === (last?.isBlocked ?? false)) return { is, at, change: created };
  if (user.isBlocked) return { is, at, change: await store("blocked", since) };
  const liftedAt = given.at !== null && given.at > since.toISOString() ? new Date(given.at) : since;
  return { is, at, change: await store("lifted", liftedAt) };
}

/** Whether the last event was a deletion. */
function isDeletion(facts: SubjectFacts | null): boolean {
  const last = facts?.sources.event;
  return last?.isBlocked === true && (facts?.notBefore ?? 0) >= secondsOf(new Date(last.at));
}
