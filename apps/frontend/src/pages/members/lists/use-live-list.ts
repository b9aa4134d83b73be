import type { Pages } from "@platform-api/client/react";
import { useEffect, useEffectEvent, useRef } from "react";
import { openOverlays } from "../../../design/overlays/open-overlays.ts";

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

/**
 * While a menu or a question is open, no row comes, goes or moves: the page behind it would move, and it would close under
 * the finger. What a row says still changes.
 */
export function useHeldRows<Row>(rows: readonly Row[], idOf: (row: Row) => string): readonly Row[] {
  const shown = useRef(rows);
  const isHeld = useRef(false);
  const isSame =
    rows.length === shown.current.length &&
    rows.every(
      (row, index) => row === shown.current[index] || idOf(row) === idOf(shown.current[index] ?? row),
    );
  isHeld.current = openOverlays.get() > 0 && !isSame;
  openOverlays.useOf((count) => count > 0 && isHeld.current); // so that it is drawn again when they have closed
  if (!isHeld.current) {
    shown.current = rows;
    return rows;
  }
  const now = new Map(rows.map((row) => [idOf(row), row]));
  return shown.current.map((row) => now.get(idOf(row)) ?? row);
}
