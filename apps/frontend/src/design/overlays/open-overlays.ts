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
