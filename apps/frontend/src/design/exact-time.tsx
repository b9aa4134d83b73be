import { type CSSProperties, useEffect, useState } from "react";

/** What holds a time and the controls beside it. */
const GROUP = "tr, li, footer";
/** As wide as a tip can be, in px. */
const ROOM = 200;

interface Tip {
  readonly text: string;
  readonly style: CSSProperties;
}

/**
 * The exact time beside the focus, for those who have no pointer for its `title`. One for the whole app: a tip in each
 * row would be cut off there, and would make the row slower. Escape hides it.
 */
export function ExactTime() {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    let frame = 0;
    const place = () => {
      const time = timeBeside(document.activeElement);
      setTip(time && tipOf(time));
    };
    const onFocus = () => {
      cancelAnimationFrame(frame);
      setTip(null);
      // In a frame of its own the layout is known, so that measuring costs nothing.
      frame = requestAnimationFrame(place);
    };
    const hide = ({ key }: KeyboardEvent) => {
      if (key === "Escape") setTip(null);
    };
    document.addEventListener("focusin", onFocus);
    document.addEventListener("keydown", hide);
    addEventListener("resize", place);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("keydown", hide);
      removeEventListener("resize", place);
    };
  }, []);
  if (tip === null) return null;
  return (
    <span className="tip tip-time" style={tip.style} aria-hidden="true">
      {tip.text}
    </span>
  );
}

function timeBeside(focused: Element | null): HTMLTimeElement | null {
  return (focused?.matches(":focus-visible") && focused.closest(GROUP)?.querySelector("time")) || null;
}

/** Below the time, where it hides no control of the same row, and within the window. */
function tipOf(time: HTMLTimeElement): Tip {
  const { bottom, left, right } = time.getBoundingClientRect();
  const { clientWidth } = document.documentElement;
  const aside = left + ROOM <= clientWidth ? { left } : { right: clientWidth - right };
  return { text: time.title, style: { top: bottom + scrollY, ...aside } };
}
