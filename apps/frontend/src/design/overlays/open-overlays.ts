import { useLayoutEffect } from "react";
import { createWatched } from "../watched.ts";

/** How many menus and questions are open. What lies behind them stays where it is. */
export const openOverlays = createWatched(0);

/** For a menu or a question, while it is open. Behind other dialogs appears what they do. */
export function useIsOpen(isCounted = true): void {
  useLayoutEffect(() => {
    if (!isCounted) return;
    openOverlays.set(openOverlays.get() + 1);
    return () => openOverlays.set(openOverlays.get() - 1);
  }, [isCounted]);
}

/**
 * A ref of what lies above the header: its items are in view there, so they are not to scroll the page, which would close it.
 * A rule with `:root:has()` would say so, too, and would give thousands of rows a new style at each opening.
 */
export function liesAboveHeader(overlay: HTMLElement | null): () => void {
  const { style } = document.documentElement;
  if (overlay !== null) style.scrollPaddingTop = "0";
  return () => {
    style.scrollPaddingTop = "";
  };
}
