import type { Locator, Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import type { Fault } from "../faults/fault-proxy.ts";
import { only, pass, reset } from "../faults/faults.ts";
import { fresh } from "../platform/people.ts";
import {
  type BrowserSuite,
  button,
  giveAddress,
  heading,
  openFromMenu,
  passLogin,
  signInBySso,
  startRun,
} from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";
import { SHOWN_MS } from "./chromium.ts";
import { failing } from "./failing.ts";

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

  it("an outage of the directory shows to a first-time user, who then gets in without a reload", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    const email = `${fresh("unknown")}@globex.example`;
    stack.directory.fault = only(({ body }) => body.includes(email), reset);
    await signInBySso(page, stack, email, "Continue with Globex");
    await heading(page, "We can’t look up your account right now").waitFor();
    await page.getByText("DIRECTORY_UNAVAILABLE").waitFor();
    stack.directory.fault = pass;
    await heading(page, "Runs").waitFor();
  });

  it("an outage of agentic-backend keeps other pages and typed text, and ends without a reload", async (test) => {
    const page = await signIn("backend", test);
    suite.setFault(page, "agenticBackend", reset);
    await openFromMenu(page, "Organizations");
    await page.getByText("Your organizations").waitFor();
    await page.getByRole("link", { name: "Runs", exact: true }).first().click();
    await page.getByRole("heading", { name: "Runs are unavailable right now" }).waitFor();
    await page.getByLabel("What should be done?").fill("Not lost");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "We don’t know whether your run started" }).waitFor();
    expect(await page.getByText("automatically").count()).toBe(2); // the notice of the list says so twice
    await checkPage(page, "run-not-started");
    suite.setFault(page, "agenticBackend", pass);
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    expect(await heading(page, "Runs").count()).toBe(1);
    await button(page, "Start it again").click();
    await page.getByRole("link", { name: "Not lost" }).waitFor();
    expect(await page.getByRole("heading", { name: "We don’t know whether your run started" }).count()).toBe(
      0,
    );
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

  it("a join that fails in an outage says so and is not retried automatically", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInBySso(page, stack, `${fresh("joiner")}@umbrella.example`, "Continue with Umbrella");
    await heading(page, "Runs").waitFor();
    await openFromMenu(page, "Organizations");
    suite.setFault(
      page,
      "platformApi",
      only(({ request }) => request.method === "POST", reset),
    );
    await button(page, "Join Umbrella Retail").click();
    await page.getByRole("heading", { name: "You have not joined Umbrella Retail" }).waitFor();
    expect(await page.getByText("Trying again automatically").count()).toBe(0);
    await checkPage(page, "not-joined");
    suite.setFault(page, "platformApi", pass);
    await button(page, "Join Umbrella Retail").click();
    await page.getByText("Your workflow runs in Umbrella Retail.").waitFor();
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

  it("an outage of the sign-in service does not end a session with an expired token", async (test) => {
    const { stack } = suite;
    const page = await signIn("renewing", test);
    await page.route(`${stack.issuer}oauth/token`, (route) => route.abort("connectionrefused"));
    const seen: string[] = [];
    await page.exposeFunction("note", (text: string) => seen.push(text));
    await page.evaluate(() => {
      const report = () => Reflect.get(window, "note")(document.body.textContent);
      new MutationObserver(report).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    suite.setFault(page, "platformApi", failing("TOKEN_EXPIRED", 401));
    suite.setFault(page, "agenticBackend", expired);
    await outageBar(page).getByText("The sign-in service is not responding.").waitFor();
    suite.setFault(page, "platformApi", pass);
    suite.setFault(page, "agenticBackend", pass);
    await page.unroute(`${stack.issuer}oauth/token`);
    await outageBar(page).waitFor({ state: "detached" });
    expect(seen.join()).toContain("The sign-in service is not responding");
    expect(seen.join()).not.toContain("Your session has ended");
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

/** agentic-backend answers TOKEN_EXPIRED, with the CORS headers that let the page read it. */
const expired: Fault = async ({ request, response, forward }) => {
  const { headers } = await forward();
  const isPreflight = request.method === "OPTIONS";
  const body = isPreflight ? "" : JSON.stringify({ error: { reason: "TOKEN_EXPIRED", message: "" } });
  response
    .writeHead(isPreflight ? 204 : 401, { ...headers, "content-length": Buffer.byteLength(body) })
    .end(body);
};
