import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import { brand } from "../config/brand.ts";
import { navigate } from "./path.ts";

/** True inside a page that a problem hides. The page stays mounted, so that typed text is not lost. */
export const BehindProblem = createContext(false);

/** Only a change of page moves the focus. The first page of a visit is read from its top. */
let isFirst = true;

export interface PageHeadingProps {
  /** Also sets the document title. */
  readonly title: string;
  readonly children?: ReactNode;
}

/** The heading of a page. It sets the document title and gets the focus when the page appears. */
export function PageHeading({ title, children = title }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isHidden = useContext(BehindProblem);
  useEffect(() => {
    if (isHidden) return;
    document.title = `${title} · ${brand().name}`;
    const focused = document.activeElement;
    const isTyping = focused instanceof HTMLInputElement && focused.checkVisibility();
    // An overlay closes when the focus leaves it.
    const isInOverlay = focused?.closest("[role=menu], [role=dialog], [role=alertdialog]") != null;
    if (!isFirst && !isTyping && !isInOverlay) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, [title, isHidden]);
  return (
    <h1 ref={heading} tabIndex={-1} className="page-title">
      {children}
    </h1>
  );
}

/** Goes to another page, in place of this one. */
export function Redirect({ to }: { readonly to: string }) {
  useEffect(() => navigate(to, { isReplacing: true }), [to]);
  return null;
}

/** The heading of a page, with what the page is about below it. */
export function PageHead({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="page-head">
      <PageHeading title={title} />
      <p className="page-lead">{children}</p>
    </div>
  );
}
