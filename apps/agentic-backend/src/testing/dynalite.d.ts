declare module "dynalite" {
  import type { Server } from "node:http";

  /** An in-process DynamoDB endpoint, in memory; it accepts any signature. */
  const dynalite: (options: { createTableMs: number }) => Server;
  export = dynalite;
}
