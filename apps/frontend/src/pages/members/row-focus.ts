import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";

/** A dialog that has just closed still keeps the page inert for a frame or two. */
const MAX_FRAMES = 5;

/** The row that takes the place of a removed one: the next that is still there, or else the one before. */
export function neighbourOf(
  id: string,
  before: readonly string[],
  now: readonly string[],
): string | undefined {
  const at = before.indexOf(id);
  const present = new Set(now);
  const after = before.slice(at + 1).find((each) => present.has(each));
  return after ?? before.slice(0, Math.max(at, 0)).findLast((each) => present.has(each));
}

interface RowFocusOptions {
  readonly table: RefObject<HTMLElement | null>;
  /** The ids of the rows, in order. */
  readonly ids: readonly string[];
  /** While a dialog has the focus. */
  readonly isPaused: boolean;
  /** When no row is left. */
  readonly onEmpty: () => void;
}

/**
 * Keeps the focus in a list. When the control with the focus goes, its row gets it, or else the neighbour of the row.
 * @returns a function that focuses a row, now or as soon as the row appears
 */
export function useRowFocus({ table, ids, isPaused, onEmpty }: RowFocusOptions): (id: string) => void {
  const wanted = useRef<string | null>(null);
  const focused = useRef<string | null>(null);
  const before = useRef(ids);
  const paused = useRef(isPaused);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      const row = target instanceof Element ? target.closest("[data-member]") : null;
      focused.current = row?.getAttribute("data-member") ?? null;
    };
    // A control that has gone with its row is not connected any more: that focus is lost, not given up.
    const forget = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (target instanceof Element && target.isConnected && hasLostFocus()) focused.current = null;
      });
    document.addEventListener("focusin", remember);
    document.addEventListener("focusout", forget);
    return () => {
      document.removeEventListener("focusin", remember);
      document.removeEventListener("focusout", forget);
    };
  }, []);
  useLayoutEffect(() => {
    paused.current = isPaused;
    if (isPaused) return;
    const earlier = before.current;
    before.current = ids;
    const lost = focused.current;
    if (wanted.current !== null && focusRow(table.current, wanted.current)) {
      wanted.current = null;
    } else if (lost !== null && hasLostFocus()) {
      focused.current = null;
      const next = ids.includes(lost) ? lost : neighbourOf(lost, earlier, ids);
      if (next === undefined) onEmpty();
      else focusRow(table.current, next);
    }
  });
  return useCallback(
    (id) => {
      wanted.current = paused.current || !focusRow(table.current, id) ? id : null;
    },
    [table],
  );
}

/** Whether it is still in the list, or nowhere. */
export function isFocusIn(table: HTMLElement | null): boolean {
  return hasLostFocus() || table?.contains(document.activeElement) === true;
}

/** The control of a row that asks for a change of its role. */
export function roleButtonOf(userId: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-member="${CSS.escape(userId)}"] .role-button`);
}

function hasLostFocus(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body;
}

/**
 * At its box, or as a whole, where Enter changes nothing: who has just removed somebody may press it again.
 * @returns whether the row is there
 */
function focusRow(table: HTMLElement | null, id: string, frames = MAX_FRAMES): boolean {
  const row = table?.querySelector<HTMLElement>(`[data-member="${CSS.escape(id)}"]`) ?? null;
  const target = row && harmlessIn(row);
  target?.focus();
  const isRefused = target !== null && document.activeElement !== target;
  if (isRefused && frames > 0) requestAnimationFrame(() => focusRow(table, id, frames - 1));
  return target !== null;
}

/** The box of a row, or else the row itself, which can then have the focus. */
function harmlessIn(row: HTMLElement): HTMLElement {
  const box = row.querySelector<HTMLElement>("input[type=checkbox]");
  if (box === null) row.tabIndex = -1;
  return box ?? row;
}
