import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { screenshotsDir } from "./config.ts";

const WIDTHS = [320, 1280];
const THEMES = ["light", "dark"] as const;

/**
 * Looks at what a page shows now, in both themes and two widths: nothing is cut off at the side, and axe finds
 * nothing. Keeps a screenshot of each where `SCREENSHOTS_DIR` says so.
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of THEMES) {
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      const seen = `${name}, ${colorScheme}, ${width} px`;
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${seen}: what sticks out at the side`).toBeLessThanOrEqual(0);
      if (screenshotsDir !== null) {
        mkdirSync(screenshotsDir, { recursive: true });
        await page.screenshot({
          path: join(screenshotsDir, `${name}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
      }
      // Colours depend on the theme, order and size on the width: two of the four see both of each.
      if ((colorScheme === "light") === (width === 320)) expect(await findings(page), seen).toEqual([]);
    }
  }
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
