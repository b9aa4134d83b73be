import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEVELOPMENT_PASSWORD } from "@platform-api/dev/identity-provider";
import { buildFrontend } from "@platform-api/frontend/serve";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { describeWithChromium } from "./chromium.ts";
import { type House, startHouse } from "./house.ts";

/** For a page that is asked for, on a busy machine. */
export const SHOWN = { timeout: 20_000 };

/** What the tests of a suite share. */
export interface Visits {
  readonly house: House;
  /** A page of a browser that knows nobody yet; closed after the test. */
  newPage(test: Pick<TestContext, "onTestFinished">): Promise<Page>;
}

/** A suite in a real browser on a whole house. */
export function describeInBrowser(name: string, suite: (visits: Visits) => void): void {
  describeWithChromium(name, (launch) => {
    let folder: string;
    let browser: Browser;
    let house: House;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "frontend-"));
      [browser] = await Promise.all([launch(), buildFrontend(folder)]);
      house = await startHouse(folder);
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await house?.close();
      rmSync(folder, { recursive: true });
    });

    suite({
      get house() {
        return house;
      },
      newPage: async ({ onTestFinished }) => {
        const context = await browser.newContext();
        onTestFinished(() => context.close());
        const page = await context.newPage();
        page.setDefaultTimeout(SHOWN.timeout);
        return page;
      },
    });
  });
}

export function heading(page: Page, name: string | RegExp): Locator {
  return page.getByRole("heading", { level: 1, name });
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole("button", { name, exact: true });
}

/** Opens the frontend and says who one is. */
export async function giveAddress(page: Page, house: House, email: string): Promise<void> {
  await page.goto(house.url);
  await page.getByLabel("E-mail address").fill(email);
  await button(page, "Continue").click();
}

/** Signs in as a first-time or known person of a company; `way` where the frontend offers several. */
export async function signInBySso(page: Page, house: House, email: string, way?: string): Promise<void> {
  await giveAddress(page, house, email);
  if (way !== undefined) await button(page, way).click();
  await passLogin(page, house);
}

/** Signs in with a password; whose, may be said only at the identity provider. */
export async function signInByPassword(
  page: Page,
  house: House,
  email: string,
  whose = email,
): Promise<void> {
  await giveAddress(page, house, email);
  await button(page, "Continue with a password").click();
  await page.waitForURL(`${house.issuer}**`);
  await page.getByLabel("E-mail address").fill(whose);
  await page.getByLabel("Password").fill(DEVELOPMENT_PASSWORD);
  await passLogin(page, house);
}

/** The page of the identity provider, which knows the address already. */
export async function passLogin(page: Page, house: House): Promise<void> {
  await page.waitForURL(`${house.issuer}**`);
  await button(page, "Sign in").click();
}

export async function startRun(page: Page, title: string): Promise<void> {
  await page.getByLabel("What should be done?").fill(title);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: title }).waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await button(page, "Account menu").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await heading(page, "Sign in to Platform").waitFor();
}

/** The person's UUID, as their own page says it. */
export async function userIdOn(page: Page): Promise<string> {
  await page.getByRole("link", { name: "Account", exact: true }).click();
  return (await page.locator("dd code").first().textContent()) ?? "";
}

/** What the page sends to services. */
export async function accessToken(page: Page): Promise<string> {
  const stored = await page.evaluate(() => Object.entries(sessionStorage));
  const [, user = "{}"] = stored.find(([key]) => key.startsWith("oidc.user:")) ?? [];
  return JSON.parse(user).access_token;
}
