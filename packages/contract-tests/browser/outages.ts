import type { Locator, Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { pass, reset } from "../simulator/faults.ts";
import { fresh } from "../simulator/people.ts";
import {
  type BrowserSuite,
  button,
  giveAddress,
  heading,
  passLogin,
  signInBySso,
  startRun,
} from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";
import { SHOWN_MS } from "./chromium.ts";

export function outageTests(suite: BrowserSuite): void {
  const signIn = async (name: string, test: TestContext): Promise<Page> => {
    const page = await suite.newPage(test);
    await signInBySso(page, suite.stack, `${fresh(name)}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    return page;
  };

  it("an outage of platform-api shows before the sign-in, keeps the page after it, and ends without a reload", async (test) => {
    const { stack } = suite;
    const signedIn = await signIn("platform", test);
    const page = await suite.newPage(test);
    for (const each of [page, signedIn]) suite.setFault(each, "platformApi", reset);
    await giveAddress(page, stack, `${fresh("early")}@globex.example`);
    await heading(page, "Platform is not responding").waitFor();
    await outageBar(signedIn).getByText("Platform is not responding.").waitFor();
    expect(await heading(signedIn, "Runs").isVisible()).toBe(true);
    await checkPage(signedIn, "outage");
    for (const each of [page, signedIn]) suite.setFault(each, "platformApi", pass);
    await heading(page, "Choose how to sign in").waitFor();
    await outageBar(signedIn).waitFor({ state: "detached" });
    await startRun(signedIn, "Afterwards");
  });

  it('a silent agentic-backend shows "taking longer than usual", then the outage before it is asked again', async (test) => {
    const page = await signIn("silent", test);
    const notice = page.getByRole("heading", { name: "Runs are unavailable right now" });
    const shown: Promise<boolean>[] = [];
    const url = page.url();
    await page.goto("about:blank"); // what the page asks from time to time must not be taken for its first request
    suite.setFault(page, "agenticBackend", (exchange) => {
      if (exchange.request.method === "OPTIONS") return pass(exchange);
      shown.push(notice.isVisible()); // and is not answered
    });
    await page.goto(url);
    await page.getByText("Taking longer than usual.").waitFor();
    await notice.waitFor();
    await test.expect.poll(() => shown.length, { timeout: SHOWN_MS }).toBeGreaterThan(1);
    expect(await Promise.all(shown.slice(0, 2))).toEqual([false, true]);
  });

  it("an outage of the sign-in service shows before and after the login, and the sign-in then completes", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const unreachable = `${stack.issuer}**`;
    await page.route(unreachable, (route) => route.abort("connectionrefused"));
    await giveAddress(page, stack, `${fresh("patient")}@globex.example`);
    await button(page, "Continue with Globex").click();
    await heading(page, "The sign-in service is not responding").waitFor();
    await page.unroute(unreachable);
    await page.waitForURL(unreachable);
    await page.route(`${stack.issuer}oauth/token`, (route) => route.abort("connectionrefused"));
    await passLogin(page, stack);
    await heading(page, "The sign-in service is not responding").waitFor();
    await page.unroute(`${stack.issuer}oauth/token`);
    await heading(page, "Runs").waitFor();
  });

  it("an outage of the sign-in service lets the user go back, and sign out", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const unreachable = `${stack.issuer}**`;
    const email = `${fresh("leaving")}@globex.example`;
    await page.route(unreachable, () => {}); // never answered
    await giveAddress(page, stack, email);
    await button(page, "Continue with Globex").click();
    await page.getByText("Taking you to Globex").waitFor();
    await page.goBack();
    await button(page, `Continue as ${email}`).waitFor();
    await page.unroute(unreachable);
    await button(page, `Continue as ${email}`).click();
    await passLogin(page, stack);
    await heading(page, "Runs").waitFor();

    await page.reload(); // so that the sign-out address has to be requested again
    await page.route(unreachable, () => {});
    await button(page, "Account menu").click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByText("Signing you out").waitFor();
  });
}

/** The bar above a page that is still readable. */
function outageBar(page: Page): Locator {
  return page.getByRole("region", { name: "Service status" });
}
