import { DEVELOPMENT_PASSWORD } from "@platform-api/dev/identity-provider";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, type TestContext } from "vitest";
import type { Fault } from "../simulator/fault-proxy.ts";
import { fresh } from "../simulator/people.ts";
import { describeWithChromium, SHOWN_MS } from "./chromium.ts";
import { type BrowserService, type FullStack, startFullStack } from "./full-stack.ts";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome";

/** What the tests of a suite share. */
export interface BrowserSuite {
  readonly stack: FullStack;
  /** A page in a new browser profile, closed after the test. */
  newPage(test: Pick<TestContext, "onTestFinished">): Promise<Page>;
  /** Plants a fault that only this page and its tabs meet. */
  setFault(page: Page, service: BrowserService, fault: Fault): void;
}

/** A suite in a real browser on a full stack. */
export function describeInBrowser(name: string, suite: (shared: BrowserSuite) => void): void {
  describeWithChromium(name, (launch) => {
    let browser: Browser;
    let stack: FullStack;
    const userAgents = new Map<BrowserContext, string>();

    beforeAll(async () => {
      browser = await launch();
      stack = await startFullStack();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await stack?.close();
    });

    suite({
      get stack() {
        return stack;
      },
      newPage: async ({ onTestFinished }) => {
        const userAgent = `${CHROME}/${browser.version()} ${fresh("browser")}`;
        const context = await browser.newContext({ userAgent, reducedMotion: "reduce" });
        userAgents.set(context, userAgent);
        onTestFinished(() => context.close());
        context.setDefaultTimeout(SHOWN_MS);
        return context.newPage();
      },
      setFault: (page, service, fault) =>
        stack.setFault(userAgents.get(page.context()) ?? "", service, fault),
    });
  });
}

export function heading(page: Page, name: string | RegExp): Locator {
  return page.getByRole("heading", { level: 1, name });
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole("button", { name, exact: true });
}

/** Presses what closes its window in the end. Resolves when the window has been closed, which can interrupt the press. */
export async function closedBy(press: Promise<void>, page: Page): Promise<void> {
  await press.catch((error: unknown) => {
    if (!`${error}`.includes("has been closed")) throw error;
  });
  await closed(page);
}

/** Resolves when the window has been closed. */
export async function closed(page: Page): Promise<void> {
  if (!page.isClosed()) await page.waitForEvent("close");
}

/** Where users sign in. */
type Site = Pick<FullStack, "url" | "issuer">;

/** Opens the frontend and submits the address. */
export async function giveAddress(page: Page, stack: Site, email: string): Promise<void> {
  await page.goto(stack.url);
  await page.getByLabel("E-mail address").fill(email);
  await button(page, "Continue").click();
}

/** Signs in through SSO. `option` is the button to press if the frontend offers several. */
export async function signInBySso(page: Page, stack: Site, email: string, option?: string): Promise<void> {
  await giveAddress(page, stack, email);
  if (option !== undefined) await button(page, option).click();
  await passLogin(page, stack);
}

export interface PasswordSignIn {
  /** Differs from the address if the user changes it at the identity provider. */
  readonly account?: string;
  /** Whether the frontend also offers SSO. Otherwise it goes straight to the password page. */
  readonly hasChoice?: boolean;
}

/** Signs in with a password. */
export async function signInByPassword(
  page: Page,
  stack: FullStack,
  email: string,
  { account = email, hasChoice = false }: PasswordSignIn = {},
): Promise<void> {
  await giveAddress(page, stack, email);
  if (hasChoice) await button(page, "Continue with a password").click();
  await page.waitForURL(`${stack.issuer}**`);
  await page.getByLabel("E-mail address").fill(account);
  await page.getByLabel("Password").fill(DEVELOPMENT_PASSWORD);
  await passLogin(page, stack);
}

/** Submits the page of the identity provider, which already knows the address. */
export async function passLogin(page: Page, stack: Site): Promise<void> {
  await page.waitForURL(`${stack.issuer}**`);
  await button(page, "Sign in").click();
}

/** Starts a run with the example document. Its page opens. */
export async function startRun(page: Page, title: string): Promise<void> {
  await page.getByLabel("Title", { exact: true }).fill(title);
  await button(page, "Use an example").click();
  await button(page, "Start run").click();
  await heading(page, title).waitFor();
}

/** Playwright scrolls to what still moves, and a menu closes when the page scrolls. So it is pressed when it stands. */
async function chooseFromMenu(page: Page, name: string): Promise<void> {
  await button(page, "Account menu").click();
  const item = page.getByRole("menuitem", { name });
  await item.evaluate(async (element) => {
    for (let each: Element | null = element; each !== null; each = each.parentElement)
      await Promise.allSettled(each.getAnimations().map(({ finished }) => finished));
  });
  await item.click();
}

export async function signOut(page: Page): Promise<void> {
  await chooseFromMenu(page, "Sign out");
  await heading(page, "Sign in to Platform").waitFor();
}

/** Opens a page of the user. */
export async function openFromMenu(page: Page, name: "Account" | "Organizations"): Promise<void> {
  await chooseFromMenu(page, name);
  await heading(page, name).waitFor();
}

/** The user id on the account page. */
export async function userIdOn(page: Page): Promise<string> {
  await openFromMenu(page, "Account");
  return (await page.locator("dd code").first().textContent()) ?? "";
}

/** The token that the page sends to services. */
export async function accessToken(page: Page): Promise<string> {
  const stored = await page.evaluate(() => Object.entries(sessionStorage));
  const [, user = "{}"] = stored.find(([key]) => key.startsWith("oidc.user:")) ?? [];
  return JSON.parse(user).access_token;
}
