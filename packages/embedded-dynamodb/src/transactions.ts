import { promisify } from "node:util";
import db, { type Item, type ItemDb, type Store, type Table } from "dynalite/db/index.js";
import { ApiError, invalid } from "./api-error.ts";
import { attempt, type Outcome } from "./recording-store.ts";
import { RequestTokens } from "./request-tokens.ts";
import { type Operation, parseTransaction, type TransactionInput } from "./transaction-input.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** An operation and the item that it is about. */
interface Target {
  readonly operation: Operation;
  readonly table: Table;
  readonly items: ItemDb;
  /** Of the item, in its table. */
  readonly key: string;
}

/**
 * `TransactWriteItems` on a store of dynalite. Conditions, expressions and entries in indexes are dynalite's own: each
 * operation is tried on a store that records its writes. If none is refused, LevelDB writes all of them as one batch,
 * whole or not at all, even if the process dies meanwhile. The locks are those of dynalite's single writes, so other
 * writers of the items wait, where DynamoDB would refuse them with a `TransactionConflict`.
 */
export class Transactions {
  readonly #store: Store;
  readonly #tokens = new RequestTokens();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns what DynamoDB answers. @throws what it answers with status 400 */
  async write(body: TransactionInput): Promise<object> {
    const { input, operations } = parseTransaction(body, this.#store);
    const run = () => this.#run(input, operations);
    const { ClientRequestToken: token, ...parameters } = body;
    return token === undefined ? run() : this.#tokens.once(token, parameters, run);
  }

  async #run(input: TransactionInput, operations: readonly Operation[]): Promise<object> {
    const targets = await Promise.all(operations.map((operation) => this.#targetOf(operation)));
    const names = targets.map(({ table, key }) => `${table.TableName} ${key}`);
    if (new Set(names).size < names.length)
      throw invalid("Transaction request cannot include multiple operations on one item");
    return holding(targets, async () => {
      const outcomes = await Promise.all(targets.map((target) => this.#attempt(target)));
      refuse(outcomes);
      await this.#store.db.batch(outcomes.flatMap(({ writes }) => writes));
      return input.ReturnConsumedCapacity === undefined || input.ReturnConsumedCapacity === "NONE"
        ? {}
        : { ConsumedCapacity: capacityOf(targets, outcomes) };
    });
  }

  async #targetOf(operation: Operation): Promise<Target> {
    const { TableName, Item, Key = {} } = operation.params;
    const table = await promisify(this.#store.getTable)(TableName);
    if (table === undefined) throw new Error(`no table ${TableName}`);
    const refused = Item === undefined ? db.validateKey(Key, table) : db.validateItem(Item, table);
    if (refused) throw refused;
    const items = this.#store.getItemDb(TableName);
    return { operation, table, items, key: db.createKey(Item ?? Key, table) };
  }

  async #attempt({ operation, table, items, key }: Target): Promise<Outcome> {
    return attempt(this.#store, operation, table, await promisify<string, Item | undefined>(items.get)(key));
  }
}

/**
 * Holds the locks of the items during `work`. It takes those of a table together, and the tables in their order, so
 * that no two transactions wait for each other.
 */
async function holding<T>(targets: readonly Target[], work: () => Promise<T>): Promise<T> {
  const releases: (() => void)[] = [];
  try {
    const byTable = Map.groupBy(targets, ({ table }) => table.TableName);
    for (const [, ofTable] of [...byTable].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const keys = ofTable.map(({ key }) => key);
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

/** @throws the answer unless every operation can be done */
function refuse(outcomes: readonly Outcome[]): void {
  const CancellationReasons = outcomes.map(({ reason }) => reason);
  const codes = CancellationReasons.map(({ Code }) => Code);
  if (codes.some((code) => code !== "None")) {
    const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`;
    throw new ApiError("TransactionCanceledException", message, { Message: message, CancellationReasons });
  }
  if (outcomes.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_BYTES)
    throw invalid("The aggregate size of the items in the transaction exceeds 4 MB");
}

/** A transaction takes twice the units. */
function capacityOf(targets: readonly Target[], outcomes: readonly Outcome[]): object[] {
  const units = new Map<string, number>();
  for (const [index, { table }] of targets.entries())
    units.set(table.TableName, (units.get(table.TableName) ?? 0) + 2 * (outcomes[index]?.units ?? 0));
  return [...units].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits }));
}
