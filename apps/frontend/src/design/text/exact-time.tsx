import { useEffect } from "react";

/** What holds a time and the controls beside it. */
const GROUP = "tr, li, footer";
/** As wide as an exact time can be, in px. */
const ROOM = 250;

/**
 * The exact time beside the keyboard's focus, for those who have no pointer for its `title`. It covers the relative time,
 * so that it is visible where that is, and hides no control (overlays.css). Escape hides it.
 */
export function ExactTime() {
  useEffect(() => {
    let shown: HTMLTimeElement | null = null;
    let frame = 0;
    const hide = () => {
      cancelAnimationFrame(frame);
      shown?.removeAttribute("data-exact");
    };
    const show = () => {
      shown = timeBeside(document.activeElement);
      // From its end to the left, which is away from the row's buttons, if there is room.
      shown?.setAttribute("data-exact", shown.getBoundingClientRect().right < ROOM ? "start" : "end");
    };
    const follow = () => {
      hide();
      // In a frame of its own the layout is known, so that measuring costs nothing.
      frame = requestAnimationFrame(show);
    };
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === "Escape") hide();
    };
    const onResize = () => {
      if (shown?.hasAttribute("data-exact")) follow();
    };
    document.addEventListener("focusin", follow);
    addEventListener("resize", onResize);
    document.addEventListener("keydown", onKey);
    return () => {
      hide();
      document.removeEventListener("focusin", follow);
      removeEventListener("resize", onResize);
      document.removeEventListener("keydown", onKey);
    };
  }, []);
  return null;
}

function timeBeside(focused: Element | null): HTMLTimeElement | null {
  return (focused?.matches(":focus-visible") && focused.closest(GROUP)?.querySelector("time")) || null;
}
