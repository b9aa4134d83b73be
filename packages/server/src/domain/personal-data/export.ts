import { parseSeenActor } from "../audit/organization-audit.ts";
import type { UserId } from "../user-id.ts";
import { isInvitationOf, isRefusalOf, type Whose, withoutLeft, withoutQuestions } from "./fates.ts";
import type { Held, HeldItems, HeldOf } from "./held-items.ts";
import { findHoldings, type PersonPorts } from "./holdings.ts";
import { MEANINGS, type PersonalKind } from "./meanings.ts";
import { hasSubject, namesOf, type Person } from "./person.ts";

/** Everything that is stored of a user, with what it means. */
export interface PersonalExport extends Person {
  /** ISO 8601, UTC. */
  readonly exportedAt: string;
  /** The items, by the table's word for their kind. */
  readonly items: Readonly<Record<string, readonly object[]>>;
  /** What each field says, by the same words. */
  readonly meanings: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Only reads: the whole store, at least once.
 * @returns null where nothing is stored of them
 */
export async function exportPerson(
  known: Person,
  ports: PersonPorts,
  onProgress: (items: number) => void,
  signal: AbortSignal,
): Promise<PersonalExport | null> {
  const holdings = await findHoldings(known, ports, onProgress, signal);
  const { found, person } = holdings;
  if (found.length === 0) return null;
  const items: Record<string, object[]> = {};
  const meanings: Record<string, Readonly<Record<string, string>>> = {};
  for (const held of found) {
    if (!isPersonal(held)) continue;
    const shown = shownAs(held, holdings);
    if (shown === null) continue;
    items[held.type] ??= [];
    items[held.type]?.push(shown);
    meanings[held.type] = MEANINGS[held.kind];
  }
  return { exportedAt: ports.now().toISOString(), ...person, items, meanings };
}

/** What an export shows of an item: nothing that names another person but by UUID. Null for an item that is another's. */
const SHOWN: {
  readonly [Kind in PersonalKind]: (
    value: HeldItems[Kind],
    whose: Whose,
  ) => Readonly<Partial<Record<keyof HeldItems[Kind], unknown>>> | null;
} = {
  organization({ id, name, owners, closing }, { person: { userId } }) {
    const isCloser = closing?.by === userId;
    if (!owners.includes(userId) && !isCloser) return null;
    return { id, name, owners: owners.filter((each) => each === userId), closing: isCloser ? closing : null };
  },
  membership(membership, { person }) {
    const { organizationId, userId, invitedBy, removedBy, createdAt } = membership;
    if (userId === person.userId) return membership;
    const invited = invitedBy === person.userId ? { organizationId, invitedBy, createdAt } : null;
    const removed = removedBy === person.userId ? { organizationId, removedBy } : null;
    return invited || removed ? { ...invited, ...removed } : null;
  },
  memberWord: ofUser,
  memberPlace: ofUser,
  invitation(invitation, whose) {
    if (isInvitationOf(whose, invitation)) return invitation;
    const { email: _, consumedBy: __, ...sent } = invitation;
    return sent.invitedBy === whose.person.userId ? sent : null;
  },
  refusal: (refusal, whose) => (isRefusalOf(whose, refusal) ? refusal : null),
  link: ofUser,
  seat(seat, { person }) {
    const { subject, ...place } = seat;
    if (hasSubject(person, seat)) return seat;
    return seat.userId === person.userId ? place : null;
  },
  speakers: ofUser,
  block: ofUser,
  signOut: ofUser,
  facts: ofSubject,
  session: ofSubject,
  auditEntry(entry, { person }) {
    const { tenant, subject, holder, isCopy } = entry;
    const own = (each: string | null) =>
      each !== null && tenant !== null && hasSubject(person, { tenant, subject: each }) ? each : null;
    const actor = parseSeenActor(entry.actor) ?? "operator";
    return isCopy ? null : { ...entry, actor, subject: own(subject), holder: own(holder) };
  },
  notice: ({ keys, ...notice }, { person }) => ({ ...notice, keys: keys.filter(namesOf(person)) }),
  eventCursor(cursor, { person }) {
    const others = withoutQuestions(cursor, person).questions;
    const questions = cursor.questions.filter((each) => !others.includes(each));
    return questions.length === 0 ? null : { ...cursor, questions };
  },
  reconciliation(reconciliation, { person }) {
    const others = withoutLeft(reconciliation, person).left;
    const { after: _, ...progress } = reconciliation;
    const left = reconciliation.left.filter((each) => !others.includes(each));
    return left.length === 0 ? null : { ...progress, left };
  },
};

function shownAs<Kind extends PersonalKind>({ kind, value }: HeldOf<Kind>, whose: Whose): object | null {
  return SHOWN[kind](value, whose);
}

function isPersonal(held: Held): held is Extract<Held, { readonly kind: PersonalKind }> {
  return held.kind in MEANINGS;
}

function ofUser<Value extends { readonly userId: UserId }>(value: Value, { person }: Whose): Value | null {
  return value.userId === person.userId ? value : null;
}

function ofSubject<Value extends HeldItems["facts" | "session"]>(
  value: Value,
  { person }: Whose,
): Value | null {
  return hasSubject(person, value) ? value : null;
}
