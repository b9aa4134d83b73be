import {
  type MembershipRegistry,
  readOutsideCaches,
  type StoredLinks,
  type Transactions,
} from "@platform-api/server/domain";
import { MemoryIdentities } from "../../server/src/memory/identities.ts";
import { MemoryMemberships } from "../../server/src/memory/memberships.ts";
import { MemoryOrganizations } from "../../server/src/memory/organizations.ts";
import { memoryTransactions, type TransactionStores } from "../../server/src/memory/transactions.ts";

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

/**
 * These methods, each of which counts as a question to the store, as it does in the adapters of DynamoDB. In an object
 * literal, because the caches copy the methods that they do not replace.
 */
function asked<Name extends string, Port extends Readonly<Record<Name, (...input: never[]) => unknown>>>(
  port: Port,
  ...names: readonly Name[]
): Pick<Port, Name> {
  const entries = names.map((name) => [
    name,
    (...input: unknown[]) => {
      readOutsideCaches();
      return Reflect.apply(port[name], port, input);
    },
  ]);
  return Object.fromEntries(entries) as Pick<Port, Name>;
}

export function linksOf(identities: MemoryIdentities): StoredLinks {
  return {
    ...asked(identities, "find", "findSeat", "isBlocked", "findSubject", "findLogin", "findUser"),
    ...asked(identities, "findFacts", "findSignOut", "findSession", "listSessions"),
    storeNow: () => identities.storeNow(),
  };
}

export function membershipsOf(memberships: MemoryMemberships): MembershipRegistry {
  return {
    ...asked(memberships, "find", "listByUser", "findInvitation", "listInvitations", "findLedger", "release"),
    ...asked(memberships, "listPage", "findByAddress", "invitationPage", "findMany", "findLedgers"),
    ...asked(memberships, "wordPage", "placePage", "count"),
  };
}

export function transactionsOf(stores: TransactionStores): Transactions {
  return asked(memoryTransactions(stores), "commit", "backoff");
}
