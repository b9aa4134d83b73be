import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Write } from "../../domain/index.ts";
import { cacheKeysOf } from "../cache-keys.ts";
import type { ChangeFeed } from "../changes.ts";
import { ITEM_TYPES, keyOf } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { type Key, keys as keysOf, type StoredNotice } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";
import { unsureCommits } from "./unsure-commits.ts";

/** Partitions of the notices. DynamoDB accepts only 1,000 writes per second in each. */
export const CHANGE_SHARDS = 4;
/** Notices that one request reads, so that a burst of them takes several short requests. */
const PAGE = 500;
/** How long a failure is held back until its notice is put again. */
const MAX_HELD_MS = 200;
/** How long a change may take to be stored. Readers look back further than that behind the time of its notice. */
const MAX_COMMIT_MS = 5_000;

export function dynamoChanges(table: DynamoTable): ChangeFeed {
  const notices = new ItemsOf(table, ITEM_TYPES.notice);
  return {
    shards: CHANGE_SHARDS,
    async read(shard, fromMs, signal) {
      const from = keysOf.notice({ shard, atMs: Math.max(0, Math.floor(fromMs)), id: "" });
      const found = await notices.list(from, signal, PAGE);
      return found.map((notice) => ({ id: `${shard} ${keysOf.notice(notice).sk}`, keys: notice.keys }));
    },
  };
}

/** Of each table, so that all who commit to it share one. */
const unsure = new WeakMap<DynamoTable, ReturnType<typeof repeatedNotices>>();

/**
 * Commits changes together with a notice of what caches may hold of them. One that may have been stored too late for its
 * time is put again with a new one before the change is answered. The answer is the same where that fails. Where there is no
 * answer, the notice is put again and again for as long as the change may still be stored.
 */
export function committingWithNotice(table: DynamoTable) {
  const { storeClock } = table;
  const put = (place: Pick<StoredNotice, "shard" | "keys">) =>
    new ItemsOf(table, ITEM_TYPES.notice).put(
      noticeOf(place, storeClock.nowMs()),
      AbortSignal.timeout(table.options.deadlineMs), // the request that commits may have ended
    );
  const repeated = unsure.get(table) ?? repeatedNotices(table, put);
  unsure.set(table, repeated);

  /** @param commit sends the changes and the notices, which it asks for when it begins to send */
  return async (
    writes: readonly Write[],
    commit: (noticesNow: () => readonly StoredNotice[]) => Promise<boolean>,
  ): Promise<boolean> => {
    const [first] = writes;
    const keys = [...new Set(writes.flatMap(cacheKeysOf))];
    if (first === undefined || keys.length === 0) return commit(() => []);
    const place = { shard: shardOf(keyOf(first)), keys };
    let sent = storeClock.now();
    let isSent = false;
    const putAgain = () => put(place).catch(() => {});
    try {
      const isCommitted = await commit(() => {
        isSent = true;
        sent = storeClock.now();
        return [noticeOf(place, sent.storeMs)];
      });
      if (isCommitted && storeClock.sinceMs(sent) > MAX_COMMIT_MS) await putAgain();
      return isCommitted;
    } catch (error) {
      if (isSent) {
        repeated.add(place.shard, keys);
        // The request's time may be up: an answer that it has failed waits for most puts, not for a store that hangs.
        await Promise.race([putAgain(), sleep(MAX_HELD_MS)]);
      }
      throw error;
    }
  };
}

function repeatedNotices(
  { storeClock, closed }: DynamoTable,
  put: (place: Pick<StoredNotice, "shard" | "keys">) => Promise<void>,
) {
  const { add } = unsureCommits({
    put: (shard, keys) => put({ shard, keys }),
    monotonicMs: () => storeClock.now().monotonicMs,
    pause: (ms) => new Promise((resolve) => void setTimeout(resolve, ms).unref()),
    closed,
  });
  // What is repeated belongs to no request: its trace would stay in memory for as long.
  return { add: AsyncLocalStorage.bind(add) };
}

function shardOf({ pk }: Key): number {
  return createHash("sha256").update(pk).digest().readUInt8() % CHANGE_SHARDS;
}

function noticeOf({ shard, keys }: Pick<StoredNotice, "shard" | "keys">, atMs: number): StoredNotice {
  return { shard, atMs, id: randomBytes(8).toString("hex"), keys };
}
