import type { Reason } from "@platform-api/client";
import type { Route } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { pass, reset } from "../faults/faults.ts";
import { fresh } from "../platform/people.ts";
import {
  accessToken,
  type BrowserSuite,
  button,
  giveAddress,
  heading,
  openFromMenu,
  signInByPassword,
  signInBySso,
  startRun,
} from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";
import { failing } from "./failing.ts";

/**
 * One outage, and the longest text; a test of the sign-in meets a refusal. The pages of the other reasons differ only in their words, and
 * `apps/frontend/src/ui/signed-in.test.ts` renders each of them.
 */
const TYPICAL_REASONS: readonly (readonly [Reason, number])[] = [
  ["DIRECTORY_UNAVAILABLE", 502],
  ["IDENTITY_CONFLICT", 403],
];

/** Answers as platform-api does after too many calls from one network. */
async function limited(route: Route): Promise<void> {
  if (route.request().method() === "OPTIONS") return route.continue();
  const data = { httpStatus: 429, reason: "RATE_LIMITED" };
  const headers = {
    "retry-after": "40",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "retry-after",
  };
  await route.fulfill({
    status: 429,
    headers,
    json: { error: { code: -32_029, message: "as planted", data } },
  });
}

/** Each page is checked in both themes and two widths, and by axe. */
export function pageTests(suite: BrowserSuite): void {
  const signInScientist = async (test: TestContext) => {
    const page = await suite.newPage(test);
    await signInBySso(page, suite.stack, `${fresh("scientist")}@umbrella.example`, "Continue with Umbrella");
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    return page;
  };

  it("the pages of a signed-out user are accessible and fit the window", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await page.goto(stack.url);
    await heading(page, "Sign in to Platform").waitFor();
    await checkPage(page, "sign-in");
    await button(page, "Continue").click();
    await page.getByText("Enter your e-mail address, such as").waitFor();
    await page.getByLabel("E-mail address").fill("jane@localhost");
    await button(page, "Continue").click();
    await page.getByText("Enter a valid e-mail address, such as").waitFor();
    await checkPage(page, "sign-in-no-address");
    await page.route("**/trpc/discover.byEmail", limited);
    await page.getByLabel("E-mail address").fill("jane@acme.example");
    await button(page, "Continue").click();
    await page.getByRole("main").getByText("Too many attempts.").waitFor();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe("jane@acme.example");
    await checkPage(page, "sign-in-limited");
    await page.unroute("**/trpc/discover.byEmail");
    await giveAddress(page, stack, "jane@acme.example");
    await heading(page, "Choose how to sign in").waitFor();
    await checkPage(page, "sign-in-choice");
    await page.goBack();
    await heading(page, "Sign in to Platform").waitFor();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe("jane@acme.example");
    await page.route(`${stack.issuer}**`, () => {}); // never answered
    await giveAddress(page, stack, "jane@unknown.example");
    await page.getByText("Taking you to the password page").waitFor();
    await checkPage(page, "leaving");
    await page.route("**/config.json", (route) => route.fulfill({ json: { issuer: "nowhere" } }));
    await page.reload();
    await heading(page, "Platform is not set up correctly").waitFor();
    await checkPage(page, "not-configured");
  });

  it("the pages of runs are accessible and fit the window", async (test) => {
    const { stack } = suite;
    const page = await signInScientist(test);
    await checkPage(page, "runs-none");
    await startRun(page, "Summarize this week’s support tickets");
    await startRun(page, `${"Compare the figures of every quarter since we began ".repeat(3)}at length`);
    await page.getByText("Succeeded", { exact: true }).first().waitFor();
    await checkPage(page, "runs");
    await page.getByRole("link", { name: /Summarize/ }).click();
    await heading(page, /Summarize/).waitFor();
    await checkPage(page, "run");
    await page.goto(`${stack.url}/o/umbrella-labs/runs/nothing-there`);
    await page.getByText("NOT_FOUND").waitFor();
    await checkPage(page, "run-not-found");
    suite.setFault(page, "agenticBackend", reset);
    await page.getByRole("link", { name: "Runs", exact: true }).first().click();
    await page.getByRole("heading", { name: "Runs are unavailable right now" }).first().waitFor();
    await checkPage(page, "runs-unavailable");
  });

  it("the pages of organizations and the account are accessible and fit the window", async (test) => {
    const { stack } = suite;
    const page = await signInScientist(test);
    await openFromMenu(page, "Organizations");
    await checkPage(page, "organizations");
    await button(page, "Join Umbrella Retail").click();
    await button(page, /Organization/).click();
    await page.getByRole("menuitemradio").first().waitFor();
    await checkPage(page, "organization-switcher");
    await page.keyboard.press("Escape");
    await button(page, "Account menu").click();
    await page.getByRole("menuitem").first().waitFor();
    await checkPage(page, "account-menu");
    await page.keyboard.press("Escape");
    await openFromMenu(page, "Account");
    await page.getByText("Organization of this sign-in").waitFor();
    await checkPage(page, "account");
    await page.context().clearCookies(); // as if the session at the identity provider had ended
    const newTab = await page.context().newPage();
    await newTab.goto(stack.url);
    await button(newTab, /^Continue as scientist/).waitFor();
    await checkPage(newTab, "sign-in-known");
  });

  it("a user with many runs loads older ones by keyboard, and the focus moves to the first of them", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("busy")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const headers = {
      authorization: `Bearer ${await accessToken(page)}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify({ title: "Long to read. ".repeat(14) });
    for (let count = 0; count < 22; count += 1) {
      const { status } = await fetch(`${stack.agenticBackend.url}/runs`, { method: "POST", headers, body });
      expect(status).toBe(201);
    }
    await button(page, "Show older runs").focus();
    await page.keyboard.press("Enter");
    await button(page, "Show older runs").waitFor({ state: "detached" });
    await page.getByText("2 older runs").waitFor({ state: "attached" });
    const links = page.getByRole("listitem").getByRole("link");
    expect(await links.count()).toBe(22);
    const first = await links.nth(20).getAttribute("href");
    await page.waitForFunction((href) => document.activeElement?.getAttribute("href") === href, first);
    await checkPage(page, "runs-many");
  });

  it("the page of a user without an organization is accessible and fits the window", async (test) => {
    const page = await suite.newPage(test);
    await signInByPassword(page, suite.stack, "stranger@unknown.example");
    await heading(page, "You are not in an organization yet").waitFor();
    await checkPage(page, "no-organization");
  });

  it("the page of a user with an organization to join is accessible and fits the window", async (test) => {
    const page = await suite.newPage(test);
    await signInByPassword(page, suite.stack, "hoolie@hooli.example");
    await heading(page, "Join your organization").waitFor();
    await checkPage(page, "to-join");
    await button(page, "Join Hooli").click();
    await heading(page, "Runs").waitFor();
  });

  it("problem pages are accessible and fit the window, and end when the problem does", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("unlucky")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    for (const [reason, status] of TYPICAL_REASONS) {
      suite.setFault(page, "platformApi", failing(reason, status));
      await page.reload();
      await page.getByText(reason, { exact: true }).waitFor();
      expect(await heading(page, /.+/).count()).toBe(1);
      expect(await page.getByRole("main").getByRole("button").count()).toBeGreaterThan(0);
      await checkPage(page, `reason-${reason}`);
    }
    suite.setFault(page, "platformApi", pass);
    await page.reload();
    await heading(page, "Runs").waitFor();
  });
}
