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

  /** A DynamoDB server that does not listen yet. Its `close` also closes the store. */
  function dynalite(options?: Options): Server;
  export = dynalite;
}

declare module "dynalite/db/index.js" {
  /** The store behind a server. */
  export function create(options: { readonly path: string }): {
    readonly db: { open(): Promise<void>; close(): Promise<void> };
  };
}
