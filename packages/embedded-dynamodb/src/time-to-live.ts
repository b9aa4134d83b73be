import deleteItem from "dynalite/actions/deleteItem.js";
import type { Item, Store, Table } from "dynalite/db/index.js";
import deletion from "dynalite/validations/deleteItem.js";
import validations from "dynalite/validations/index.js";
import { answerOf, invalid } from "./api-error.ts";
import { answered } from "./transactions.ts";

/** How often some items of each table are read. */
export const SWEEP_MS = 5_000;
/** How many, so that requests do not wait. */
export const AT_ONCE = 500;

interface TableInput {
  readonly TableName: string;
}

interface UpdateInput extends TableInput {
  readonly TimeToLiveSpecification: { readonly AttributeName: string; readonly Enabled: boolean };
}

/** What is stored of a table whose items expire. */
interface Setting {
  readonly TableId: string;
  readonly AttributeName: string;
}

/** Beside the prefixes of dynalite. A table's name has no `~`. */
const SETTINGS = "ttl~";

const TABLE_NAME = { type: "String", notNull: true };
const INPUT = { TableName: TABLE_NAME };
const UPDATE = {
  TableName: TABLE_NAME,
  TimeToLiveSpecification: {
    type: "FieldStruct<TimeToLiveSpecification>",
    notNull: true,
    children: {
      AttributeName: {
        type: "String",
        notNull: true,
        lengthGreaterThanOrEqual: 1,
        lengthLessThanOrEqual: 255,
      },
      Enabled: { type: "Boolean", notNull: true },
    },
  },
};

/**
 * `UpdateTimeToLive` and `DescribeTimeToLive` on a store of dynalite, and the deletion of expired items: those whose
 * attribute is a number of seconds since 1970 that have passed. Changes apply at once, where DynamoDB takes up to an hour.
 */
export class TimeToLive {
  readonly #store: Store;
  /** The last key that was read of a table, while there are more. */
  readonly #readUntil = new Map<string, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns what DynamoDB answers. @throws what it answers with status 400 */
  async update(body: UpdateInput): Promise<object> {
    const { TableName, TimeToLiveSpecification } = this.#checked(body, UPDATE);
    const { AttributeName, Enabled } = TimeToLiveSpecification;
    const { table, attribute } = await this.#find(TableName);
    if (Enabled === (attribute !== null))
      throw invalid(`TimeToLive is already ${Enabled ? "enabled" : "disabled"}`);
    const setting: Setting = { TableId: table.TableId, AttributeName };
    if (Enabled) await this.#store.db.put(SETTINGS + TableName, setting);
    else await this.#store.db.del(SETTINGS + TableName);
    return { TimeToLiveSpecification };
  }

  /** @returns what DynamoDB answers. @throws what it answers with status 400 */
  async describe(body: TableInput): Promise<object> {
    const { attribute } = await this.#find(this.#checked(body, INPUT).TableName);
    const on = { TimeToLiveStatus: "ENABLED", AttributeName: attribute };
    return { TimeToLiveDescription: attribute === null ? { TimeToLiveStatus: "DISABLED" } : on };
  }

  /** Deletes what has expired, now and then. @returns what ends that */
  start(): () => void {
    // A store that is broken, or closed meanwhile, fails requests, which say so.
    const sweep = () => void this.#sweep().catch(() => {});
    sweep();
    const timer = setInterval(sweep, SWEEP_MS).unref();
    return () => clearInterval(timer);
  }

  async #sweep(): Promise<void> {
    const settings = await this.#entries(SETTINGS, SETTINGS, -1);
    await Promise.all(settings.map(([key]) => this.#sweepTable(key.slice(SETTINGS.length))));
  }

  /** Goes on where the last sweep has ended. */
  async #sweepTable(TableName: string): Promise<void> {
    const { table, attribute } = await this.#find(TableName);
    if (attribute === null) return;
    const prefix = `item-${TableName}~`;
    const read = await this.#entries<Item>(prefix, this.#readUntil.get(TableName) ?? prefix, AT_ONCE);
    const last = read.at(AT_ONCE - 1);
    if (last === undefined) this.#readUntil.delete(TableName);
    else this.#readUntil.set(TableName, last[0]);
    const now = Math.floor(Date.now() / 1_000);
    const hasExpired = ([, { [attribute]: at }]: [string, Item]) =>
      at !== undefined && "N" in at && Number(at.N) <= now;
    await Promise.all(read.filter(hasExpired).map(([, item]) => this.#delete(table, item, attribute, now)));
  }

  /** Unless the item lives longer now. */
  async #delete({ TableName, KeySchema }: Table, item: Item, attribute: string, now: number): Promise<void> {
    const params = {
      TableName,
      Key: Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]])),
      ConditionExpression: "#ttl <= :now",
      ExpressionAttributeNames: { "#ttl": attribute },
      ExpressionAttributeValues: { ":now": { N: `${now}` } },
    };
    deletion.custom(params, this.#store);
    try {
      await answered((done) => deleteItem(this.#store, params, done));
    } catch (error) {
      if (answerOf(error) === null) throw error;
    }
  }

  /** `attribute` is null if items do not expire. @throws the answer to a table that does not exist */
  async #find(TableName: string): Promise<{ table: Table; attribute: string | null }> {
    const table = await answered<Table>((done) => this.#store.getTable(TableName, done));
    if (table === undefined) throw new Error(`no table ${TableName}`);
    const setting = await this.#store.db.get<Setting>(SETTINGS + TableName);
    return { table, attribute: setting?.TableId === table.TableId ? setting.AttributeName : null };
  }

  #entries<T>(prefix: string, gt: string, limit: number): Promise<[string, T][]> {
    const lt = `${prefix.slice(0, -1)}\x7f`; // the character after `~`
    return this.#store.db.iterator<T>({ gt, lt, limit }).all();
  }

  #checked<T extends object>(body: T, types: object): T {
    const input = validations.checkTypes(body, types);
    validations.checkValidations(input, types, null, this.#store);
    return input;
  }
}
