import { type CSSProperties, useEffect, useState } from "react";

/** What holds a time and the controls beside it. */
const GROUP = "tr, li, footer";

interface Tip {
  readonly text: string;
  readonly style: CSSProperties;
}

/**
 * The exact time beside the focus, for those who have no pointer for its `title`. It covers the relative time, so that it
 * is visible where that is, and hides no control. One for the whole app: a tip in each row would be cut off there, and
 * would make the row slower. Escape hides it.
 */
export function ExactTime() {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    let frame = 0;
    const tipNow = () => {
      const time = timeBeside(document.activeElement);
      return time && tipOf(time);
    };
    const onFocus = () => {
      cancelAnimationFrame(frame);
      setTip(null);
      // In a frame of its own the layout is known, so that measuring costs nothing.
      frame = requestAnimationFrame(() => setTip(tipNow()));
    };
    // Also when rows above come or go. One that Escape has hidden stays hidden.
    const resized = new ResizeObserver(() => {
      const moved = tipNow();
      setTip((shown) => shown && moved);
    });
    const hide = ({ key }: KeyboardEvent) => {
      if (key === "Escape") setTip(null);
    };
    document.addEventListener("focusin", onFocus);
    document.addEventListener("keydown", hide);
    resized.observe(document.body);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("keydown", hide);
      resized.disconnect();
    };
  }, []);
  if (tip === null) return null;
  return (
    <span className="exact-time" style={tip.style} aria-hidden="true">
      <span className="tip">{tip.text}</span>
    </span>
  );
}

function timeBeside(focused: Element | null): HTMLTimeElement | null {
  return (focused?.matches(":focus-visible") && focused.closest(GROUP)?.querySelector("time")) || null;
}

/** Over the time, from its end to the left. A long one in a narrow window begins at the window's edge. */
function tipOf(time: HTMLTimeElement): Tip {
  const { top, bottom, right } = time.getBoundingClientRect();
  return { text: time.title, style: { top: (top + bottom) / 2 + scrollY, minWidth: right + scrollX } };
}
