declare module "dynalite" {
  import type { Server } from "node:http";

  interface Options {
    /** Where LevelDB keeps the tables; in memory without it. */
    readonly path?: string | undefined;
    /** How long a new table says CREATING. */
    readonly createTableMs?: number;
    readonly updateTableMs?: number;
    readonly deleteTableMs?: number;
  }

  /** A server, not listening yet, that answers as DynamoDB does; its `close` also closes the store. */
  function dynalite(options?: Options): Server;
  export = dynalite;
}

declare module "dynalite/db/index.js" {
  /** The store behind a server. */
  export function create(options: { readonly path: string }): {
    readonly db: { open(): Promise<void>; close(): Promise<void> };
  };
}
