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

/** Colours depend on the theme, order and size on the width: these two see both of each. */
const VARIANTS: readonly Variant[] = [
  { colorScheme: "light", width: 320 },
  { colorScheme: "dark", width: 1280 },
];
/** For whoever looks at the pictures. */
const OTHER_VARIANTS: readonly Variant[] = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 320 },
];

/**
 * Looks at what a page shows now, in both themes and two widths: nothing is cut off at the side, and axe finds
 * nothing, where `axe` does not say that another page of this kind is enough. Keeps a screenshot of each where
 * `SCREENSHOTS_DIR` says so.
 */
export async function look(page: Page, name: string, { axe = true } = {}): Promise<void> {
  for (const variant of VARIANTS) {
    const seen = await arrange(page, name, variant);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${seen}: what sticks out at the side`).toBeLessThanOrEqual(0);
    if (axe) expect(await findings(page), seen).toEqual([]);
  }
  if (screenshotsDir === null) return;
  for (const variant of [...VARIANTS, ...OTHER_VARIANTS]) {
    await picture(page, await arrange(page, name, variant), { fullPage: true });
  }
}

/** @returns what to call it */
async function arrange(page: Page, name: string, { colorScheme, width }: Variant): Promise<string> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height: 800 });
  await page.evaluate(settled);
  return `${name}-${colorScheme}-${width}`;
}

/** Keeps a screenshot, where `SCREENSHOTS_DIR` says so. */
export async function picture(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  if (screenshotsDir === null) return;
  mkdirSync(screenshotsDir, { recursive: true });
  await page.screenshot({ path: join(screenshotsDir, `${name}.png`), fullPage, animations: "disabled" });
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Until no colour is on its way to another; what goes on for ever is not waited for. */
async function settled(): Promise<void> {
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}
