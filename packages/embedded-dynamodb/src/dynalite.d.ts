declare module "dynalite" {
  import type { Server } from "node:http";

  interface Options {
    /** The folder of the tables. Without it they are kept in memory. */
    readonly path?: string | undefined;
    /** How long a new table stays in the state CREATING. */
    readonly createTableMs?: number;
    readonly updateTableMs?: number;
    readonly deleteTableMs?: number;
  }

  /** A DynamoDB server that does not listen yet. */
  function dynalite(options?: Options): Server;
  export = dynalite;
}

declare module "dynalite/db/index.js" {
  namespace db {
    /** Attributes as DynamoDB sends them, each with its type. */
    type Item = Readonly<Record<string, object>>;
    /** A table's description. */
    interface Table {
      readonly TableName: string;
      /** Of this table alone, even if another one has had its name. */
      readonly TableId: string;
      readonly KeySchema: readonly { readonly AttributeName: string }[];
    }
    type Done<T = void> = (error: Error | null, value?: T) => void;

    /** The items of a table, or the entries of an index. */
    interface ItemDb {
      /** Finds undefined where there is no item. */
      get(key: string, done: Done<Item>): void;
      put(key: string, item: Item, done: Done): void;
      del(key: string, done: Done): void;
      /** Calls `run` when it holds the keys; `release` makes a callback that lets them go. */
      lock(keys: string | readonly string[], run: (release: Releaser) => void): void;
    }
    type Releaser = <Args extends unknown[]>(done: (...args: Args) => void) => (...args: Args) => void;

    type BatchOperation =
      | { readonly type: "put"; readonly key: string; readonly value: Item }
      | { readonly type: "del"; readonly key: string };

    /** What operations on items use. */
    interface ItemStore {
      readonly options: { readonly maxItemSize: number };
      getTable(name: string, done: Done<Table>): void;
      getItemDb(table: string): ItemDb;
      getIndexDb(type: string, table: string, index: string): ItemDb;
    }

    /** The store behind a server. */
    interface Store extends ItemStore {
      lifecycleManager: {
        /** Closes the LevelDB when what it reads and writes now has ended. */
        gracefulClose(done?: (error?: Error | null) => void): Promise<void> | void;
      };
      /** The LevelDB that holds all tables. */
      readonly db: {
        open(): Promise<void>;
        close(): Promise<void>;
        batch(operations: readonly BatchOperation[]): Promise<void>;
        /** Finds undefined where there is nothing. */
        get<T>(key: string): Promise<T | undefined>;
        put(key: string, value: object): Promise<void>;
        del(key: string): Promise<void>;
        /** @param range in the order of keys; `limit` -1 reads all of it */
        iterator<T>(range: { readonly gt: string; readonly lt: string; readonly limit: number }): {
          all(): Promise<[key: string, value: T][]>;
        };
      };
    }

    /** Does one operation, with parameters that were checked. */
    type Action = (
      store: ItemStore,
      params: object,
      done: Done<{ readonly ConsumedCapacity?: { readonly CapacityUnits: number } }>,
    ) => void;
  }

  const db: {
    create(options: object): db.Store;
    createKey(item: db.Item, table: db.Table): string;
    validateKey(key: db.Item, table: db.Table): Error | null | undefined;
    validateItem(item: db.Item, table: db.Table): Error | null | undefined;
    validationError(message: string): Error;
    /** In bytes, as DynamoDB counts them. */
    itemSize(item: db.Item): number;
  };
  export = db;
}

declare module "dynalite/actions/*" {
  import type { Action } from "dynalite/db/index.js";

  const action: Action;
  export = action;
}

declare module "dynalite/validations/index.js" {
  import type { Store } from "dynalite/db/index.js";

  const validations: {
    /** @returns a copy without the members that `types` does not know. @throws its answer for a wrong type */
    checkTypes<T>(input: T, types: object): T;
    /** @throws its answer for a wrong value */
    checkValidations(input: object, types: object, custom: null, store: Store): void;
  };
  export = validations;
}

declare module "dynalite/validations/*" {
  import type { Store } from "dynalite/db/index.js";

  const validation: {
    /** The type of each member of the input. */
    readonly types: Readonly<Record<string, object>>;
    /** Adds the parsed expressions to the parameters. @returns what is wrong with them */
    custom(params: object, store: Store): string | undefined;
  };
  export = validation;
}
