import type { Page } from "playwright-core";

/** Waits until the control with this label or text has the focus. */
export async function focuses(page: Page, name: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const focused = document.activeElement;
    return (focused?.ariaLabel ?? focused?.textContent) === expected;
  }, name);
}

/** Presses Tab, or Shift+Tab, and tells how each control that gets the focus shows it, while it is within `main`. */
export async function tabThrough(page: Page, key: "Tab" | "Shift+Tab"): Promise<string[]> {
  const stops: string[] = [];
  for (;;) {
    await page.keyboard.press(key);
    await page.evaluate(drawn); // a row that comes into view has its real height only then
    const stop = await page.evaluate(describeFocus);
    if (stop === null) return stops;
    stops.push(stop);
  }
}

/** Resolves when the rows in the window, which may just have come there, have their real height. */
export async function rowsAreDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("tr")].every((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      const isInWindow = bottom > 0 && top < innerHeight;
      return !isInWindow || row.firstElementChild?.checkVisibility({ contentVisibilityAuto: true });
    }),
  );
  await page.evaluate(drawn);
}

/** Runs in the page. Resolves after it has been drawn again. */
async function drawn(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/**
 * In the page: the control with the focus and whether that can be seen. Null outside of `main`: after the last control, a
 * whole Chromium goes to its own controls and then to the beginning of the page, and its headless shell to the body.
 */
function describeFocus(): string | null {
  const focused = document.activeElement;
  if (!focused?.closest("main")) return null;
  const drawn = focused.closest(".switch")?.querySelector(".switch-track") ?? focused;
  const shown = [drawn, ...drawn.children].some((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  });
  const { left, width, top, bottom } = drawn.getBoundingClientRect();
  const cover = document.elementFromPoint(left + width / 2, top + 1)?.closest("header, [data-selecting]");
  const isInView = top >= 0 && bottom <= window.innerHeight + 1 && (!cover || cover.contains(focused));
  const name = focused.ariaLabel ?? focused.textContent;
  return `${location.pathname} ${name}: ${shown ? (isInView ? "visible" : "out of view") : "no ring"}`;
}
