import type { Server } from "node:http";
import dynalite from "dynalite";
import db, { type Store } from "dynalite/db/index.js";
import { serveOperations } from "./serve-operations.ts";
import { TimeToLive } from "./time-to-live.ts";
import { Transactions } from "./transactions.ts";

export interface EmbeddedDynamodbOptions {
  /** The folder of the tables, which no other process may use. Without it they are kept in memory. */
  readonly path?: string | undefined;
}

/** Tables are ready at once. */
const TIMES = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 };

/**
 * A DynamoDB inside this process, which accepts any signature. It is dynalite, with transactions and TTL.
 * @returns a server that does not listen yet; its `close` also closes the store
 * @throws an error of LevelDB when the folder cannot be opened
 */
export async function createEmbeddedDynamodb({ path }: EmbeddedDynamodbOptions = {}): Promise<Server> {
  const { server, store } = withStore(() => dynalite({ path, ...TIMES }));
  await store.db.open(); // otherwise the first request would, and throw where nothing can catch it
  const transactions = new Transactions(store);
  const timeToLive = new TimeToLive(store);
  const idle = serveOperations(server, {
    TransactWriteItems: (body) => transactions.write(body),
    UpdateTimeToLive: (body) => timeToLive.update(body),
    DescribeTimeToLive: (body) => timeToLive.describe(body),
  });
  const { lifecycleManager } = store;
  const closeNow = lifecycleManager.gracefulClose.bind(lifecycleManager);
  // Between two reads of one request it would close, and the second one would throw where nothing can catch it.
  lifecycleManager.gracefulClose = (done) => idle().then(() => closeNow(done));
  closeStoreWith(server, store, timeToLive.start());
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

/** dynalite closes its store only together with a server that listens. @param stop is called before */
function closeStoreWith(server: Server, store: Store, stop: () => void): void {
  const close = server.close.bind(server);
  server.close = (done) => {
    stop();
    if (server.listening) return close(done);
    store.db.close().then(() => done?.(), done);
    return server;
  };
}
