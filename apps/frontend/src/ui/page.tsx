import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";

/** True for what waits behind a fault: it is kept, with whatever was typed, and not shown. */
export const BehindFault = createContext(false);

/** The first page of a visit is read from its top; only a change of page moves the focus. */
let isFirst = true;

export interface PageHeadingProps {
  /** Also the title of the document. */
  readonly title: string;
  readonly children?: ReactNode;
  readonly className?: string;
}

/** The heading of a page. It names the document, and gets the focus when the page appears. */
export function PageHeading({ title, children = title, className = "page-title" }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isHidden = useContext(BehindFault);
  useEffect(() => {
    if (isHidden) return;
    document.title = `${title} · Platform`;
    const focused = document.activeElement;
    const isTyping = focused instanceof HTMLInputElement && focused.checkVisibility();
    if (!isFirst && !isTyping) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, [title, isHidden]);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}
