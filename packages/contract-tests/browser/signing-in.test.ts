import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { pass } from "../faults/faults.ts";
import { fresh, ORGANIZATIONS } from "../platform/people.ts";
import { failing } from "./failing.ts";
import {
  accessToken,
  button,
  describeInBrowser,
  giveAddress,
  heading,
  signInByPassword,
  signInBySso,
  signOut,
  startRun,
  userIdOn,
} from "./visit.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describeInBrowser("signing in", (visits) => {
  it.concurrent("a first-time SSO user lands in the organization, creates a run, reloads, signs out", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("first")}@globex.example`, "Continue with Globex");
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
    await page.goto(house.url);
    await heading(page, "Sign in to Platform").waitFor();
  });

  it.concurrent("password first, SSO later: the same person, the same runs", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    const email = "first.password@acme.example";
    await signInByPassword(page, house, email);
    await heading(page, "Join your organization").waitFor();
    await button(page, "Join Acme").click();
    await heading(page, "Runs").waitFor();
    await startRun(page, "Begun with a password");
    const before = await userIdOn(page);
    await signOut(page);

    await signInBySso(page, house, email, "Continue with Acme");
    await page.getByRole("link", { name: "Begun with a password" }).waitFor();
    expect(await userIdOn(page)).toBe(before);
  });

  it.concurrent("a person is known in another tab, and when they sign out in one, in none", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    const email = `${fresh("tabs")}@globex.example`;
    await signInBySso(page, house, email, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const other = await page.context().newPage();
    await other.goto(`${house.url}/organizations`);
    await button(other, `Continue as ${email}`).click(); // where they are known already
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

  it.concurrent("a session that cannot be read is none, an address that cannot be read is no page", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("damaged")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    await page.goto(`${house.url}/runs/%E0%A4%A`);
    await heading(page, "There is nothing here").waitFor();
    await page.goto(`${house.url}/organizations/`);
    await heading(page, "Organizations").waitFor();
    for (const damaged of ["{not json", "null", "{}"]) {
      await page.evaluate((value) => {
        for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, value);
      }, damaged);
      await page.reload();
      await heading(page, "Sign in to Platform").waitFor();
    }
  });

  it.concurrent("back leads from the ways in to the address, which is kept", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    for (const back of [() => page.goBack(), () => button(page, "Use a different address").click()]) {
      await giveAddress(page, house, "jane@globex.example");
      await heading(page, "Choose how to sign in").waitFor();
      await back();
      await heading(page, "Sign in to Platform").waitFor();
      expect(await page.getByLabel("E-mail address").inputValue()).toBe("jane@globex.example");
    }
  });

  // Alone: it has ten seconds.
  it("a member who is removed while signed in meets the page that says so, within 10 s", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("leaver")}@globex.example`, "Continue with Globex");
    const userId = await userIdOn(page);
    const removed = await house.cli("member", "remove", "globex", userId);
    expect(removed.status).toBe(0);
    await heading(page, "You were removed from Globex").waitFor({ timeout: 10_000 });
    expect(await page.getByRole("banner").getByText("Globex").count()).toBe(0);

    await house.cli("member", "restore", "globex", userId);
    await heading(page, "Account").waitFor(); // by itself, and where they were
  });

  it("an expired token is renewed once for all that wait for it, and nobody notices", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInBySso(page, house, `${fresh("long")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const expired = `Bearer ${await accessToken(page)}`;
    await page.goto("about:blank"); // so that nothing is asked for before it is all planted
    await sleep(1_000); // a token of the same second would be the same token
    let refused = 0;
    house.platformApi.fault = async (exchange) => {
      if (exchange.request.headers.authorization !== expired) return pass(exchange);
      refused += 1;
      return failing("TOKEN_EXPIRED", 401)(exchange);
    };
    const renewals: string[] = [];
    page.on("request", (request) => {
      if (request.url() === `${house.issuer}oauth/token`) renewals.push(request.method());
    });
    await page.goto(`${house.url}/account`);
    await page
      .getByRole("definition")
      .filter({ hasText: /^Globex$/ })
      .waitFor();
    house.platformApi.fault = pass;
    expect(refused).toBeGreaterThan(0);
    expect(renewals).toEqual(["POST"]);
    expect(`Bearer ${await accessToken(page)}`).not.toBe(expired);
  });

  it.concurrent("what is new where a person works is there without a reload: a choice, and a lock", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    const email = `${fresh("scientist")}@umbrella.example`;
    await signInBySso(page, house, email, "Continue with Umbrella");
    await heading(page, "Runs").waitFor();
    await page.getByRole("link", { name: "Organizations" }).first().click();
    await button(page, "Join Umbrella Retail").click();
    await page.getByText("Your workflow runs in Umbrella Retail.").waitFor();
    await startRun(page, "Retail only");

    await button(page, /Organization/).click();
    await page.getByRole("option", { name: "Umbrella Labs" }).click();
    await page.getByText("Your workflow runs in Umbrella Labs.").waitFor();
    await heading(page, "Runs").waitFor();
    await page.getByRole("link", { name: "Retail only" }).waitFor({ state: "detached" });

    const connections = [{ name: "retail-okta", strategy: "okta", displayName: "Umbrella Retail" }];
    const locked = ORGANIZATIONS.map((organization) =>
      organization.id === "umbrella-retail"
        ? { ...organization, enforceSso: true, connections }
        : organization,
    );
    await house.applyOrganizations(locked);
    try {
      await page.getByRole("link", { name: "Organizations" }).first().click();
      await button(page, "Sign in to Umbrella Retail with SSO").waitFor();
    } finally {
      await house.applyOrganizations(ORGANIZATIONS);
    }
  });

  it.concurrent("an unverified address is told to verify it", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInByPassword(page, house, "unverified@hooli.example");
    await heading(page, "Verify your e-mail address").waitFor();
    await page.getByText("the mailbox of unverified@hooli.example").waitFor();
    await page.getByText("EMAIL_UNVERIFIED").waitFor();
  });

  it.concurrent("an unknown domain signs in with a password, and is told whom to ask for an invitation", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInByPassword(page, house, "stranger@unknown.example");
    await heading(page, "You are not in an organization yet").waitFor();
  });

  it.concurrent("an organization that enforces SSO refuses a password, and shows the way in", async (test) => {
    const { house } = visits;
    const page = await visits.newPage(test);
    await signInByPassword(page, house, "stranger@unknown.example", "peter@initech.example");
    await heading(page, "Your company has its own sign-in").waitFor();
    await button(page, "Sign in with SSO").click();
    await page.waitForURL(`${house.issuer}**`);
    await button(page, "Sign in").click();
    await page.getByText("Your workflow runs in Initech.").waitFor();
  });
});
