import db, { type Done, type Item, type ItemDb, type Store, type Table } from "dynalite/db/index.js";
import { ApiError, invalid } from "./api-error.ts";
import { attempt, type Outcome } from "./recording-store.ts";
import { RequestTokens } from "./request-tokens.ts";
import { type Operation, parseTransaction, type TransactionInput } from "./transaction-input.ts";

/** An operation and the item that it is about. */
interface Target {
  readonly operation: Operation;
  readonly table: Table;
  readonly items: ItemDb;
  /** Of the item, in its table; null if the table cannot have such an item. dynalite refuses it then. */
  readonly key: string | null;
}

/** The write units that a table has taken. */
interface Capacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

/**
 * `TransactWriteItems` on a store of dynalite. Conditions, expressions and entries in indexes are dynalite's own: each
 * operation is tried on a store that records its writes. If none is refused, LevelDB writes all of them as one batch,
 * whole or not at all, even if the process dies meanwhile. The locks are those of dynalite's single writes, so other
 * writers of the items wait, where DynamoDB would refuse them with a `TransactionConflict`.
 */
export class Transactions {
  readonly #store: Store;
  readonly #tokens = new RequestTokens<readonly Capacity[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns what DynamoDB answers. @throws what it answers with status 400 */
  async write(body: TransactionInput): Promise<object> {
    const { ClientRequestToken: token, TransactItems, ReturnConsumedCapacity: wanted = "NONE" } = body;
    const operations = parseTransaction(body, this.#store);
    const run = () => this.#run(operations);
    const ConsumedCapacity =
      token === undefined ? await run() : await this.#tokens.once(token, TransactItems, run);
    return wanted === "NONE" ? {} : { ConsumedCapacity };
  }

  async #run(operations: readonly Operation[]): Promise<readonly Capacity[]> {
    const targets = await this.#targetsOf(operations);
    const items = targets.flatMap(({ table, key }) => (key === null ? [] : `${table.TableName} ${key}`));
    if (new Set(items).size < items.length)
      throw invalid("Transaction request cannot include multiple operations on one item");
    return holding(targets, async () => {
      const outcomes = await Promise.all(targets.map((target) => this.#attempt(target)));
      refuseUnlessAllCanBeDone(outcomes);
      await this.#store.db.batch(outcomes.flatMap(({ writes }) => writes));
      return capacityOf(targets, outcomes);
    });
  }

  async #targetsOf(operations: readonly Operation[]): Promise<readonly Target[]> {
    const names = [...new Set(operations.map(({ params }) => params.TableName))];
    const read = names.map((name) => answered<Table>((done) => this.#store.getTable(name, done)));
    const tables = new Map((await Promise.all(read)).map((table) => [table?.TableName, table]));
    return operations.map((operation) => {
      const { TableName, Item, Key = {} } = operation.params;
      const table = tables.get(TableName);
      if (table === undefined) throw new Error(`no table ${TableName}`);
      const refused = Item === undefined ? db.validateKey(Key, table) : db.validateItem(Item, table);
      const key = refused ? null : db.createKey(Item ?? Key, table);
      return { operation, table, items: this.#store.getItemDb(TableName), key };
    });
  }

  async #attempt({ operation, table, items, key }: Target): Promise<Outcome> {
    const existing = key === null ? undefined : await answered<Item>((done) => items.get(key, done));
    return attempt(this.#store, operation, table, existing);
  }
}

/** What dynalite answers by a callback. */
export function answered<T>(ask: (done: Done<T>) => void): Promise<T | undefined> {
  return new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))));
}

/**
 * Holds the locks of the items during `work`. It takes those of a table together, and the tables in their order, so
 * that no two transactions wait for each other.
 */
async function holding<T>(targets: readonly Target[], work: () => Promise<T>): Promise<T> {
  const releases: (() => void)[] = [];
  try {
    const lockable = targets.filter(({ key }) => key !== null);
    const byTable = Map.groupBy(lockable, ({ table }) => table.TableName);
    for (const [, ofTable] of [...byTable].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const keys = ofTable.flatMap(({ key }) => key ?? []);
      await new Promise<void>((resolve) =>
        ofTable[0]?.items.lock(keys, (release) => {
          releases.push(release(() => {}));
          resolve();
        }),
      );
    }
    return await work();
  } finally {
    for (const release of releases) release();
  }
}

/** @throws the answer that names the reason of each operation */
function refuseUnlessAllCanBeDone(outcomes: readonly Outcome[]): void {
  const CancellationReasons = outcomes.map(({ reason }) => reason);
  const codes = CancellationReasons.map(({ Code }) => Code);
  if (codes.every((code) => code === "None")) return;
  const Message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`;
  throw new ApiError("TransactionCanceledException", Message, { Message, CancellationReasons });
}

/** A transaction takes twice the units. */
function capacityOf(targets: readonly Target[], outcomes: readonly Outcome[]): readonly Capacity[] {
  const units = new Map<string, number>();
  for (const [index, { table }] of targets.entries())
    units.set(table.TableName, (units.get(table.TableName) ?? 0) + 2 * (outcomes[index]?.units ?? 0));
  return [...units].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits }));
}
