import { setTimeout as sleep } from "node:timers/promises";
import { USER_ID_PATTERN } from "@platform-api/server/wire";
import { expect, it } from "vitest";
import { pass } from "../faults/faults.ts";
import { fresh } from "../platform/people.ts";
import {
  accessToken,
  type BrowserSuite,
  button,
  giveAddress,
  heading,
  signInByPassword,
  signInBySso,
  signOut,
  startRun,
  userIdOn,
} from "./browser-suite.ts";
import { failing } from "./failing.ts";
import { ORGANIZATIONS } from "./full-stack.ts";

const UUID = new RegExp(USER_ID_PATTERN);

export function signInTests(suite: BrowserSuite): void {
  it("a first-time SSO user gets into the organization, starts a run, reloads and signs out", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("first")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    await page.getByText("Your workflow runs in Globex.").waitFor();
    await startRun(page, "Summarize the tickets");
    await page.getByText("Succeeded", { exact: true }).waitFor();

    await page.reload();
    await page.getByRole("link", { name: "Summarize the tickets" }).waitFor();
    await page.getByRole("link", { name: "Summarize the tickets" }).click();
    await heading(page, "Summarize the tickets").waitFor();
    expect(await userIdOn(page)).toMatch(UUID);

    await signOut(page);
    await page.goto(stack.url);
    await heading(page, "Sign in to Platform").waitFor();
  });

  it("a user who signs in with a password and later with SSO keeps the same user id and runs", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = "first.password@acme.example";
    await signInByPassword(page, stack, email);
    await heading(page, "Join your organization").waitFor();
    await button(page, "Join Acme").click();
    await heading(page, "Runs").waitFor();
    await startRun(page, "Begun with a password");
    const before = await userIdOn(page);
    await signOut(page);

    await signInBySso(page, stack, email, "Continue with Acme");
    await page.getByRole("link", { name: "Begun with a password" }).waitFor();
    expect(await userIdOn(page)).toBe(before);
  });

  it("another tab offers the same address, and signing out of one tab signs out of both", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = `${fresh("tabs")}@globex.example`;
    await signInBySso(page, stack, email, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const other = await page.context().newPage();
    await other.goto(`${stack.url}/organizations`);
    await button(other, `Continue as ${email}`).click(); // offered because of the first tab
    await heading(other, "Organizations").waitFor();
    await signOut(page);
    await other.getByText("You signed out in another tab.").waitFor();
    expect(await other.getByLabel("E-mail address").inputValue()).toBe(email);
    for (const tab of [page, other]) {
      expect(await tab.evaluate(() => sessionStorage.length)).toBe(0);
      expect(await tab.evaluate(() => JSON.stringify(localStorage))).not.toContain(email);
    }
    await other.reload();
    await page.getByLabel("E-mail address").waitFor();
  });

  it("a damaged session leads to the sign-in page, and an undecodable path to Not found", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("damaged")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    await page.goto(`${stack.url}/runs/%E0%A4%A`);
    await heading(page, "Not found").waitFor();
    await page.goto(`${stack.url}/organizations/`);
    await heading(page, "Organizations").waitFor();
    for (const damaged of ["{not json", "null", "{}"]) {
      await page.evaluate((value) => {
        for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, value);
      }, damaged);
      await page.reload();
      await heading(page, "Sign in to Platform").waitFor();
    }
  });

  it("the back button returns from the sign-in options to the address, which is kept", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    for (const back of [() => page.goBack(), () => button(page, "Use a different address").click()]) {
      await giveAddress(page, stack, "jane@globex.example");
      await heading(page, "Choose how to sign in").waitFor();
      await back();
      await heading(page, "Sign in to Platform").waitFor();
      expect(await page.getByLabel("E-mail address").inputValue()).toBe("jane@globex.example");
    }
  });

  it("an expired token is renewed once for all waiting calls without an error", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("long")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const expired = `Bearer ${await accessToken(page)}`;
    await page.goto("about:blank"); // so that no request is sent before the fault is planted
    await sleep(1_000); // tokens issued within the same second are equal
    let refused = 0;
    suite.setFault(page, "platformApi", async (exchange) => {
      if (exchange.request.headers.authorization !== expired) return pass(exchange);
      refused += 1;
      return failing("TOKEN_EXPIRED", 401)(exchange);
    });
    const renewals: string[] = [];
    page.on("request", (request) => {
      if (request.url() === `${stack.issuer}oauth/token`) renewals.push(request.method());
    });
    await page.goto(`${stack.url}/account`);
    await page
      .getByRole("definition")
      .filter({ hasText: /^Globex$/ })
      .waitFor();
    suite.setFault(page, "platformApi", pass);
    expect(refused).toBeGreaterThan(0);
    expect(renewals).toEqual(["POST"]);
    expect(`Bearer ${await accessToken(page)}`).not.toBe(expired);
  });

  it("a joined organization can be chosen, and newly enforced SSO shows, without a reload", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = `${fresh("scientist")}@wonka.example`;
    await signInBySso(page, stack, email, "Continue with Wonka");
    await heading(page, "Runs").waitFor();
    await page.getByRole("link", { name: "Organizations" }).first().click();
    await button(page, "Join Wonka Retail").click();
    await page.getByText("Your workflow runs in Wonka Retail.").waitFor();
    await startRun(page, "Retail only");

    await button(page, /Organization/).click();
    await page.getByRole("option", { name: "Wonka Labs" }).click();
    await page.getByText("Your workflow runs in Wonka Labs.").waitFor();
    await heading(page, "Runs").waitFor();
    await page.getByRole("link", { name: "Retail only" }).waitFor({ state: "detached" });

    const connections = [{ name: "retail-okta", strategy: "okta", displayName: "Wonka Retail" }];
    const locked = ORGANIZATIONS.map((organization) =>
      organization.id === "wonka-retail" ? { ...organization, enforceSso: true, connections } : organization,
    );
    await stack.applyOrganizations(locked);
    try {
      await page.getByRole("link", { name: "Organizations" }).first().click();
      await button(page, "Sign in to Wonka Retail with SSO").waitFor();
    } finally {
      await stack.applyOrganizations(ORGANIZATIONS);
    }
  });

  it("a user with an unverified address is asked to verify it", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInByPassword(page, stack, "unverified@hooli.example");
    await heading(page, "Verify your e-mail address").waitFor();
    await page.getByText("You haven’t verified unverified@hooli.example yet.").waitFor();
    await page.getByText("EMAIL_UNVERIFIED").waitFor();
  });

  it("a user of an unknown domain signs in with a password and is asked to get an invitation", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInByPassword(page, stack, "stranger@unknown.example");
    await heading(page, "You are not in an organization yet").waitFor();
  });

  it("an organization that enforces SSO refuses a password and offers SSO", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInByPassword(page, stack, "stranger@unknown.example", "peter@initech.example");
    await heading(page, "Your company has its own sign-in").waitFor();
    await button(page, "Sign in with SSO").click();
    await page.waitForURL(`${stack.issuer}**`);
    await button(page, "Sign in").click();
    await page.getByText("Your workflow runs in Initech.").waitFor();
  });
}

/** Runs alone, because other tests would slow it down. */
export function removalTests(suite: BrowserSuite): void {
  it("a signed-in member who is removed sees the removal within 10 s, and returns when restored", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("leaver")}@globex.example`, "Continue with Globex");
    const userId = await userIdOn(page);
    const removed = await stack.cli("member", "remove", "globex", userId);
    expect(removed.status).toBe(0);
    await heading(page, "You were removed from Globex").waitFor({ timeout: 10_000 });
    expect(await page.getByRole("banner").getByText("Globex").count()).toBe(0);

    await stack.cli("member", "restore", "globex", userId);
    await heading(page, "Account").waitFor(); // without a reload, on the same page
  });
}
