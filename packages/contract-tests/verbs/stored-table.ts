import {
  type AttributeValue,
  BatchWriteItemCommand,
  DynamoDBClient,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import type { Environment } from "@platform-api/platform-api";
import { createDynamoTable, type TableFinding, verifyTable } from "@platform-api/server/adapters";

type RawItem = Readonly<Record<string, AttributeValue>>;

/** The items of a table, as the store sends them, by their keys. */
export type Snapshot = ReadonlyMap<string, RawItem>;

/** DynamoDB writes so many items with one request. */
const AT_ONCE = 25;
const VERIFY_MS = 30_000;

/** A table whose items are read, put back and verified, without the faults of the processes that use it. */
export interface StoredTable {
  snapshot(): Promise<Snapshot>;
  /** Writes what differs. */
  restore(wanted: Snapshot): Promise<void>;
  /** What `table verify` finds. */
  findings(): Promise<TableFinding[]>;
  close(): void;
}

export function storedTable({
  DYNAMODB_ENDPOINT: endpoint = "",
  DYNAMODB_TABLE: table = "",
}: Environment): StoredTable {
  const region = "eu-central-1";
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const verified = createDynamoTable({
    table,
    region,
    endpoint,
    attemptMs: VERIFY_MS,
    deadlineMs: VERIFY_MS,
  });

  async function write(requests: readonly object[]): Promise<void> {
    for (let from = 0; from < requests.length; from += AT_ONCE) {
      const some = requests.slice(from, from + AT_ONCE);
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: some } }));
    }
  }

  async function snapshot(): Promise<Snapshot> {
    const items = new Map<string, RawItem>();
    let after: RawItem | undefined;
    do {
      const page = await client.send(new ScanCommand({ TableName: table, ExclusiveStartKey: after }));
      for (const item of page.Items ?? []) items.set(JSON.stringify([item.pk, item.sk]), item);
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
    return items;
  }

  return {
    snapshot,
    async restore(wanted) {
      const present = await snapshot();
      const lost = [...wanted].filter(([key, item]) => !isSame(present.get(key), item));
      const added = [...present].filter(([key]) => !wanted.has(key));
      await write([
        ...lost.map(([, Item]) => ({ PutRequest: { Item } })),
        ...added.map(([, { pk, sk }]) => ({ DeleteRequest: { Key: { pk, sk } } })),
      ]);
    },
    async findings() {
      const found: TableFinding[] = [];
      for await (const { findings } of verifyTable(verified, AbortSignal.timeout(VERIFY_MS)))
        found.push(...findings);
      return found;
    },
    close() {
      verified.close();
      client.destroy();
    },
  };
}

/** Every revision is new with each write. */
function isSame(a: RawItem | undefined, b: RawItem): boolean {
  return a !== undefined && inOrder(a) === inOrder(b);
}

/** Some stores send attributes in any order. */
function inOrder(item: RawItem): string {
  return JSON.stringify(item, (_, value: unknown) =>
    value === null || typeof value !== "object" || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

/**
 * What differs each time that a verb runs: a time, also as the place of a member in a list, an id, a hash, the value of a DNS
 * record, and what Auth0 names.
 */
const RANDOM =
  /(?<="ticketId":\{"S":")[\w-]+|(?<="notBefore":\{"N":")\d+|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b|\b(?:mill|inn)-[a-z0-9]{8}\b|\borg_\w+|(?<=#)\d{16}(?=#)/g;
/** The shard of an audit entry, in the table or in an index, follows from its id. */
const SHARD = /(AUDIT#[^"]*)#[0-9a-f](?=")/g;

/**
 * The items as texts, in order, without their revisions and the times of their deletion, and with a mark in place of every
 * random value that is not in `before`: equal for two runs of one verb. Entries of conflicts are left out, because a process
 * writes each once a day, alone; and notices of changes, because a change whose reply is lost has two.
 */
export function plain(items: Snapshot, before: Snapshot): readonly string[] {
  const known = new Set(JSON.stringify([...before.values()]).match(RANDOM));
  return [...items.values()]
    .filter(({ action, type }) => action?.S !== "identity-conflict" && type?.S !== "notice")
    .map(({ rev: _, deleteAfter: __, ...item }) =>
      inOrder(item)
        .replaceAll(RANDOM, (text) => (known.has(text) ? text : "*"))
        .replaceAll(SHARD, "$1"),
    )
    .sort();
}

/** What one of two has and the other one has not: nothing if they are equal. */
export function differences(one: readonly string[], other: readonly string[]): string[] {
  const only = (mark: string, these: readonly string[], those: readonly string[]) => {
    const left = [...those];
    return these
      .filter((line) => {
        const at = left.indexOf(line);
        if (at !== -1) left.splice(at, 1);
        return at === -1;
      })
      .map((line) => `${mark} ${line}`);
  };
  return [...only("+", one, other), ...only("-", other, one)];
}

/** The actions of the audit entries that `after` has and `before` has not, in the order of their names. */
export function entriesSince(before: Snapshot, after: Snapshot): string[] {
  return [...after]
    .filter(([key, { type, isCopy }]) => !before.has(key) && type?.S === "audit-entry" && !isCopy?.BOOL)
    .map(([, { action }]) => action?.S ?? "")
    .sort();
}
