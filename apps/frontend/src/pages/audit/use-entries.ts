import { usePages, usePlatform, usePlatformClient } from "@platform-api/client/react";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useRepeat } from "../../app/problems/polling.ts";
import type { AuditEntry } from "./entry-shape.ts";
import type { AuditFilter } from "./filter.ts";

/** How many pages in a row are searched for the first entry without a click. */
const SEARCHED_AT_ONCE = 3;

export function useLoad(organizationId: string, filter: AuditFilter) {
  const client = usePlatformClient();
  return (
    at: { readonly cursor?: string; readonly limit?: number; readonly until?: string },
    signal: AbortSignal,
  ) => client.org.audit.list.query({ organizationId, ...filter, ...at }, { signal });
}

/** The entries that the filter lets through, page by page. After an outage the list continues by itself. */
export function useEntries(organizationId: string, filter: AuditFilter) {
  const platform = usePlatform();
  const queryKey = platform.org.audit.list.infiniteQueryKey({ organizationId, ...filter });
  const pages = usePages<AuditEntry>({ queryKey, load: useLoad(organizationId, filter) });
  const { items, hasMore, isLoadingMore, error, loadMore, reload } = pages;
  const [asked, setAsked] = useState<"list" | "more">("list");
  const isMore = asked === "more" && items.length > 0;
  // A page may be empty although more follows.
  const isUnfinished = items.length === 0 && hasMore;
  const searched = useQueryClient().getQueryData<InfiniteData<unknown>>(queryKey)?.pages.length ?? 0;
  const isNext = isUnfinished && error === null && searched % SEARCHED_AT_ONCE !== 0;
  useEffect(() => {
    if (isNext && !isLoadingMore) loadMore();
  }, [isNext, isLoadingMore, loadMore]);
  const retry = isMore ? loadMore : reload;
  useRepeat(error, retry);
  return {
    ...pages,
    retry,
    isSearching: isUnfinished && (isNext || isLoadingMore),
    /** Whether nothing was found so far, and the user decides whether older entries are searched. */
    isUndecided: isUnfinished && (searched >= SEARCHED_AT_ONCE || error !== null),
    /** Which part could not be loaded: the whole list, or what follows it. */
    failed: error === null ? null : isMore ? "more" : "list",
    loadMore() {
      setAsked("more");
      loadMore();
    },
  } as const;
}
