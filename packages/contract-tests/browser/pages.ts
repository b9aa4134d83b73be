import type { Route } from "playwright-core";
import { expect, it } from "vitest";
import { reset } from "../simulator/faults.ts";
import { fresh } from "../simulator/people.ts";
import { type BrowserSuite, button, giveAddress, heading, signInBySso, startRun } from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";

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
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("scientist")}@umbrella.example`, "Continue with Umbrella");
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    await checkPage(page, "runs-none");
    await startRun(page, `${"Compare the figures of every quarter since we began ".repeat(3)}at length`);
    await page.getByRole("link", { name: "All runs" }).click();
    await startRun(page, "Summarize this week’s support tickets");
    await button(page, "Approve").click();
    await page.getByText("Succeeded", { exact: true }).waitFor();
    await checkPage(page, "run");
    await page.getByRole("link", { name: "All runs" }).click();
    await page.getByText("Needs approval", { exact: true }).waitFor();
    await checkPage(page, "runs");
    await page.goto(`${stack.url}/o/umbrella-labs/runs/nothing-there`);
    await page.getByText("NOT_FOUND").waitFor();
    await checkPage(page, "run-not-found");
    suite.setFault(page, "agenticBackend", reset);
    await page.getByRole("link", { name: "Runs", exact: true }).first().click();
    await page.getByRole("heading", { name: "Runs are unavailable right now" }).first().waitFor();
    await checkPage(page, "runs-unavailable");
  });
}
