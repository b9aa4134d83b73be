import { batchesOf } from "../batches.ts";
import type { HeldSeat, Seat } from "../identity/identity-link.ts";
import { erased, type Speakers, speakersWrites } from "../identity/speakers.ts";
import { revokeInvitation } from "../invitations/invitations.ts";
import { isCurrent } from "../membership/invitation.ts";
import { operatorOf } from "../membership/standing.ts";
import type { OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { isSameSubject, type SubjectKey } from "../subject-key.ts";
import { type Changes, type Decision, transact, type Write } from "../transaction.ts";
import {
  isInvitationOf,
  isKeptBlocked,
  isRefusalOf,
  withoutLeft,
  withoutQuestions,
  withoutSubjects,
} from "./fates.ts";
import type { HeldEntry, HeldItems, Place } from "./held-items.ts";
import type { Holdings, PersonPorts } from "./holdings.ts";
import { hasSubject, type Person } from "./person.ts";

/** Entries of one request, each with its copy: DynamoDB takes 100 items. */
const ENTRIES_AT_ONCE = 40;
/** Ended sessions of one transaction, which also has the facts, the link and seats. */
const SESSIONS_AT_ONCE = 50;

/**
 * Takes away what is to go. It may end behind any of its requests: what is left is found again. So what only a subject or an
 * address leads to goes before what the UUID leads to, and says the subject or the address.
 */
export async function eraseHoldings(
  holdings: Holdings,
  ports: PersonPorts,
  signal: AbortSignal,
): Promise<void> {
  const { person } = holdings;
  const own = ownOf(holdings);
  await markErased(person, ports, signal);
  const isAnchor = (key: SubjectKey) =>
    own.links.some((link) => isSameSubject(link, key)) || own.seats.some((seat) => isSameSubject(seat, key));
  const subjects = person.subjects.filter((key) => !isKeptBlocked(holdings, key));
  const [reached, anchors] = parted(subjects, isAnchor);
  const [offered, accepted] = parted(own.invitations, ({ consumedBy }) => consumedBy !== null);
  const [elsewhere, about] = parted(own.entries, ({ userId }) => userId === person.userId);

  await eraseEntries(elsewhere, person, ports, signal);
  for (const cursor of own.cursors)
    for (const place of placesOf(cursor, cursor.questions, person))
      await ports.personalItems.removeQuestion(cursor.tenant, place, signal);
  for (const reconciliation of own.reconciliations)
    for (const place of placesOf(reconciliation, reconciliation.left, person))
      await ports.personalItems.removeLeft(reconciliation.tenant, place, signal);
  for (const each of own.othersSeats) await freeSeat(each, ports, signal);
  for (const each of own.refusals) await eraseRefusal(each, holdings, ports, signal);
  for (const each of offered) await eraseInvitation(each, holdings, ports, signal);
  for (const key of reached) await eraseSubject(key, [], person, ports, signal);

  for (const key of anchors) {
    const seats = own.seats.filter((seat) => isSameSubject(seat, key));
    await eraseSubject(key, seats, person, ports, signal);
  }
  const left = own.seats.filter((seat) => !hasSubject(person, seat));
  for (const each of left) await freeSeat(each, ports, signal);
  for (const each of accepted) await eraseInvitation(each, holdings, ports, signal);
  for (const { organizationId } of own.memberships) await eraseAddress(organizationId, person, ports, signal);
  await eraseEntries(about, person, ports, signal);
}

/** The last one first, so that none moves the others. */
function placesOf(
  { tenant }: Pick<SubjectKey, "tenant">,
  list: readonly Pick<SubjectKey, "subject">[],
  person: Person,
): readonly Place[] {
  const places = list.map(({ subject }, index) => ({ index, subject }));
  return places.filter(({ subject }) => hasSubject(person, { tenant, subject })).reverse();
}

/** What goes of the holdings, by what is done with it. */
function ownOf(holdings: Holdings) {
  const { person, found } = holdings;
  const { userId } = person;
  return {
    links: found.flatMap((each) =>
      each.kind === "link" && each.value.userId === userId ? [each.value] : [],
    ),
    seats: found.flatMap((each) =>
      each.kind === "seat" && each.value.userId === userId ? [each.value] : [],
    ),
    othersSeats: found.flatMap((each) =>
      each.kind === "seat" && each.value.userId !== userId && hasSubject(person, each.value)
        ? [each.value]
        : [],
    ),
    memberships: found.flatMap((each) =>
      each.kind === "membership" && each.value.userId === userId && each.value.email !== null
        ? [each.value]
        : [],
    ),
    invitations: found.flatMap((each) =>
      each.kind === "invitation" && isInvitationOf(holdings, each.value) ? [each.value] : [],
    ),
    refusals: found.flatMap((each) =>
      each.kind === "refusal" && isRefusalOf(holdings, each.value) ? [each.value] : [],
    ),
    entries: found.flatMap((each) =>
      each.kind === "auditEntry" && withoutSubjects(each.value, person) !== each.value ? [each.value] : [],
    ),
    cursors: found.flatMap((each) =>
      each.kind === "eventCursor" && withoutQuestions(each.value, person) !== each.value ? [each.value] : [],
    ),
    reconciliations: found.flatMap((each) =>
      each.kind === "reconciliation" && withoutLeft(each.value, person) !== each.value ? [each.value] : [],
    ),
  };
}

/**
 * From now on nobody becomes this user, through whatever connection. Behind what may refuse the erasure, so that who stays
 * is not marked, and before all that makes room for another one.
 */
async function markErased({ userId }: Person, ports: PersonPorts, signal: AbortSignal): Promise<void> {
  const at = ports.now().toISOString();
  const read = () => ports.speakers.find(userId, signal);
  const decide = (present: Speakers) => {
    const writes = speakersWrites(erased(present, at), present);
    return writes.length === 0 ? NOTHING_TO_STORE : storingOnly(writes);
  };
  await transact({ read, decide }, ports.transactions, signal);
}

/** A copy has the same id: the store writes both. */
async function eraseEntries(
  entries: readonly HeldEntry[],
  person: Person,
  { personalItems }: PersonPorts,
  signal: AbortSignal,
): Promise<void> {
  const byId = new Map(entries.map((entry) => [entry.id, withoutSubjects(entry, person)]));
  for (const some of batchesOf([...byId.values()], ENTRIES_AT_ONCE))
    await personalItems.replaceSubjects(some, signal);
}

/** A seat that another subject has taken meanwhile is left, with its link, to the next pass. */
async function freeSeat(seat: HeldSeat, ports: PersonPorts, signal: AbortSignal): Promise<void> {
  const read = () => ports.identities.findSeat(seat, signal);
  const decide = (present: HeldSeat | null) =>
    present?.subject === seat.subject ? storingOnly([withoutSeat(present)]) : NOTHING_TO_STORE;
  await transact({ read, decide }, ports.transactions, signal);
}

/**
 * Takes the subject's link, what has ended its tokens and its seats away at once. Nobody inherits one: the UUID is marked.
 * Tokens of before the erasure are ended by the UUID.
 * @param seats of the user that the subject holds
 */
async function eraseSubject(
  key: SubjectKey,
  seats: readonly Seat[],
  { userId }: Person,
  { identities, transactions }: PersonPorts,
  signal: AbortSignal,
): Promise<void> {
  const read = () =>
    Promise.all([
      identities.find(key, signal),
      identities.findFacts(key, signal),
      identities.listSessions(key, signal),
      Promise.all(seats.map((seat) => identities.findSeat(seat, signal))),
    ]);
  const decide = ([link, facts, sessions, found]: Awaited<ReturnType<typeof read>>): Decision<boolean> => {
    const held = found.flatMap((seat) => (seat?.subject === key.subject ? [seat] : []));
    if (link !== null && link.userId !== userId)
      // relinked meanwhile: its facts are another user's
      return held.length === 0 ? NOTHING_TO_STORE : storingOnly(held.map(withoutSeat));
    const ended = sessions
      .slice(0, SESSIONS_AT_ONCE)
      .map((present): Write => ({ item: "session", next: null, present }));
    if (ended.length < sessions.length) return { ...storingOnly(ended), result: false };
    const writes: Write[] = [...ended, ...held.map(withoutSeat)];
    if (facts !== null) writes.push({ item: "facts", next: null, present: facts });
    if (link !== null) writes.push({ item: "link", next: null, present: link });
    if (writes.length === 0) return NOTHING_TO_STORE;
    const unchanged: Changes["unchanged"] = link === null ? [{ item: "link", absent: key }] : [];
    return { changes: { writes, unchanged, audit: [] }, result: true };
  };
  while (!(await transact({ read, decide }, transactions, signal)));
}

/** An open one is revoked first, which counts it as closed and tells the organization. */
async function eraseInvitation(
  { organizationId, email }: HeldItems["invitation"],
  holdings: Holdings,
  ports: PersonPorts,
  signal: AbortSignal,
): Promise<void> {
  const { memberships, organizations, transactions, actor, now } = ports;
  const read = () => memberships.findInvitation(organizationId, email, signal);
  const decide = (present: HeldItems["invitation"] | null): Decision<boolean> => {
    if (present === null || !isInvitationOf(holdings, present)) return NOTHING_TO_STORE;
    if (isCurrent(present, now().toISOString())) return { changes: null, result: false };
    return storingOnly([{ item: "invitation", next: null, present }]);
  };
  while (!(await transact({ read, decide }, transactions, signal))) {
    const operator = await operatorOf(actor, organizationId, organizations, signal);
    await revokeInvitation(operator, email, ports, signal).catch(acceptedMeanwhile);
  }
}

/** Its slot may be another refusal's by now. */
async function eraseRefusal(
  { organizationId, slot }: HeldItems["refusal"],
  holdings: Holdings,
  { refusals, transactions }: PersonPorts,
  signal: AbortSignal,
): Promise<void> {
  const read = async () =>
    (await refusals.list(organizationId, signal)).find((each) => each.slot === slot) ?? null;
  const decide = (present: HeldItems["refusal"] | null) =>
    present !== null && isRefusalOf(holdings, present)
      ? storingOnly([{ item: "refusal", next: null, present }])
      : NOTHING_TO_STORE;
  await transact({ read, decide }, transactions, signal);
}

function acceptedMeanwhile(error: unknown): void {
  if (!(error instanceof Refusal && error.reason === "CONFLICT")) throw error;
}

/** A member who was restored meanwhile is left to the next pass. */
async function eraseAddress(
  organizationId: OrganizationId,
  { userId }: Person,
  { memberships, transactions }: PersonPorts,
  signal: AbortSignal,
): Promise<void> {
  const read = () => memberships.find(organizationId, userId, signal);
  const decide = (present: HeldItems["membership"] | null) =>
    present === null || present.email === null || present.status === "active"
      ? NOTHING_TO_STORE
      : storingOnly([{ item: "membership", next: withoutNames(present), present }]);
  await transact({ read, decide }, transactions, signal);
}

function withoutNames(present: HeldItems["membership"]): HeldItems["membership"] {
  return { ...present, email: null, name: null, namedAt: null, rev: newRevision() };
}

const NOTHING_TO_STORE: Decision<true> = { changes: null, result: true };

/** The erasure has one entry, for all of it. */
function storingOnly(writes: readonly Write[]): Decision<true> {
  return { changes: { writes, unchanged: [], audit: [] }, result: true };
}

function withoutSeat(present: HeldSeat): Write {
  return { item: "seat", next: null, present };
}

/** Those for which it does not hold, and those for which it does. */
function parted<T>(all: readonly T[], holds: (each: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter((each) => !holds(each)), all.filter(holds)];
}
