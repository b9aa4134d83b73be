/** What {@link judgeTip} says of an exact time that covers the relative time, and no control. */
export const IN_PLACE = { isCentred: true, coversTime: true, startsAt: 8, endsWithTime: true, covered: [] };

/** In the page: where the exact time is, compared with the relative time beside the focus. */
export function judgeTip() {
  const rectOf = (element: Element | null | undefined) => (element ?? document.body).getBoundingClientRect();
  const tip = rectOf(document.querySelector(".exact-time > .tip"));
  const time = rectOf(document.activeElement?.closest("tr, li")?.querySelector("time"));
  const isCovered = (each: Element) => {
    const { left, right, top, bottom } = each.getBoundingClientRect();
    return left < tip.right && right > tip.left && top < tip.bottom && bottom > tip.top;
  };
  const covered = [...document.querySelectorAll("main :is(button, a, input)")].filter(isCovered);
  return {
    isCentred: Math.abs(tip.top + tip.bottom - time.top - time.bottom) < 2,
    coversTime: tip.left <= time.left && tip.right >= time.right,
    startsAt: Math.min(tip.left, 8),
    endsWithTime: tip.left <= 8 || tip.right - time.right < 8,
    covered: covered.map((each) => each.ariaLabel ?? each.textContent),
  };
}
