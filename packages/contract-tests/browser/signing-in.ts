import { setTimeout as sleep } from "node:timers/promises";
import { decodeJwt } from "jose";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { pass } from "../simulator/faults.ts";
import { fresh } from "../simulator/people.ts";
import {
  accessToken,
  type BrowserSuite,
  button,
  giveAddress,
  heading,
  openFromMenu,
  passLogin,
  signInByPassword,
  signInBySso,
  signOut,
  startRun,
} from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";
import { failing } from "./failing.ts";
import { ORGANIZATIONS } from "./full-stack.ts";

export function signInTests(suite: BrowserSuite): void {
  it("a new tab opens its deep link signed in, and signing out of one tab signs out of both", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = `${fresh("tabs")}@globex.example`;
    await signInBySso(page, stack, email, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const other = await page.context().newPage();
    const forms = await formsShownIn(other);
    await other.goto(`${stack.url}/organizations?from=mail`);
    await heading(other, "Organizations").waitFor();
    expect(other.url()).toBe(`${stack.url}/organizations?from=mail`);
    expect(forms).toEqual([]);
    await page.bringToFront(); // a tab behind another one is drawn only once a second
    await signOut(page);
    await other.getByText("You signed out in another tab.").waitFor();
    expect(await other.getByLabel("E-mail address").inputValue()).toBe(email);
    for (const tab of [page, other]) {
      expect(await tab.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("oidc");
      expect(await tab.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(email);
    }
    await other.reload();
    await other.getByLabel("E-mail address").waitFor();
    await page.getByLabel("E-mail address").waitFor();
    const third = await page.context().newPage();
    await third.goto(stack.url);
    await third.getByLabel("E-mail address").waitFor();
  });

  it("a new tab asks once, keeps its deep link, and offers the address if the session has ended", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = `${fresh("ended")}@globex.example`;
    await signInBySso(page, stack, email, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    await page.context().clearCookies();
    const other = await page.context().newPage();
    const asked: string[] = [];
    other.on("request", (request) => request.url().includes("prompt=none") && asked.push(request.url()));
    await other.goto(`${stack.url}/organizations?from=mail`);
    await button(other, `Continue as ${email}`).waitFor();
    await checkPage(other, "sign-in-known");
    expect(other.url()).toBe(`${stack.url}/organizations?from=mail`);
    await other.reload();
    await button(other, `Continue as ${email}`).click();
    await passLogin(other, stack);
    await heading(other, "Organizations").waitFor();
    expect(other.url()).toBe(`${stack.url}/organizations?from=mail`);
    expect(asked).toHaveLength(1);
  });

  it("a new tab never signs in somebody else, even if the identity provider ignores the address", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const [mine, other] = [`${fresh("mine")}@globex.example`, `${fresh("other")}@globex.example`];
    await signInBySso(page, stack, mine, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    await page.evaluate(
      ([from, to]) => {
        const route = localStorage.getItem("platform.sign-in") ?? "";
        localStorage.setItem(
          "platform.sign-in",
          route.replace(encodeURIComponent(from), encodeURIComponent(to)),
        );
      },
      [mine, other] as const,
    );
    const answers: string[] = [];
    for (const isIgnored of [false, true]) {
      const tab = await page.context().newPage();
      tab.on("request", (request) => {
        const url = new URL(request.url());
        if (url.pathname === "/callback") answers.push(url.searchParams.get("error") ?? "a code");
      });
      if (isIgnored)
        await tab.route(`${stack.issuer}authorize**`, (route) =>
          route.continue({
            url: route.request().url().replace(encodeURIComponent(other), encodeURIComponent(mine)),
          }),
        );
      await tab.goto(stack.url);
      await button(tab, `Continue as ${other}`).waitFor();
      expect(await tab.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("oidc");
    }
    expect(answers).toEqual(["login_required", "a code"]);
  });

  it("a new tab shows the sign-in page when the identity provider does not answer, without a reload", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = `${fresh("down")}@globex.example`;
    await signInBySso(page, stack, email, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const tab = await page.context().newPage();
    await tab.route(`${stack.issuer}authorize**`, () => {}); // never answered
    await tab.goto(stack.url, { waitUntil: "commit" });
    await button(tab, `Continue as ${email}`).waitFor();
  });

  it("the back button returns from the only way in to the address, and does not lead forward again", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await giveAddress(page, stack, "stranger@unknown.example");
    await page.waitForURL(`${stack.issuer}**`);
    await page.goBack();
    await button(page, "Continue as stranger@unknown.example").waitFor();
    await page.reload();
    await button(page, "Continue as stranger@unknown.example").waitFor();
    await button(page, "Use a different address").click();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe("");

    await page.route(`${stack.issuer}**`, () => {}); // never answered
    await giveAddress(page, stack, "strnager@unknown.example");
    await button(page, "Use a different address").click();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe("strnager@unknown.example");
    const tab = await page.context().newPage();
    await tab.goto(stack.url);
    await tab.getByLabel("E-mail address").waitFor();
  });

  it("an expired token is renewed once for all waiting calls without an error", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("long")}@globex.example`, "Continue with Globex");
    await heading(page, "Runs").waitFor();
    const expired = await accessToken(page);
    await page.goto("about:blank"); // so that no request is sent before the fault is planted
    const { iat = 0 } = decodeJwt(expired);
    await sleep(Math.max(0, 1_000 * (iat + 1) - Date.now())); // tokens issued within the same second are equal
    let refused = 0;
    suite.setFault(page, "platformApi", async (exchange) => {
      if (exchange.request.headers.authorization !== `Bearer ${expired}`) return pass(exchange);
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
    expect(await accessToken(page)).not.toBe(expired);
  });

  it("a joined organization can be chosen, and newly enforced SSO shows, without a reload", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = `${fresh("scientist")}@wonka.example`;
    await signInBySso(page, stack, email, "Continue with Wonka");
    await heading(page, "Runs").waitFor();
    await openFromMenu(page, "Organizations");
    await checkPage(page, "organizations");
    await button(page, "Join Wonka Retail").click();
    await page.getByText("Your workflow runs in Wonka Retail.").waitFor();
    await startRun(page, "Retail only");

    await button(page, /Organization/).click();
    await page.getByRole("menuitemradio").first().waitFor();
    await checkPage(page, "organization-switcher");
    await page.getByRole("menuitemradio", { name: "Wonka Labs" }).click();
    await page.getByText("Your workflow runs in Wonka Labs.").waitFor();
    await heading(page, "Runs").waitFor();
    await page.getByRole("link", { name: "Retail only" }).waitFor({ state: "detached" });

    const connections = [{ name: "retail-okta", strategy: "okta", displayName: "Wonka Retail" }];
    const locked = ORGANIZATIONS.map((organization) =>
      organization.id === "wonka-retail" ? { ...organization, enforceSso: true, connections } : organization,
    );
    await stack.applyOrganizations(locked);
    try {
      await openFromMenu(page, "Organizations");
      await button(page, "Sign in to Wonka Retail with SSO").waitFor();
    } finally {
      await stack.applyOrganizations(ORGANIZATIONS);
    }
  });

  it("a user with an unverified address gets the e-mail again, opens its link, and gets in", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = "unverified@hooli.example";
    await signInByPassword(page, stack, email);
    await heading(page, "Verify your e-mail address").waitFor();
    await page.getByText(`You haven’t verified ${email} yet.`).waitFor();
    await page.getByText("Details", { exact: true }).click();
    await page.getByText("EMAIL_UNVERIFIED").waitFor();
    await checkPage(page, "unverified");
    await button(page, "I have verified it").click();
    await page.getByText("Not verified yet").waitFor();

    await button(page, "Send the e-mail again").click();
    await page.getByText(`Sent to ${email}.`).waitFor();
    await checkPage(page, "unverified-sent");
    await button(page, "Send the e-mail again").click();
    await page.getByText("An e-mail is on its way.").waitFor();
    const mails = stack.mailbox.mails.filter(({ to }) => to === email);
    expect(mails).toHaveLength(1);
    const [link = ""] = /http\S+/.exec(mails[0]?.text ?? "") ?? [];
    const other = await page.context().newPage();
    await other.goto(link);
    await heading(other, "Your address is verified").waitFor();
    await other.close();
    await button(page, "I have verified it").click();
    await heading(page, "Join your organization").waitFor();
  });

  it("an organization that enforces SSO refuses a password and offers SSO", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInByPassword(page, stack, "stranger@unknown.example", { account: "peter@initech.example" });
    await heading(page, "Your company has its own sign-in").waitFor();
    await button(page, "Sign in with SSO").click();
    await page.waitForURL(`${stack.issuer}**`);
    await button(page, "Sign in").click();
    await page.getByText("Your workflow runs in Initech.").waitFor();
  });
}

/** Collects the sign-in forms that a page shows, also for a moment. */
async function formsShownIn(page: Page): Promise<readonly string[]> {
  const forms: string[] = [];
  await page.exposeFunction("noteForm", (text: string) => forms.push(text));
  await page.addInitScript(() => {
    const report = () => {
      const form = document.querySelector(".auth:has(.auth-footer)");
      if (form !== null) Reflect.get(window, "noteForm")(form.textContent);
    };
    new MutationObserver(report).observe(document, { subtree: true, childList: true });
  });
  return forms;
}
