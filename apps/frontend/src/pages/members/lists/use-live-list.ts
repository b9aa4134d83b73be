import type { Pages } from "@platform-api/client/react";
import { useEffect, useEffectEvent } from "react";

/** How often the list is loaded again, so that it shows what others do. */
const LIVE_MS = 15_000;

interface LiveOptions {
  /** Whether so much is loaded that each time would cost many calls. */
  readonly isLong: boolean;
  /** A change waits for its answer, or the index behind the list does not know it yet. */
  readonly isChanging: boolean;
}

/** Loads a list again while it is looked at, and when the user comes back to the window. */
export function useLiveList(pages: Pages<unknown>, { isLong, isChanging }: LiveOptions): void {
  const reload = useEffectEvent(() => {
    const isBusy = isChanging || pages.isReloading || pages.isLoadingMore;
    const isWanted = pages.status === "ready" && pages.error === null && !isLong; // an error is tried again elsewhere
    if (isWanted && !isBusy && document.visibilityState === "visible") pages.reload();
  });
  useEffect(() => {
    const onFocus = () => reload();
    const timer = setInterval(onFocus, LIVE_MS);
    addEventListener("focus", onFocus);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", onFocus);
    };
  }, []);
}
