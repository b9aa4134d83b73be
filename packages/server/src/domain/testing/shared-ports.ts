import { linksOf } from "../../memory/identities.ts";
import { MemoryOrganizationRegistry } from "../../memory/organization-registry.ts";
import { memoryTransactions, type TransactionStores } from "../../memory/transactions.ts";
import type { IdentityLink, StoredLinks } from "../identity/identity-link.ts";
import type { Administration } from "../operators/administration.ts";
import type { Items } from "../transaction.ts";

/** What racing processes share. */
export interface SharedPorts
  extends Pick<
    Administration,
    | "organizations"
    | "organizationRegistry"
    | "memberships"
    | "speakers"
    | "transactions"
    | "domains"
    | "connections"
    | "windows"
    | "audit"
  > {
  readonly identities: Administration["identities"] & { create(link: IdentityLink): Promise<IdentityLink> };
  readonly storedLinks: StoredLinks;
}

/** Where that is stored. */
export interface Storage {
  /** The part of the runs of a property that this storage makes. */
  readonly share: number;
  /**
   * The stores in memory are what is stored when a race begins, and what its judge sees.
   * @param blindTo the kinds of items whose revision is not compared, though it must be
   */
  portsOf(stores: TransactionStores, blindTo: ReadonlySet<keyof Items>): SharedPorts;
}

const IN_MEMORY: Storage = {
  share: 1,
  portsOf(stores, blindTo) {
    const { organizations, memberships, identities, domains, connections } = stores;
    return {
      organizations,
      organizationRegistry: new MemoryOrganizationRegistry(organizations, memberships),
      memberships,
      domains,
      connections,
      identities,
      speakers: identities.speakers,
      windows: identities.windows,
      audit: {
        append: (entry) => identities.append(entry),
        async *list() {
          yield* identities.entries;
        },
      },
      storedLinks: linksOf(identities),
      transactions: memoryTransactions(stores, { blindTo }),
    };
  },
};

let storage = IN_MEMORY;

/** Lets the races of this process meet in another storage. */
export function shareIn(other: Storage): void {
  storage = other;
}

/** The ports of the processes of a race. */
export function sharedPorts(
  stores: TransactionStores,
  ...blindTo: readonly (keyof Items | null | undefined)[]
): SharedPorts {
  return storage.portsOf(stores, new Set(blindTo.filter((each) => each != null)));
}

/** Thousands of races take seconds, and minutes on a table of a busy machine. */
export const SLOW = { timeout: 300_000 };

/** How many runs a property makes that holds. */
export function runsOf(inMemory: number): number {
  return Math.ceil(inMemory * storage.share);
}
