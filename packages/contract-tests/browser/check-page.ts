import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { screenshotsDir } from "./config.ts";

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

/**
 * Checks the current page in both themes and two widths: no horizontal overflow, and no axe violations unless `axe` is
 * false because another page of this kind is checked. Saves screenshots if `SCREENSHOTS_DIR` is set.
 */
export async function checkPage(page: Page, name: string, { axe = true } = {}): Promise<void> {
  for (const variant of VARIANTS) {
    const seen = await arrange(page, name, variant);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${seen}: horizontal overflow in px`).toBeLessThanOrEqual(0);
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
  await page.setViewportSize({ width, height });
  await page.waitForFunction(
    ([width, height]) => innerWidth === width && innerHeight === height,
    [width, height],
  );
  await page.evaluate(settled);
}

/** Saves a screenshot if `SCREENSHOTS_DIR` is set. */
export async function picture(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  if (screenshotsDir === null) return;
  mkdirSync(screenshotsDir, { recursive: true });
  await page.screenshot({ path: join(screenshotsDir, `${name}.png`), fullPage, animations: "disabled" });
}

type Results = Awaited<ReturnType<AxeBuilder["analyze"]>>;

async function findings(page: Page): Promise<string[]> {
  // A document keeps its axe. Injecting one takes seven times as long as running it.
  const hasAxe = await page.evaluate(() => "axe" in window);
  // Legacy mode leaves out frames, which no page has, and the extra tab that collecting them opens.
  const injectAndRun = () => new AxeBuilder({ page }).setLegacyMode().analyze();
  const { violations } = await (hasAxe ? page.evaluate<Results>("axe.run()") : injectAndRun());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/**
 * Resolves when all transitions have ended, also those that begin only when the page is drawn again. Endless animations
 * are not awaited.
 */
async function settled(): Promise<void> {
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const ending = () =>
    document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  do {
    await drawn();
    await Promise.allSettled(ending().map(({ finished }) => finished));
  } while (ending().length > 0);
}
