import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Turns } from "../../../domain/index.ts";
import { isLoopback } from "../../../wire/index.ts";
import { fromUsualPlaces, loadedCredentials, PLACEHOLDERS, type StoreCredentials } from "./credentials.ts";
import type { Key } from "./keys.ts";
import type { DynamoTableOptions } from "./store-client.ts";
import { StoreClock } from "./store-clock.ts";
import { MAX_SOCKETS, withDeadline } from "./store-request.ts";
import type { StoredItem } from "./stored-item.ts";

/** The one table, and the connections to it. */
export interface DynamoTable {
  readonly options: DynamoTableOptions;
  /** The first call loads the AWS SDK, because `serve` listens sooner without it. */
  client(): Promise<DynamoDB>;
  readonly credentials: StoreCredentials;
  readonly storeClock: StoreClock;
  /** When a request to the store begins. */
  readonly turns: Turns;
  /** By the request, of work that belongs to none by this map itself, and by the signal. */
  readonly gathered: WeakMap<object, WeakMap<AbortSignal, GatheredReads>>;
  /** Closes idle and busy connections. No request can be sent afterwards. */
  close(): void;
  /** Aborts with that. */
  readonly closed: AbortSignal;
}

/** The reads of one request, by the key. */
export interface GatheredReads {
  /** What is sent together, when the request waits. */
  readonly asked: Map<string, Question>;
  /** What was begun before anybody asked for it. */
  readonly ahead: Map<string, { readonly answer: Promise<Answer>; readonly sinceMs: number }>;
}

export interface Question extends PromiseWithResolvers<Answer> {
  /** Of the item, for logs. */
  readonly type: string;
  readonly key: Key;
}

/** Undefined for an item that does not exist. */
export type Answer = StoredItem | undefined;

/** How long a caller may wait before its first request to the store. Of its 2.7 s a first login needs the rest. */
const MAX_WAIT_MS = 2_100;
/** A request to the store takes half a millisecond of CPU time. */
const TURNS = {
  atOnce: MAX_SOCKETS,
  perTurn: 8,
  late: () => AbortSignal.timeout(MAX_WAIT_MS),
  restMs: 1_000,
};

/** Opens no connection yet, so the store need not be up. */
export function createDynamoTable(options: DynamoTableOptions): DynamoTable {
  const { region, endpoint } = options;
  const isEmbedded = endpoint !== undefined && isLoopback(new URL(endpoint).hostname);
  const credentials = isEmbedded ? PLACEHOLDERS : loadedCredentials(fromUsualPlaces(region));
  const storeClock = new StoreClock(options.clock);
  const closed = new AbortController();
  let loading: Promise<DynamoDB> | undefined;
  async function load(): Promise<DynamoDB> {
    const { createStoreClient } = await import("./store-client.ts");
    return createStoreClient(options, () => credentials.provide(), storeClock);
  }
  return {
    options,
    client() {
      loading ??= load().catch((error: unknown) => {
        loading = undefined; // the next request tries again
        throw error;
      });
      return loading;
    },
    credentials,
    storeClock,
    turns: new Turns(TURNS, options.onWait),
    gathered: new WeakMap(),
    closed: closed.signal,
    close() {
      closed.abort();
      credentials.close();
      loading?.then(
        (client) => client.destroy(),
        () => {},
      );
    },
  };
}

/** Gives requests that belong together one deadline, which begins with their request's first turn. */
export async function inOneDeadline<T>(
  { options, turns }: DynamoTable,
  signal: AbortSignal,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  await turns.begun(signal);
  return withDeadline(options, signal, work);
}
