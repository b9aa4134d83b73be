import fc from "fast-check";
import { expect } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { leave, removeMember, restoreMember, setRole } from "../members/members.ts";
import type { Membership } from "../membership.ts";
import type { Stores } from "../operators/administration.ts";
import { type Choose, choose, describeRaces, type Fate, Interleaving } from "../testing/interleaving.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { membership } from "../testing/memory-ports.ts";
import { ACME, JANE, JOE, organization, UNBOUNDED, userNumber } from "../testing/people.ts";
import { sharedPorts } from "../testing/shared-ports.ts";
import { OPERATOR, oneself } from "../testing/standings.ts";
import type { UserId } from "../user-id.ts";
import { isOwner } from "./owners.ts";

const PEOPLE = [JANE, JOE, userNumber(3)] as const;

/** What somebody is when a race begins. */
const BEGINNINGS = {
  owner: { role: "owner", status: "active" },
  admin: { role: "admin", status: "active" },
  removed: { role: "owner", status: "removed" },
} as const satisfies Record<string, Partial<Membership>>;
type Beginning = keyof typeof BEGINNINGS;

const OPERATIONS = {
  "make owner": (userId: UserId, ports: Stores) =>
    setRole(OPERATOR, { userId, role: "owner", expectedRole: null }, ports, UNBOUNDED),
  demote: (userId: UserId, ports: Stores) =>
    setRole(OPERATOR, { userId, role: "member", expectedRole: null }, ports, UNBOUNDED),
  remove: (userId: UserId, ports: Stores) => removeMember(OPERATOR, userId, ports, UNBOUNDED),
  restore: (userId: UserId, ports: Stores) => restoreMember(OPERATOR, userId, ports, UNBOUNDED),
  leave: (userId: UserId, ports: Stores) => leave(OPERATOR, oneself(userId), ports, UNBOUNDED),
} as const;
type Operation = readonly [keyof typeof OPERATIONS, UserId];

interface Race {
  readonly beginnings: readonly Beginning[];
  readonly operations: readonly Operation[];
  readonly choose: Choose;
  readonly fates: readonly Fate[];
  /** The item whose revision the store does not compare, though it must. */
  readonly without: "membership" | "organization" | undefined;
}

/**
 * Operations of several processes on one store, which makes one call at a time.
 * @returns what is wrong with the owners after some call; null if nothing ever is
 */
async function race({ beginnings, operations, choose, fates, without }: Race): Promise<string | null> {
  const owners = PEOPLE.filter((_, at) => beginnings[at] === "owner");
  const organizations = new MemoryOrganizations().put(organization(ACME, { owners, rev: "1" }));
  const stores = new MemoryAdministration(organizations);
  for (const [at, beginning] of beginnings.entries()) {
    stores.memberships.put(membership({ userId: personAt(at), ...BEGINNINGS[beginning], rev: "1" }));
  }
  const interleaving = new Interleaving();
  const shared = sharedPorts(stores, without);
  const ports: Stores = { ...stores, ...interleaving.slow(shared) };
  for (const [name, userId] of operations) await interleaving.start(() => OPERATIONS[name](userId, ports));
  const before = new Map(stores.memberships.memberships);
  return interleaving.finish({ choose, fates, wrong: () => wrongWith(stores, before) });
}

function wrongWith(
  { organizations, memberships, identities }: MemoryAdministration,
  before: ReadonlyMap<string, Membership>,
): string | null {
  const listed = organizations.organizations.get(ACME)?.owners ?? [];
  const active = [...memberships.memberships.values()].filter(isOwner).map(({ userId }) => userId);
  if (listed.length === 0) return "no owner is left";
  if (listed.toSorted().join() !== active.sort().join()) return "the listed are not the active owners";
  const unrecorded = [...memberships.memberships].filter(
    ([key, { userId, rev }]) =>
      rev !== before.get(key)?.rev && !identities.entries.some((entry) => entry.userId === userId),
  );
  return unrecorded.length === 0 ? null : "a change has no entry";
}

function personAt(at: number): UserId {
  return PEOPLE[at] ?? expect.fail("there are three people");
}

const person = fc.constantFrom(...PEOPLE);
const operation = fc.tuple(
  fc.constantFrom("make owner", "demote", "remove", "restore", "leave" as const),
  person,
);
const beginning = fc.constantFrom("owner", "owner", "admin", "removed" as const);
const races = fc.record({
  beginnings: fc.array(beginning, { minLength: 3, maxLength: 3 }).filter((all) => all.includes("owner")),
  operations: fc.array(operation, { minLength: 3, maxLength: 3 }),
  choose,
});

describeRaces(
  "in any race of three changes, at every moment, the listed are the active owners, one stays, and each change has its entry",
  {
    races,
    runs: { calm: 3_000, rough: 4_000 },
    without: ["membership", "organization"],
    wrongIn: race,
  },
);
