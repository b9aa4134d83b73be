import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { DynamoDB, TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { AuditEntry, Changes, Items, Transactions, Write } from "../../../domain/index.ts";
import type { Storage } from "../../../domain/testing/shared-ports.ts";
import { type Kind, kindsOf, type TransactionStores } from "../../../memory/transactions.ts";
import { dynamoAudit } from "../audit.ts";
import { dynamoIdentities, dynamoRelinkWindows, dynamoSpeakers } from "../identities.ts";
import { dynamoMemberships } from "../memberships.ts";
import { dynamoOrganizationRegistry } from "../organization-registry.ts";
import { dynamoConnections, dynamoDomains, dynamoOrganizations } from "../organizations.ts";
import { identified, type StoredAuditEntry } from "../table/audit-keys.ts";
import { ITEM_TYPES, type StoredItems } from "../table/item-types.ts";
import type { Key } from "../table/keys.ts";
import { scanRaw } from "../table/raw-items.ts";
import { fromItem, type ItemType, type StoredItem, toItem } from "../table/stored-item.ts";
import type { DynamoTable } from "../table/table.ts";
import { dynamoTransactions } from "../transactions.ts";
import { UNBOUNDED } from "./examples.ts";

/** Each property holds in thousands of runs in memory. Here it needs no more than to meet the adapter. */
const SHARE = 0.02;
/** DynamoDB's limit for one request. */
const MAX_BATCH = 25;

/** Nothing in memory has notices of changes, heartbeats, places of members or in the events, or copies. */
interface Stored {
  readonly kind: Exclude<keyof StoredItems, Unmirrored | "heartbeat" | "eventCursor" | "reconciliation">;
  readonly value: object;
}
/** What a transaction writes beside what it was given. */
const UNMIRRORED = ["notice", "memberWord", "memberPlace"] as const;
type Unmirrored = (typeof UNMIRRORED)[number];
const UNMIRRORED_TYPES = new Set<unknown>(UNMIRRORED.map((kind) => ITEM_TYPES[kind].type));

/** Items by their keys. */
type Stock = ReadonlyMap<string, Stored>;

/**
 * The stores of races in a table. Before each call it gets what the test has put into the stores in memory, and after each
 * write they get what it has: so a test begins and judges a race as it does in memory. Calls are made one at a time, as
 * there.
 */
export function mirroredTable(table: DynamoTable): Storage {
  let stock: Stock = new Map();
  let last: Promise<unknown> = Promise.resolve();

  async function push(stores: TransactionStores): Promise<void> {
    const next = stockOf(stores);
    await bring(table, stock, next);
    stock = next;
  }

  async function pull(stores: TransactionStores, written: readonly AuditEntry[]): Promise<void> {
    const found = await scanned(table);
    const kinds = kindsOf(stores);
    for (const [key, { kind, value }] of stock)
      if (kind !== "auditEntry" && !found.has(key)) (kinds[kind] as Kind<object>).remove(value);
    const appended: AuditEntry[] = [];
    for (const [key, { kind, value }] of found) {
      if (isDeepStrictEqual(stock.get(key)?.value, value)) continue;
      if (kind === "auditEntry") appended.push(withoutId(value));
      else (kinds[kind] as Kind<object>).put(value);
    }
    const place = (entry: AuditEntry) => written.findIndex((each) => isDeepStrictEqual(each, entry));
    stores.identities.entries.push(...appended.sort((a, b) => place(a) - place(b)));
    stock = stockOf(stores);
  }

  return {
    share: SHARE,
    portsOf(stores, blindTo) {
      async function inTurn<Result>(call: () => Promise<Result>): Promise<Result> {
        const made = last.then(() => push(stores)).then(call);
        last = made.catch(() => {});
        return made;
      }
      const writing = <Result>(call: () => Promise<Result>, written: readonly AuditEntry[]) =>
        inTurn(() => call().finally(() => pull(stores, written)));
      function reading<Port extends object>(port: Port): Port {
        const methods = Object.entries(port).map(([name, method]) => [
          name,
          (...input: unknown[]) => inTurn(async () => method(...input)),
        ]);
        return Object.fromEntries(methods) as Port;
      }
      const audit = dynamoAudit(table);
      const memberships = dynamoMemberships(table);
      const transactions = repeatableTransactions(table);
      return {
        organizations: reading(dynamoOrganizations(table)),
        organizationRegistry: reading(dynamoOrganizationRegistry(table)),
        memberships: {
          ...reading(memberships),
          release: (id, day, signal) => writing(() => memberships.release(id, day, signal), []),
        },
        speakers: reading(dynamoSpeakers(table)),
        domains: reading(dynamoDomains(table)),
        connections: reading(dynamoConnections(table)),
        windows: reading(dynamoRelinkWindows(table)),
        storedLinks: reading(dynamoIdentities(table)),
        identities: {
          ...reading(dynamoIdentities(table)),
          create: (link) => stores.identities.create(link),
        },
        audit: {
          ...reading(audit),
          append: (entry, signal) => writing(() => audit.append(entry, signal), [entry]),
        },
        transactions: {
          commit: (changes, signal) =>
            writing(() => transactions.commit(blinded(changes, stock, blindTo), signal), changes.audit),
          backoff: async () => {},
        },
      };
    },
  };
}

/** A commit whose reply was lost is repeated with its token and its entries, as the SDK does it. */
function repeatableTransactions(table: DynamoTable): Transactions {
  const inputs = new WeakMap<Changes, TransactWriteItemsCommandInput>();
  let committing: Changes;
  const transactions = dynamoTransactions({
    ...table,
    async client() {
      const client = await table.client();
      const transactWriteItems: DynamoDB["transactWriteItems"] = (first, ...options: never[]) => {
        const input = inputs.get(committing) ?? { ...first, ClientRequestToken: randomUUID() };
        inputs.set(committing, input);
        return client.transactWriteItems(input, ...options);
      };
      return Object.assign(Object.create(client), { transactWriteItems });
    },
  });
  return {
    ...transactions,
    commit(changes, signal) {
      committing = changes;
      return transactions.commit(changes, signal);
    },
  };
}

/** The changes as they are conditional on nothing of these kinds: what is read is what is stored. */
function blinded(changes: Changes, stock: Stock, blindTo: ReadonlySet<keyof Items>): Changes {
  if (blindTo.size === 0) return changes;
  const writes = changes.writes.flatMap((write) => {
    if (!blindTo.has(write.item)) return write;
    const { key } = ITEM_TYPES[write.item] as ItemType<object>;
    const present = stock.get(nameOf(key(write.next ?? write.present ?? {})))?.value ?? null;
    return write.next === null && present === null ? [] : ({ ...write, present } as Write);
  });
  return { ...changes, writes, unchanged: changes.unchanged.filter(({ item }) => !blindTo.has(item)) };
}

function nameOf({ pk, sk }: StoredItem | Key): string {
  return JSON.stringify([pk, sk]);
}

function typeOf(kind: Stored["kind"]): ItemType<object> {
  return ITEM_TYPES[kind] as ItemType<object>;
}

/** The entries in memory have no ids. */
const identifiedEntries = new WeakMap<AuditEntry, StoredAuditEntry>();

function withId(entry: AuditEntry): StoredAuditEntry {
  const stored = identifiedEntries.get(entry) ?? identified(entry);
  identifiedEntries.set(entry, stored);
  return stored;
}

function withoutId(stored: object): AuditEntry {
  const { id: _, isCopy: __, ...entry } = stored as StoredAuditEntry;
  identifiedEntries.set(entry, stored as StoredAuditEntry);
  return entry;
}

/** What the stores in memory have. */
function stockOf(stores: TransactionStores): Stock {
  const kinds = Object.entries(kindsOf(stores)) as [keyof Items, Kind<object>][];
  const items = kinds.flatMap(([kind, { all }]) => [...all()].map((value): Stored => ({ kind, value })));
  const entries = stores.identities.entries.map(
    (entry): Stored => ({ kind: "auditEntry", value: withId(entry) }),
  );
  return new Map([...items, ...entries].map((each) => [nameOfValue(each), each]));
}

/** Of the values in memory, which are replaced and never changed. */
const names = new WeakMap<object, string>();

function nameOfValue({ kind, value }: Stored): string {
  const name = names.get(value) ?? nameOf(typeOf(kind).key(value));
  names.set(value, name);
  return name;
}

/** What the table has. */
async function scanned(table: DynamoTable): Promise<Stock> {
  const kinds = Object.keys(ITEM_TYPES) as Stored["kind"][];
  const kindOf = new Map(kinds.map((kind) => [typeOf(kind).type, kind]));
  const found = new Map<string, Stored>();
  for await (const page of scanRaw(table, "item", {}, UNBOUNDED)) {
    for (const item of page) {
      if (UNMIRRORED_TYPES.has(item.type) || item.isCopy === true) continue;
      const kind = kindOf.get(String(item.type));
      if (kind === undefined) throw new Error(`the table has an unknown item: ${item.type}`);
      found.set(nameOf(item), { kind, value: fromItem(typeOf(kind), item) });
    }
  }
  return found;
}

/** Brings the table from one stock to another. */
async function bring(table: DynamoTable, from: Stock, to: Stock): Promise<void> {
  const put = [...to].filter(([name, { value }]) => {
    const stored = from.get(name)?.value;
    return stored !== value && !isDeepStrictEqual(stored, value);
  });
  const gone = [...from].filter(([name]) => !to.has(name));
  const requests = [
    ...put.map(([, { kind, value }]) => ({ PutRequest: { Item: marshall(toItem(typeOf(kind), value)) } })),
    ...gone.map(([, { kind, value }]) => {
      const { pk, sk } = typeOf(kind).key(value);
      return { DeleteRequest: { Key: marshall({ pk, sk }) } };
    }),
  ];
  const client = await table.client();
  while (requests.length > 0)
    await client.batchWriteItem({
      RequestItems: { [table.options.table]: requests.splice(0, MAX_BATCH) },
    });
}
