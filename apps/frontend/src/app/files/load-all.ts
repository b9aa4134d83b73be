import type { Page } from "@platform-api/client";
import { errorReason } from "../problems/error-reason.ts";
import { rateLimitMs } from "../problems/polling.ts";

export interface LoadAllOptions<Item> {
  readonly load: (at: { readonly cursor?: string }, signal: AbortSignal) => Promise<Page<Item>>;
  /** Called after each page with the number of items so far. */
  readonly onProgress: (count: number) => void;
  readonly signal: AbortSignal;
  /** Without it, all. */
  readonly atMost?: number;
}

interface LoadedAll<Item> {
  readonly items: readonly Item[];
  /** Whether there are more than `atMost`. */
  readonly hasMore: boolean;
}

/**
 * Every item of a list. Where the server limits the rate, it waits as long as that asks for: a list of more than 12,000
 * takes minutes.
 * @throws the error of a page; then there is nothing, because a part of it could be taken for the whole
 */
export async function loadAll<Item>(options: LoadAllOptions<Item>): Promise<LoadedAll<Item>> {
  const { load, onProgress, signal, atMost = Number.POSITIVE_INFINITY } = options;
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: Page<Item> = await loadInTurn(load, cursor === null ? {} : { cursor }, signal);
    items.push(...page.items);
    onProgress(Math.min(items.length, atMost));
    cursor = page.nextCursor;
  } while (cursor !== null && items.length <= atMost);
  return { items: items.slice(0, atMost), hasMore: items.length > atMost };
}

/** The page, after the wait that the server asks for where it limits the rate. */
async function loadInTurn<Item>(
  load: LoadAllOptions<Item>["load"],
  at: { readonly cursor?: string },
  signal: AbortSignal,
): Promise<Page<Item>> {
  for (;;) {
    try {
      return await load(at, signal);
    } catch (error) {
      if (errorReason(error) !== "RATE_LIMITED") throw error;
      await rest(rateLimitMs(error), signal);
    }
  }
}

/** @throws the reason of the signal when it aborts */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const cancel = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", cancel, { once: true });
  });
}
