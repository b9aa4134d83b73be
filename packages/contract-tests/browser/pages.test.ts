import type { Reason } from "@platform-api/client";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { pass, reset } from "../faults/faults.ts";
import { fresh } from "../platform/people.ts";
import { failing } from "./failing.ts";
import { look } from "./look.ts";
import {
  accessToken,
  button,
  describeInBrowser,
  giveAddress,
  heading,
  signInByPassword,
  signInBySso,
  startRun,
} from "./visit.ts";

/** With what status each reason comes that platform-api may give to a person. */
const STATUSES = {
  TOKEN_MISSING: 401,
  TOKEN_INVALID: 401,
  TOKEN_EXPIRED: 401,
  CREDENTIALS_CONFLICT: 400,
  USER_TOKEN_REQUIRED: 403,
  EMAIL_MISSING: 403,
  EMAIL_INVALID: 403,
  EMAIL_UNVERIFIED: 403,
  DOMAIN_NOT_ALLOWED: 403,
  SSO_REQUIRED: 403,
  IDENTITY_CONFLICT: 403,
  IDENTITY_BLOCKED: 403,
  NOT_A_MEMBER: 403,
  MEMBERSHIP_REMOVED: 403,
  ROLE_REQUIRED: 403,
  NOT_JOINABLE: 403,
  INPUT_INVALID: 400,
  NOT_FOUND: 404,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  KEYS_UNAVAILABLE: 503,
  DIRECTORY_UNAVAILABLE: 502,
  STORE_UNAVAILABLE: 503,
  OVERLOADED: 503,
  DRAINING: 503,
  INTERNAL: 500,
} as const satisfies Record<Reason, number>;
const REASONS = Object.entries(STATUSES) as [Reason, number][];

/** The pages of reasons differ in their words; there is one more kind, with more buttons, for outages. */
const ONE_OF_EACH_KIND = new Set<Reason>(["EMAIL_UNVERIFIED", "DIRECTORY_UNAVAILABLE"]);

describeInBrowser("every page, in both themes and two widths, is whole and clean to axe", (visits) => {
  it("before anybody is signed in", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await page.goto(house.url);
    await heading(page, "Sign in to Platform").waitFor();
    await look(page, "sign-in");
    await button(page, "Continue").click();
    await page.getByText("Enter your e-mail address, such as").waitFor();
    await page.getByLabel("E-mail address").fill("jane@localhost");
    await button(page, "Continue").click();
    await page.getByText("This is not an e-mail address such as").waitFor();
    await look(page, "sign-in-no-address");
    await giveAddress(page, house, "jane@acme.example");
    await heading(page, "Choose how to sign in").waitFor();
    await look(page, "sign-in-choice");
    await giveAddress(page, house, "jane@unknown.example");
    await heading(page, "Sign in with a password").waitFor();
    await look(page, "sign-in-password");
    await page.route("**/config.json", (route) => route.fulfill({ json: { issuer: "nowhere" } }));
    await page.reload();
    await heading(page, /.+/).waitFor();
    await look(page, "not-configured");
  });

  it("of whoever is signed in", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("scientist")}@umbrella.example`, "Continue with Umbrella");
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    await look(page, "runs-none");
    await startRun(page, "Summarize this week’s support tickets");
    await startRun(page, `${"Compare the figures of every quarter since we began ".repeat(3)}at length`);
    await page.getByText("Succeeded", { exact: true }).first().waitFor();
    await look(page, "runs");
    await page.getByRole("link", { name: /Summarize/ }).click();
    await heading(page, /Summarize/).waitFor();
    await look(page, "run");
    await page.goto(`${house.url}/runs/nothing-there`);
    await page.getByText("NOT_FOUND").waitFor();
    await look(page, "run-not-found");
    await page.getByRole("link", { name: "Organizations" }).first().click();
    await heading(page, "Organizations").waitFor();
    await look(page, "organizations");
    await button(page, "Join Umbrella Retail").click();
    await button(page, /Organization/).click();
    await page.getByRole("option").first().waitFor();
    await look(page, "organization-switcher");
    await page.keyboard.press("Escape");
    await button(page, "Account menu").click();
    await page.getByRole("menuitem").first().waitFor();
    await look(page, "account-menu");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Account", exact: true }).click();
    await page.getByText("Organization of this sign-in").waitFor();
    await look(page, "account");
    const newTab = await page.context().newPage();
    await newTab.goto(house.url);
    await button(newTab, /^Continue as scientist/).waitFor();
    await look(newTab, "sign-in-known");
    await newTab.close();
    house.agenticBackend.fault = reset;
    await page.getByRole("link", { name: "Runs", exact: true }).first().click();
    await page.getByRole("heading", { name: "Runs are not available at the moment" }).first().waitFor();
    await look(page, "runs-unavailable");
    house.agenticBackend.fault = pass;
  });

  it("of somebody with many runs, by the keyboard alone", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("busy")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const headers = {
      authorization: `Bearer ${await accessToken(page)}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify({ title: "Long to read. ".repeat(14) });
    for (let count = 0; count < 22; count += 1) {
      const { status } = await fetch(`${house.agenticBackend.url}/runs`, { method: "POST", headers, body });
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
    await look(page, "runs-many", { axe: false });
  });

  it("of whoever has no organization, or one to join", async (test) => {
    const { house } = visits;
    const stranger = await visits.newPage(test);
    await signInByPassword(stranger, house, "stranger@unknown.example");
    await heading(stranger, "You are not in an organization yet").waitFor();
    await look(stranger, "no-organization");
    const hoolie = await visits.newPage(test);
    await signInByPassword(hoolie, house, "hoolie@hooli.example");
    await heading(hoolie, "Join your organization").waitFor();
    await look(hoolie, "to-join");
    await button(hoolie, "Join Hooli").click();
    await heading(hoolie, "Runs").waitFor();
  });

  it("for every reason that platform-api may give", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("unlucky")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    for (const [reason, status] of REASONS) {
      house.platformApi.fault = failing(reason, status);
      await page.reload();
      await shows(page, reason);
      await look(page, `reason-${reason}`, { axe: ONE_OF_EACH_KIND.has(reason) });
    }
    house.platformApi.fault = pass;
    await page.reload();
    await heading(page, "Runs").waitFor();
  }, 240_000);
});

/** The reason, and something to do about it. */
async function shows(page: Page, reason: Reason): Promise<void> {
  await page.getByText(reason, { exact: true }).waitFor();
  expect(await heading(page, /.+/).count()).toBe(1);
  expect(await page.getByRole("main").getByRole("button").count()).toBeGreaterThan(0);
}
