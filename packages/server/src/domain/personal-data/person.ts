import type { CanonicalEmail, DomainName } from "../email.ts";
import { isSameSubject, loginIdOf, type SubjectKey } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";

/** A user, by everything that names them in the table. */
export interface Person {
  readonly userId: UserId;
  /** Those that are linked to them, and former ones that are nobody else's. */
  readonly subjects: readonly SubjectKey[];
  /** Of these, those that only the audit shows: such a one may be a stranger's, who once had their seat. */
  readonly former: readonly SubjectKey[];
  /** Those that they were linked, invited or made a member by. */
  readonly addresses: readonly CanonicalEmail[];
  /** The ids of the invitations that they answered, by the audit. */
  readonly invitations: readonly string[];
}

/** Whether a text names somebody, also one that is the key of a value, or stands deep inside of it. */
export type Names = (value: unknown) => boolean;

/** By the UUID, a subject, an address, an invitation, or what services call the subject ({@link loginIdOf}). */
export function namesOf(person: Person): Names {
  const { userId, subjects, invitations } = person;
  return named([userId, ...subjects.map(loginIdOf), ...invitations, ...plainNames(person)]);
}

/** By a subject or an address, which an erasure takes away. The UUID stays. */
export function plainNamesOf(person: Person): Names {
  return named(plainNames(person));
}

/** The same object where nothing is new. */
export function withNames(
  person: Person,
  { subjects, addresses }: Pick<Person, "subjects" | "addresses">,
): Person {
  const newSubjects = subjects.filter(
    (key, at) => !hasSubject(person, key) && subjects.findIndex((each) => isSameSubject(each, key)) === at,
  );
  const newAddresses = [...new Set(addresses)].filter((each) => !person.addresses.includes(each));
  if (newSubjects.length === 0 && newAddresses.length === 0) return person;
  return {
    ...person,
    subjects: [...person.subjects, ...newSubjects],
    addresses: [...person.addresses, ...newAddresses],
  };
}

export function hasSubject({ subjects }: Person, key: SubjectKey): boolean {
  return subjects.some((each) => isSameSubject(each, key));
}

export function hasAddress({ addresses }: Person, email: CanonicalEmail | null): boolean {
  return email !== null && addresses.includes(email);
}

/** By an address at exactly this domain. */
export function addressesAt(domain: DomainName): Names {
  return named([`@${domain}`], "");
}

function plainNames({ subjects, addresses }: Person): readonly string[] {
  return [...subjects.map(({ subject }) => subject), ...addresses];
}

/** What a longer name would go on with, before and behind: `joann@acme.example` is not `ann@acme.example`. */
const NOT_BEHIND = String.raw`(?<![\p{L}\p{N}.+%_-])`;
const NOT_BEFORE = String.raw`(?![\p{L}\p{N}_|@+%-]|\.[\p{L}\p{N}])`;

/** A subject may write an address with capitals, so that case does not count. */
function named(names: readonly string[], behind = NOT_BEHIND): Names {
  if (names.length === 0) return () => false;
  const parts = names.map((name) => name.toLowerCase());
  const whole = new RegExp(`${behind}(?:${names.map(literal).join("|")})${NOT_BEFORE}`, "iu");
  const isNamed = (text: string) => {
    const lower = text.toLowerCase(); // most texts are sorted out by this, which is quicker
    return parts.some((part) => lower.includes(part)) && whole.test(text);
  };
  return (value) => {
    for (const text of textsIn(value)) if (isNamed(text)) return true;
    return false;
  };
}

function literal(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    yield key;
    yield* textsIn(each);
  }
}
