import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  type HeldSeat,
  type IdentityLink,
  type IdentityRegistry,
  type Membership,
  type MembershipPorts,
  type Memberships,
  parseUserId,
  type RegisteredUsers,
  type Seat,
  type Speakers,
  type SpeakersStore,
  type SubjectKey,
  type Transactions,
  type UserDirectory,
  type UserId,
} from "@platform-api/server/domain";

/** Stands for the user that a login would create. Never stored. */
export const NEW_USER = parseUserId(randomUUID());

/** Links and seats of the store; writes return what a login would have stored, and store nothing. */
export function dryLinks(registry: IdentityRegistry): IdentityRegistry {
  const inOwnName = (seat: Seat, subject: string): HeldSeat => {
    const { tenant, connection, userId } = seat;
    return { tenant, connection, userId, subject, formerSubject: null, takenOverAt: null };
  };
  const created = new Map<string, IdentityLink>();
  const keyOf = ({ tenant, subject }: SubjectKey) => JSON.stringify([tenant, subject]);
  const find: IdentityRegistry["find"] = async (key, signal) =>
    (await registry.find(key, signal)) ?? created.get(keyOf(key)) ?? null;
  return {
    ...registry,
    find,
    async create(link, signal) {
      const stored = (await registry.find(link, signal)) ?? link;
      created.set(keyOf(stored), stored);
      return stored;
    },
    remove: async () => true,
    takeSeat: async (seat, subject, signal) =>
      (await registry.findSeat(seat, signal)) ?? inOwnName(seat, subject),
    takeOverSeat: async (held, by) => ({ ...held, ...by, formerSubject: held.subject }),
    releaseSeat: async () => {},
  };
}

/** Finds existing users only; creates none. */
export function dryDirectory(directory: RegisteredUsers): UserDirectory {
  return {
    async ensureUser(email, signal) {
      const userId = await directory.find(email, signal);
      if (userId !== null) return { userId, created: false };
      if (NEW_USER === null) throw new Error("a random UUID does not parse");
      return { userId: NEW_USER, created: true };
    },
  };
}

export interface DryMemberships extends Memberships {
  /** Whether a login would create this membership. */
  isNew(membership: Membership): boolean;
}

export function dryMemberships(memberships: Memberships): DryMemberships {
  const made: Membership[] = [];
  return {
    ...memberships,
    async create(membership, signal) {
      const stored = await memberships.find(membership.organizationId, membership.userId, signal);
      if (stored === null) made.push(membership);
      return stored ?? membership;
    },
    consumeInvitation: async ({ consumedBy }, userId) => consumedBy === null || consumedBy === userId,
    isNew: (membership) => made.some((each) => isDeepStrictEqual(each, membership)),
  };
}

/** The other ports of a login, without their writes. */
export function dryPorts({
  speakers,
  owners,
  membershipWrites,
  ...ports
}: Omit<MembershipPorts, "memberships" | "audit" | "storedLinks">) {
  const replaced = new Map<UserId, Speakers>();
  return {
    ...ports,
    speakers: {
      find: async (userId, signal) => replaced.get(userId) ?? speakers.find(userId, signal),
      replace: async (next) => replaced.set(next.userId, next).has(next.userId),
    } satisfies SpeakersStore,
    owners: { ...owners, replace: async () => true },
    membershipWrites: { ...membershipWrites, replace: async () => true },
    transactions: { commit: async () => true, backoff: async () => {} } satisfies Transactions,
    audit: { append: async () => {}, doubt: () => {} },
  };
}
