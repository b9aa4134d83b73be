import {
  type IdentityLinks,
  type Memberships,
  type MembershipWrites,
  type OwnersStore,
  readOutsideCaches,
} from "@platform-api/server/domain";
import { MemoryIdentities } from "../../server/src/domain/testing/memory-identities.ts";
import { MemoryMemberships } from "../../server/src/domain/testing/memory-memberships.ts";
import { MemoryOrganizations } from "../../server/src/domain/testing/memory-organizations.ts";

/** What all processes share. Tests change it as an operator or another process would. */
export interface MemoryStores {
  readonly organizations: MemoryOrganizations;
  readonly memberships: MemoryMemberships;
  readonly identities: MemoryIdentities;
}

export function memoryStores(): MemoryStores {
  return {
    organizations: new MemoryOrganizations(),
    memberships: new MemoryMemberships(),
    identities: new MemoryIdentities(),
  };
}

/** Each method counts as a question to the store, as it does in the adapters of DynamoDB. */
function asked<Port extends object>(port: Port): Port {
  const entries = Object.entries(port).map(([name, method]) => [
    name,
    (...input: unknown[]) => {
      readOutsideCaches();
      return method(...input);
    },
  ]);
  return Object.fromEntries(entries) as Port;
}

/** As an object literal, because the caches copy the methods that they do not replace. */
export function linksOf(identities: MemoryIdentities): IdentityLinks {
  return asked({
    find: (key) => identities.find(key),
    create: (link) => identities.create(link),
    remove: (link) => identities.remove(link),
    takeSeat: (seat, subject) => identities.takeSeat(seat, subject),
    takeOverSeat: (held, by) => identities.takeOverSeat(held, by),
    releaseSeat: (seat, subject) => identities.releaseSeat(seat, subject),
    isBlocked: (userId) => identities.isBlocked(userId),
  });
}

/** See {@link linksOf}. */
export function membershipsOf(memberships: MemoryMemberships): Memberships {
  return asked({
    find: (organizationId, userId) => memberships.find(organizationId, userId),
    listByUser: (userId) => memberships.listByUser(userId),
    create: (membership) => memberships.create(membership),
    findInvitation: (organizationId, email) => memberships.findInvitation(organizationId, email),
    listInvitations: (email) => memberships.listInvitations(email),
    consumeInvitation: (invitation, userId) => memberships.consumeInvitation(invitation, userId),
    replaceInvitation: (next, present) => memberships.replaceInvitation(next, present),
  });
}

/** See {@link linksOf}. */
export function membershipWritesOf(memberships: MemoryMemberships): MembershipWrites {
  return asked({
    find: (organizationId, userId) => memberships.find(organizationId, userId),
    replace: (next, present) => memberships.replace(next, present),
  });
}

/** See {@link linksOf}. */
export function ownersOf({ owners }: MemoryMemberships): OwnersStore {
  return asked(owners);
}
