import type { Server } from "node:http";
import dynalite from "dynalite";
import db, { type Store } from "dynalite/db/index.js";
import { serveTransactions } from "./serve-transactions.ts";

export interface EmbeddedDynamodbOptions {
  /** The folder of the tables, which no other process may use. Without it they are kept in memory. */
  readonly path?: string | undefined;
}

/** Tables are ready at once. */
const TIMES = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 };

/**
 * A DynamoDB inside this process, which accepts any signature. It is dynalite, with transactions and without TTL.
 * @returns a server that does not listen yet; its `close` also closes the store
 * @throws an error of LevelDB when the folder cannot be opened
 */
export async function createEmbeddedDynamodb({ path }: EmbeddedDynamodbOptions = {}): Promise<Server> {
  const { server, store } = withStore(() => dynalite({ path, ...TIMES }));
  await store.db.open(); // otherwise the first request would, and throw where nothing can catch it
  serveTransactions(server, store);
  closeStoreWith(server, store);
  return server;
}

/** Runs `create`, and returns the store that dynalite makes meanwhile, which its server hides. */
function withStore(create: () => Server): { readonly server: Server; readonly store: Store } {
  const original = db.create;
  let store: Store | undefined;
  db.create = (options) => {
    store = original(options);
    return store;
  };
  try {
    const server = create();
    if (store === undefined) throw new Error("dynalite made no store");
    return { server, store };
  } finally {
    db.create = original;
  }
}

/** dynalite closes its store only together with a server that listens. */
function closeStoreWith(server: Server, store: Store): void {
  const close = server.close.bind(server);
  server.close = (done) => {
    if (server.listening) return close(done);
    store.db.close().then(() => done?.(), done);
    return server;
  };
}
