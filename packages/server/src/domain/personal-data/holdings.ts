import type { AuditAction } from "../audit.ts";
import type { CanonicalEmail } from "../email.ts";
import type { Administration } from "../operators/administration.ts";
import { Refusal } from "../refusal.ts";
import { blockerOf } from "../revocation/rule.ts";
import type { SubjectKey } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";
import type { Whose } from "./fates.ts";
import type { Held, PersonalItems } from "./held-items.ts";
import { namesOf, type Person, withNames } from "./person.ts";

/** The stores that know people, and the operator who asks. */
export interface PersonPorts extends Administration {
  readonly personalItems: PersonalItems;
}

/** Everything that is stored of a person. */
export interface Holdings extends Whose {
  readonly found: readonly Held[];
  /** The keys of items that name the person and cannot be read. */
  readonly malformed: readonly string[];
}

/**
 * Who a user is by their links and memberships. A link of the last second may be missing.
 * @param more subjects and addresses of theirs that nothing links to them
 * @throws {Refusal} CONFLICT for one that is linked to another user
 */
export async function personOf(
  userId: UserId,
  more: Pick<Person, "subjects" | "addresses">,
  { identities, memberships }: PersonPorts,
  signal: AbortSignal,
): Promise<Person> {
  const [links, members, linked] = await Promise.all([
    identities.listByUser(userId, signal),
    memberships.listByUser(userId, signal),
    Promise.all(more.subjects.map((key) => identities.find(key, signal))),
  ]);
  const foreign = linked.find((link) => link !== null && link.userId !== userId);
  if (foreign) {
    const hint = `${foreign.subject} is linked to ${foreign.userId}`;
    throw new Refusal("CONFLICT", "the subject is another user's", { hint });
  }
  const keys = [...links, ...more.subjects].map(({ tenant, subject }) => ({ tenant, subject }));
  const addresses = [...more.addresses, ...[...links, ...members].flatMap(({ email }) => email ?? [])];
  const nobody = { userId, subjects: [], former: [], addresses: [], invitations: [] };
  return withNames(nobody, { subjects: keys, addresses });
}

/**
 * Reads the whole store for what names the person, and again where that has shown another name of theirs.
 * @param onProgress is called with the number of items that were read
 */
export async function findHoldings(
  known: Person,
  ports: PersonPorts,
  onProgress: (items: number) => void,
  signal: AbortSignal,
): Promise<Holdings> {
  const found: Held[] = [];
  const malformed: string[] = [];
  let items = 0;
  for await (const page of ports.personalItems.scan(namesOf(known), signal)) {
    items += page.items;
    found.push(...page.found);
    malformed.push(...page.malformed);
    onProgress(items);
  }
  const person = await knownBetter(known, found, ports, signal);
  if (person !== known) return findHoldings(person, ports, onProgress, signal);
  const blocked = found.flatMap(({ kind, value }) =>
    kind === "facts" && blockerOf(value) !== null ? [value] : [],
  );
  return { person, shared: sharedAddresses(person, found), blocked, found, malformed };
}

/** The person with the names that the items show. A former subject may be somebody else's by now. */
async function knownBetter(
  person: Person,
  found: readonly Held[],
  { identities }: PersonPorts,
  signal: AbortSignal,
): Promise<Person> {
  const shown = found.map((each) => namesIn(each, person));
  const addresses = shown.flatMap((each) => each.addresses);
  const { subjects } = withNames(person, { subjects: shown.flatMap((each) => each.subjects), addresses: [] });
  const news = subjects.slice(person.subjects.length);
  const own: SubjectKey[] = [];
  const former = [...person.former];
  for (const key of news) {
    const link = await identities.find(key, signal);
    if (link === null) former.push(key);
    if (link === null || link.userId === person.userId) own.push(key);
  }
  const invitations = answeredBy(person, found);
  const isKnown = former.length === person.former.length && invitations.length === person.invitations.length;
  return withNames(isKnown ? person : { ...person, former, invitations }, { subjects: own, addresses });
}

const ANSWERS: readonly AuditAction[] = ["invitation-accepted", "invitation-declined", "invitation-voided"];

/** An invitation is stored under its address, which may be the person's only there. */
function answeredBy({ userId, invitations }: Person, found: readonly Held[]): readonly string[] {
  const answered = found.flatMap(({ kind, value }) =>
    kind === "auditEntry" && value.userId === userId && ANSWERS.includes(value.action)
      ? (value.invitationId ?? [])
      : [],
  );
  return [...new Set([...invitations, ...answered])];
}

/** The subjects and addresses that an item says are the user's. */
function namesIn(
  { kind, value }: Held,
  { userId, invitations }: Person,
): Pick<Person, "subjects" | "addresses"> {
  if (kind === "invitation" && (value.consumedBy === userId || invitations.includes(value.invitationId)))
    return namesFrom(value);
  const isOwn =
    (kind === "link" || kind === "seat" || kind === "membership" || kind === "auditEntry") &&
    value.userId === userId;
  if (!isOwn) return { subjects: [], addresses: [] };
  if (kind !== "auditEntry") return namesFrom(value);
  // Of a login that was refused, the subject is a stranger's.
  const subject = value.action === "identity-conflict" ? null : value.subject;
  return namesFrom({ tenant: value.tenant, subject }, { tenant: value.tenant, subject: value.holder });
}

interface Shown {
  readonly tenant?: string | null;
  readonly subject?: string | null;
  readonly email?: CanonicalEmail | null;
}

function namesFrom(...all: readonly Shown[]): Pick<Person, "subjects" | "addresses"> {
  const subjects = all.flatMap(({ tenant = null, subject = null }) =>
    tenant === null || subject === null ? [] : [{ tenant, subject }],
  );
  return { subjects, addresses: all.flatMap(({ email }) => email ?? []) };
}

function sharedAddresses({ userId, addresses }: Person, found: readonly Held[]): ReadonlySet<CanonicalEmail> {
  const others = found.flatMap(({ kind, value }) =>
    (kind === "link" || kind === "membership") && value.userId !== userId ? (value.email ?? []) : [],
  );
  return new Set(others.filter((each) => addresses.includes(each)));
}
