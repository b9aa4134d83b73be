import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { screenshotsDir } from "./config.ts";

/** What the script below defines. */
declare const axe: Pick<typeof import("axe-core"), "run">;
/** axe-core for a page. */
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface Variant {
  readonly colorScheme: "light" | "dark";
  readonly width: number;
}

/** Colours depend on the theme, and layout on the width. Two variants cover both of each. */
const VARIANTS: readonly Variant[] = [
  { colorScheme: "light", width: 320 },
  { colorScheme: "dark", width: 1280 },
];
/** For screenshots only. */
const OTHER_VARIANTS: readonly Variant[] = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 320 },
];

/** Up to this width, whatever can be pressed is large enough for a finger. */
const PHONE_PX = 640;

/**
 * Checks the current page in both themes and two widths: no horizontal overflow, on a phone nothing too small for a
 * finger unless `fingers` is false because the page is another product's, and no axe violations unless `axe` is false
 * because another page of this kind is checked. Saves screenshots if `SCREENSHOTS_DIR` is set.
 */
export async function checkPage(
  page: Page,
  name: string,
  { axe = true, fingers = true } = {},
): Promise<void> {
  for (const variant of VARIANTS) {
    const seen = await arrange(page, name, variant);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${seen}: horizontal overflow in px`).toBeLessThanOrEqual(0);
    if (fingers && variant.width <= PHONE_PX) expect(await page.evaluate(smallTargets), seen).toEqual([]);
    if (axe) expect(await findings(page), seen).toEqual([]);
  }
  if (screenshotsDir === null) return;
  for (const variant of [...VARIANTS, ...OTHER_VARIANTS]) {
    await picture(page, await arrange(page, name, variant), { fullPage: true });
  }
}

/** @returns the name of the variant */
async function arrange(page: Page, name: string, { colorScheme, width }: Variant): Promise<string> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await resize(page, width);
  return `${name}-${colorScheme}-${width}`;
}

/** Resolves when the page is laid out at this size, which the browser does some time after it has answered. */
export async function resize(page: Page, width: number, height = 800): Promise<void> {
  // Behind a tab that it has opened, a page is hardly ever drawn. Other pages are not disturbed by one that has none.
  if (page.context().pages().length > 1) await page.bringToFront();
  await page.setViewportSize({ width, height });
  await page.waitForFunction(
    ([width, height]) => innerWidth === width && innerHeight === height,
    [width, height],
  );
  await settles(page);
}

/** Resolves when the page has been drawn and nothing moves any more. */
export async function settles(page: Page): Promise<void> {
  await page.evaluate(settled);
}

/** Saves a screenshot if `SCREENSHOTS_DIR` is set. */
export async function picture(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  if (screenshotsDir === null) return;
  mkdirSync(screenshotsDir, { recursive: true });
  await page.screenshot({ path: join(screenshotsDir, `${name}.png`), fullPage, animations: "disabled" });
}

async function findings(page: Page): Promise<string[]> {
  // A document keeps its axe: injecting one takes longer than running it.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(violations);
}

/** Runs in the page: what passes is a hundred times as long, and stays there. */
async function violations(): Promise<string[]> {
  // Without `preload`, which copies all styles for a rule that is off.
  const { violations } = await axe.run({ iframes: false, preload: false, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/**
 * Runs in the page. A transition can begin only when the page is drawn again. Endless animations are not awaited. The
 * promise `finished` is not used: that of an element that is removed meanwhile can stay pending.
 */
async function settled(): Promise<void> {
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const isEnding = ({ effect }: Animation) =>
    effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
  do await drawn();
  while (document.getAnimations().some(isEnding));
}

/** Runs in the page: what is less than 44 px wide or high, but for what is part of a sentence (WCAG 2.5.5). */
function smallTargets(): string[] {
  const least = 43.9; // sizes in rem are not always whole pixels
  const controls = "a[href], button, input, select, textarea, [role^=menuitem], [role=option]";
  const sizeOf = (element: Element) => {
    const { width, height } = element.getBoundingClientRect();
    const after = getComputedStyle(element, "::after"); // where it is larger than what is seen
    const isLarger = after.content !== "none" && after.position === "absolute";
    const [w, h] = isLarger ? [after.width, after.height].map(Number.parseFloat) : [0, 0];
    return { width: Math.max(width, w ?? 0), height: Math.max(height, h ?? 0) };
  };
  const isInSentence = (element: Element) => {
    if (!getComputedStyle(element).display.startsWith("inline") || element.matches(".button")) return false;
    let block = element.parentElement;
    while (block !== null && getComputedStyle(block).display === "inline") block = block.parentElement;
    return (block?.textContent.trim().length ?? 0) > element.textContent.trim().length;
  };
  return [...document.querySelectorAll(controls)].flatMap((control) => {
    const target = control.closest("label") ?? control;
    if (!target.checkVisibility({ visibilityProperty: true })) return [];
    // Buttons for screen readers alone are within a box of one pixel.
    const isSeen = target.getBoundingClientRect().width > 1 && (target.parentElement?.offsetWidth ?? 2) > 1;
    if (!isSeen || target.matches(".skip-link") || isInSentence(target)) return [];
    const { width, height } = sizeOf(target);
    const name = target.ariaLabel ?? target.textContent;
    return width < least || height < least ? [`${name}: ${Math.round(width)} × ${Math.round(height)}`] : [];
  });
}
