import type { PressEvent } from "react-aria-components";

/** The longest time between the two clicks of a double click, as most systems set it. */
const DOUBLE_CLICK_MS = 500;

let movedAt = Number.NEGATIVE_INFINITY;

/** To be called when a row or a page goes: what comes next slides under the pointer. */
export function noteRowGone(): void {
  movedAt = performance.now();
}

/** Whether a press is the second click on a row or page that has gone, and meets what has slid under the pointer. */
export function isStrayClick({ pointerType }: Pick<PressEvent, "pointerType">): boolean {
  const isByHand = pointerType !== "keyboard" && pointerType !== "virtual";
  return isByHand && performance.now() - movedAt < DOUBLE_CLICK_MS;
}
