/** What {@link judgeTip} says of an exact time that covers the relative time, and no control. */
export const IN_PLACE = { isCentred: true, coversTime: true, isInWindow: true, covered: [] };

/** In the page: where the exact time is, compared with the relative time beside the focus. */
export function judgeTip() {
  const shown = document.activeElement?.closest("tr, li")?.querySelector("time[data-exact]");
  if (!shown) return null;
  const time = shown.getBoundingClientRect();
  const style = getComputedStyle(shown, "::after");
  const left = time.left + Number.parseFloat(style.left);
  const right = left + Number.parseFloat(style.width);
  const centre = time.top + Number.parseFloat(style.top);
  const half = Number.parseFloat(style.height) / 2;
  const isCovered = (each: Element) => {
    const box = each.getBoundingClientRect();
    return box.left < right && box.right > left && box.top < centre + half && box.bottom > centre - half;
  };
  const covered = [...document.querySelectorAll("main :is(button, a, input)")].filter(isCovered);
  return {
    isCentred: Math.abs(2 * centre - time.top - time.bottom) < 2,
    coversTime: left <= time.left && right >= time.right,
    isInWindow: left >= 0 && right <= innerWidth,
    covered: covered.map((each) => each.ariaLabel ?? each.textContent),
  };
}
