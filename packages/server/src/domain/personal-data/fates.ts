import type { CanonicalEmail } from "../email.ts";
import { positionOfErased } from "../member-places.ts";
import type { EventCursor } from "../revocation/event-cursor.ts";
import type { Reconciliation } from "../revocation/reconcile.ts";
import { isSameSubject, type SubjectKey } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";
import type { Held, HeldEntry, HeldItems, HeldKind, HeldOf } from "./held-items.ts";
import { hasAddress, hasSubject, type Names, type Person } from "./person.ts";

/** Whose data is meant. */
export interface Whose {
  readonly person: Person;
  /** Addresses of theirs that are also other users': what says of these only the address is not theirs alone. */
  readonly shared: ReadonlySet<CanonicalEmail>;
  /** The subjects that are refused. */
  readonly blocked: readonly SubjectKey[];
}

/** What becomes of an item that names somebody who is erased. */
export type Fate<Value> =
  | { readonly becomes: "deleted"; readonly why: string }
  | { readonly becomes: "changed"; readonly next: Value; readonly why: string }
  | { readonly becomes: "kept"; readonly why: string; readonly isOthers: boolean }
  | { readonly becomes: "unsolved"; readonly why: string };

const BY_HAND = "has a text that names them: change it by hand";
/** A scan may have come to an invitation, whose key is its address. */
const PASSING = "has come to an item of theirs, behind which it goes on: erase again once it has ended";

/** Null for an item that is not about them. */
type FateOf<Value> = (value: Value, whose: Whose) => Fate<Value> | null;

/** Of every kind, so that none is forgotten. */
const FATES: { readonly [Kind in HeldKind]: FateOf<HeldItems[Kind]> } = {
  organization({ owners, closing }, { person }) {
    if (owners.includes(person.userId)) return kept("lists the owner, until the membership is removed");
    return closing?.by === person.userId ? kept("says by UUID who has asked to close it") : null;
  },
  pointer: notPersonal,
  domain: notPersonal,
  claim: notPersonal,
  connection: notPersonal,
  setup: notPersonal,
  window: notPersonal,
  heartbeat: notPersonal,
  invitationLedger: notPersonal,
  refusal(refusal, whose) {
    if (isRefusalOf(whose, refusal)) return { becomes: "deleted", why: "is deleted" };
    return hasAddress(whose.person, refusal.email) ? others("is another user's, at the same address") : null;
  },
  membership(membership, { person }) {
    const { userId, status, email, invitedBy, removedBy } = membership;
    if (userId !== person.userId) {
      if (hasAddress(person, email)) return others("is another user's, at the same address");
      if (invitedBy === person.userId) return others("says by UUID who invited another user");
      return removedBy === person.userId ? others("says by UUID who removed another user") : null;
    }
    if (email === null) return kept("stays removed, so that no login brings them back");
    const why =
      status === "active"
        ? "is removed, and loses the address and the name"
        : "stays removed, without the address and the name";
    return changed({ ...membership, status: "removed", email: null, name: null, namedAt: null }, why);
  },
  memberWord: ({ userId }, { person }) =>
    userId === person.userId
      ? { becomes: "deleted", why: "is deleted, with the address and the name" }
      : null,
  memberPlace(place, { person }) {
    const { userId, by } = place;
    if (userId !== person.userId) return null;
    const next = { ...place, position: positionOfErased(userId) };
    return by === "joined" || place.position === next.position
      ? kept("stays in the list of removed members, without a name")
      : changed(next, "loses the name and the address");
  },
  invitation(invitation, whose) {
    const { person } = whose;
    if (isInvitationOf(whose, invitation)) return { becomes: "deleted", why: "is deleted" };
    if (hasAddress(person, invitation.email)) return others("is another user's, at the same address");
    return invitation.invitedBy === person.userId ? others("says by UUID who invited another address") : null;
  },
  link: ({ userId, email }, { person }) => {
    if (userId === person.userId) return { becomes: "deleted", why: "is deleted" };
    return hasAddress(person, email) ? others("is another user's, at the same address") : null;
  },
  seat({ tenant, subject, userId }, { person }) {
    if (userId === person.userId) return { becomes: "deleted", why: "is deleted" };
    return hasSubject(person, { tenant, subject })
      ? { becomes: "deleted", why: "is another user's, and becomes free" }
      : null;
  },
  facts: ofSubject,
  session: ofSubject,
  speakers: ofUser("stays, and says that the UUID is erased, so that nobody inherits it"),
  block: ofUser("stays: the user is blocked"),
  signOut: ofUser("stays, so that no token of before counts"),
  auditEntry(entry, { person }) {
    const next = withoutSubjects(entry, person);
    return next === entry
      ? kept("stays, with the time, the action, who did it and the UUID")
      : changed(next, "loses the subjects");
  },
  notice: () => kept("expires within an hour: it has the UUID, and hashes of subjects"),
  eventCursor: (cursor, { person }) => {
    const next = withoutQuestions(cursor, person);
    return next === cursor ? null : changed(next, "forgets that it has to ask about a subject");
  },
  reconciliation: (reconciliation, { person }) => {
    const next = withoutLeft(reconciliation, person);
    return next === reconciliation ? null : changed(next, "forgets that it has to ask about a subject");
  },
};

/**
 * What becomes of an item. Where it would still name them afterwards, somebody has to look at it.
 * @param names of the person that have to go
 */
export function fateOf(held: Held, whose: Whose, names: Names): Fate<HeldItems[HeldKind]> | null {
  const fate = rowOf(held, whose);
  const isSettled = fate !== null && (fate.becomes === "deleted" || ("isOthers" in fate && fate.isOthers));
  const after = fate?.becomes === "changed" ? fate.next : held.value;
  if (isSettled || !names(after)) return fate;
  return isNamesake(after, whose.person)
    ? others("has the same subject, of another tenant")
    : { becomes: "unsolved", why: held.kind === "reconciliation" ? PASSING : BY_HAND };
}

/** Another tenant may give another account the same subject. */
function isNamesake(value: HeldItems[HeldKind], { subjects }: Person): boolean {
  if (!("tenant" in value && "subject" in value)) return false;
  const { tenant, subject } = value;
  return subjects.some((own) => own.subject === subject && own.tenant !== tenant);
}

function rowOf<Kind extends HeldKind>({ kind, value }: HeldOf<Kind>, whose: Whose) {
  return FATES[kind](value, whose);
}

/** Whether it was accepted by them, or is of an address that is theirs alone. */
export function isInvitationOf(
  { person, shared }: Whose,
  { consumedBy, email }: HeldItems["invitation"],
): boolean {
  if (consumedBy !== null) return consumedBy === person.userId;
  return hasAddress(person, email) && !shared.has(email);
}

/** Whether it is of them, or of an address that is theirs alone. */
export function isRefusalOf({ person, shared }: Whose, { userId, email }: HeldItems["refusal"]): boolean {
  if (userId !== null) return userId === person.userId;
  return email !== null && hasAddress(person, email) && !shared.has(email);
}

/** The entry without subjects that are theirs; in an entry about them, without any. The same object where it has none. */
export function withoutSubjects(entry: HeldEntry, person: Person): HeldEntry {
  const { tenant, userId, subject, holder } = entry;
  const goes = (each: string | null) =>
    each !== null &&
    (userId === person.userId || (tenant !== null && hasSubject(person, { tenant, subject: each })));
  if (!goes(subject) && !goes(holder)) return entry;
  return { ...entry, subject: goes(subject) ? null : subject, holder: goes(holder) ? null : holder };
}

export function withoutQuestions(cursor: EventCursor, person: Person): EventCursor {
  const questions = cursor.questions.filter((each) => !hasSubject(person, { ...cursor, ...each }));
  return questions.length === cursor.questions.length ? cursor : { ...cursor, questions };
}

export function withoutLeft(reconciliation: Reconciliation, person: Person): Reconciliation {
  const left = reconciliation.left.filter((each) => !hasSubject(person, { ...reconciliation, ...each }));
  return left.length === reconciliation.left.length ? reconciliation : { ...reconciliation, left };
}

function kept(why: string): Fate<never> {
  return { becomes: "kept", why, isOthers: false };
}

function others(why: string): Fate<never> {
  return { becomes: "kept", why, isOthers: true };
}

function changed<Value>(next: Value, why: string): Fate<Value> {
  return { becomes: "changed", next, why };
}

/** No field of it is about somebody. */
function notPersonal(): null {
  return null;
}

function ofUser(why: string) {
  return ({ userId }: { readonly userId: UserId }, { person }: Whose) =>
    userId === person.userId ? kept(why) : null;
}

/** A block keeps a stranger out: it goes only with a subject that is known to be theirs. */
export function isKeptBlocked({ person, blocked }: Whose, key: SubjectKey): boolean {
  return [person.former, blocked].every((keys) => keys.some((each) => isSameSubject(each, key)));
}

function ofSubject(key: HeldItems["facts" | "session"], whose: Whose): Fate<never> | null {
  if (!hasSubject(whose.person, key)) return null;
  if (!isKeptBlocked(whose, key)) return { becomes: "deleted", why: "is deleted" };
  const { subject } = key;
  return others(
    `stays: ${subject} is blocked, and not linked to them; if it is theirs, erase with \`--subject '${subject}'\``,
  );
}
