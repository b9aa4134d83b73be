import {
  type Changes,
  type Items,
  loginIdOf,
  type Read,
  Refusal,
  type Transactions,
} from "../domain/index.ts";
import { type MemoryIdentities, seatKeyOf, sessionKeyOf } from "./identities.ts";
import type { MemoryMemberships } from "./memberships.ts";
import type { MemoryOrganizations } from "./organizations.ts";
import type { MemoryConnections, MemoryDomains } from "./self-service.ts";

export interface TransactionStores {
  readonly organizations: MemoryOrganizations;
  readonly memberships: MemoryMemberships;
  readonly identities: MemoryIdentities;
  readonly domains: MemoryDomains;
  readonly connections: MemoryConnections;
}

interface Faults {
  /** Whether the store is unavailable. */
  readonly fails?: () => boolean;
  /** The kinds of items whose revision is not compared, though it must be. */
  readonly blindTo?: ReadonlySet<keyof Items>;
}

interface Revised {
  readonly rev: string | null;
}

/** One kind of item in memory. `find` gets the item that is to be stored, or was read, or what makes its key. */
export interface Kind<Item> {
  all(): Iterable<Item>;
  key(like: Item): unknown;
  find(like: Item): Promise<Revised | null> | Revised | null | undefined;
  put(next: Item): unknown;
  remove(present: Item): unknown;
}

/** Transactions on the stores in memory, with the conditions of the real store. */
export function memoryTransactions(stores: TransactionStores, { fails, blindTo }: Faults = {}): Transactions {
  const kinds = kindsOf(stores);
  const committed = new WeakSet<Changes>();

  async function isStill(kind: keyof Items, next: object | null, present: object | null): Promise<boolean> {
    if (blindTo?.has(kind)) return true;
    const store: Kind<object> = kinds[kind] as never;
    const stored = await store.find(next ?? present ?? {});
    return (stored?.rev ?? null) === (present === null ? null : Reflect.get(present, "rev"));
  }

  async function isAbsent({ item, absent }: Extract<Read, { readonly absent: unknown }>): Promise<boolean> {
    const store: Kind<object> = kinds[item] as never;
    return blindTo?.has(item) === true || ((await store.find(absent)) ?? null) === null;
  }

  async function commit(changes: Changes): Promise<boolean> {
    if (fails?.()) throw new Refusal("STORE_UNAVAILABLE", "transaction: committing");
    if (committed.has(changes)) return true; // repeated with its token, because its reply was lost
    refuseTwice(changes);
    const conditions = [
      ...changes.writes.map(({ item, next, present }) => isStill(item, next, present)),
      ...changes.unchanged.map((read) =>
        "absent" in read ? isAbsent(read) : isStill(read.item, null, read.present),
      ),
    ];
    if ((await Promise.all(conditions)).includes(false)) return false;
    stores.identities.transaction(() => {
      committed.add(changes);
      for (const { item, next, present } of changes.writes) {
        const store: Kind<object> = kinds[item] as never;
        if (next !== null) store.put(next);
        else if (present !== null) store.remove(present);
      }
      stores.identities.entries.push(...changes.audit);
    });
    return true;
  }

  /** The store refuses two operations on one item. */
  function refuseTwice({ writes, unchanged }: Changes): void {
    const keyOf = (kind: keyof Items, like: object | null) =>
      JSON.stringify([kind, (kinds[kind] as Kind<object>).key(like ?? {})]);
    const keys = [
      ...writes.map(({ item, next, present }) => keyOf(item, next ?? present)),
      ...unchanged.map((read) => keyOf(read.item, "absent" in read ? read.absent : read.present)),
    ];
    if (new Set(keys).size < keys.length) throw new Error("two operations of a transaction on one item");
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    /** One after the other, as none may come between what another one reads and what it writes. */
    async commit(changes) {
      const committing = last.then(() => commit(changes));
      last = committing.catch(() => {});
      return committing;
    },

    backoff: async () => {},
  };
}

export function kindsOf({
  organizations,
  memberships,
  identities,
  domains,
  connections,
}: TransactionStores): {
  readonly [Name in keyof Items]: Kind<Items[Name]>;
} {
  return {
    organization: {
      all: () => organizations.organizations.values(),
      key: ({ id }) => id,
      find: ({ id }) => organizations.organizations.get(id),
      put: (next) => organizations.organizations.set(next.id, next),
      remove: ({ id }) => organizations.organizations.delete(id),
    },
    pointer: mapOf(organizations.pointers, ({ auth0OrgId }) => auth0OrgId),
    membership: mapOf(memberships.memberships, ({ organizationId, userId }) => `${organizationId} ${userId}`),
    invitation: mapOf(memberships.invitations, ({ organizationId, email }) => `${organizationId} ${email}`),
    invitationLedger: mapOf(memberships.ledgers, ({ organizationId }) => organizationId),
    speakers: mapOf(identities.spoken, ({ userId }) => userId),
    link: {
      all: () => identities.links.values(),
      key: loginIdOf,
      find: (key) => identities.links.get(loginIdOf(key)),
      put: (next) => identities.put(next),
      remove: (present) => identities.links.delete(loginIdOf(present)),
    },
    seat: mapOf(identities.seats, seatKeyOf),
    window: mapOf(identities.opened, ({ connection }) => connection),
    block: mapOf(identities.blocked, ({ userId }) => userId),
    facts: mapOf(identities.facts, loginIdOf),
    session: mapOf(identities.sessions, sessionKeyOf),
    signOut: mapOf(identities.signOuts, ({ userId }) => userId),
    domain: {
      all: () => domains.all(),
      key: ({ organizationId, domain }) => [organizationId, domain],
      find: async ({ organizationId, domain }) => (await domains.find(organizationId, domain)).domain,
      put: (next) => domains.put(next),
      remove: (present) => domains.remove(present),
    },
    claim: mapOf(domains.claims, ({ organizationId, domain }) => `${organizationId} ${domain}`),
    connection: {
      all: () => connections.all(),
      key: ({ name }) => name,
      find: ({ name }) => connections.find(name),
      put: (next) => connections.put(next),
      remove: ({ name }) => connections.connections.delete(name),
    },
    setup: mapOf(connections.setups, ({ organizationId }) => organizationId),
    refusal: mapOf(memberships.refused, ({ organizationId, slot }) => `${organizationId} ${slot}`),
  };
}

function mapOf<Key, Item extends Revised>(items: Map<Key, Item>, keyOf: (item: Item) => Key): Kind<Item> {
  return {
    all: () => items.values(),
    key: keyOf,
    find: (like) => items.get(keyOf(like)),
    put: (next) => items.set(keyOf(next), next),
    remove: (present) => items.delete(keyOf(present)),
  };
}
