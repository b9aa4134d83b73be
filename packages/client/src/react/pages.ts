import { type InfiniteData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import type { Page } from "../organization.ts";

export interface PagesOptions<Item, One extends Page<Item> = Page<Item>> {
  /** Such as `platform.org.members.list.infiniteQueryKey(input)`. A different one is a different list. */
  readonly queryKey: QueryKey;
  /** Loads one page: the first one without a cursor. */
  readonly load: (at: { readonly cursor?: string }, signal: AbortSignal) => Promise<One & Page<Item>>;
}

/** A list that is loaded page by page. */
export interface Pages<Item, One extends Page<Item> = Page<Item>> {
  /** Those loaded so far. */
  readonly items: readonly Item[];
  /** The first page, with what it tells of the whole list, such as the total of `org.members.list`. Null until it is loaded. */
  readonly first: One | null;
  /** `loading` and `failed`: there is no page yet. A list that is `ready` stays so, whatever fails later. */
  readonly status: "loading" | "ready" | "failed";
  /** Of the last call, which {@link loadMore} or {@link reload} repeats; null once it succeeded. */
  readonly error: Error | null;
  /** Whether more may follow. A page may be empty even so. */
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly isReloading: boolean;
  /** Loads the next page, unless something is being loaded. */
  loadMore(): void;
  /** Loads the pages so far again. They stay visible meanwhile. */
  reload(): void;
}

/**
 * The items of a list with cursors. tRPC's own `infiniteQueryOptions` does not fit: it sends `direction`, which the server
 * refuses as an unknown field.
 */
export function usePages<Item, One extends Page<Item> = Page<Item>>({
  queryKey,
  load,
}: PagesOptions<Item, One>): Pages<Item, One> {
  type Cursor = string | null;
  const query = useInfiniteQuery<One, Error, InfiniteData<One, Cursor>, QueryKey, Cursor>({
    queryKey,
    queryFn: ({ pageParam, signal }) => load(pageParam === null ? {} : { cursor: pageParam }, signal),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, error, hasNextPage, isFetching, isFetchingNextPage, isPending } = query;
  return {
    items: data?.pages.flatMap(({ items }) => items) ?? [],
    first: data?.pages[0] ?? null,
    status: data !== undefined ? "ready" : isPending ? "loading" : "failed",
    error,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    isReloading: isFetching && !isFetchingNextPage && data !== undefined,
    loadMore() {
      if (hasNextPage) void query.fetchNextPage({ cancelRefetch: false });
    },
    reload() {
      void query.refetch();
    },
  };
}
