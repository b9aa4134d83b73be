import type { PlatformHandlers } from "@platform-api/client/testing";
import type { Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { button, closed, heading } from "../browser-suite.ts";
import { checkPage } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const ACME = { id: "acme", name: "Acme", domains: ["acme.example"] };
const OKTA = { name: "acme-okta", displayName: "Acme Okta", strategy: "okta" };
const WITH_OKTA = { ...ACME, connections: [OKTA] };
const JANE = { email: "jane@acme.example", memberships: { acme: "owner" } } as const;
const BEN = { email: "ben@acme.example", memberships: { acme: "admin" } } as const;
const OUTSIDER = { email: "nora@freelance.example", memberships: { acme: "owner" } } as const;
/** Jane, as she comes through the connection. */
const THROUGH = { email: "jane.doe@acme.example", connection: "acme-okta" } as const;
const PATH = "/o/acme/sign-in";
const CARD = ".sso-steps > li";

type Answer = Readonly<Record<string, string>>;

/** Plays the identity provider of a test sign-in: it comes back with an answer, or with a token. */
async function playIdentityProvider(page: Page, { token = "", answer }: { token?: string; answer?: Answer }) {
  const issuer = `${new URL(page.url()).origin}/issuer/`;
  const asked: URLSearchParams[] = [];
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  await page.context().route(`${issuer}**`, (route) => {
    const url = new URL(route.request().url());
    if (url.pathname.endsWith("openid-configuration")) {
      const endpoints = { authorization_endpoint: `${issuer}authorize`, token_endpoint: `${issuer}token` };
      return route.fulfill({ json: { issuer, ...endpoints } });
    }
    if (url.pathname.endsWith("/token")) {
      const seconds = Math.floor(Date.now() / 1_000);
      const claims = {
        iss: issuer,
        aud: "platform-frontend",
        sub: "okta|1",
        iat: seconds,
        exp: seconds + 60,
      };
      const id_token = `${part({ alg: "RS256" })}.${part(claims)}.signature`;
      return route.fulfill({ json: { access_token: token, token_type: "Bearer", id_token } });
    }
    asked.push(url.searchParams);
    const back = { ...(answer ?? { code: "c" }), state: url.searchParams.get("state") ?? "" };
    const location = `${url.searchParams.get("redirect_uri")}?${new URLSearchParams(back)}`;
    return route.fulfill({ status: 302, headers: { location } });
  });
  return asked;
}

const step = (page: Page, title: string) =>
  page.locator(CARD).filter({ has: page.getByRole("heading", { name: title, exact: true }) });

/** The heading of a step has the focus, after a control that had it has gone. */
async function focused(page: Page, title: string): Promise<void> {
  await page.waitForFunction((text) => document.activeElement?.textContent === text, title);
}

/** The names of the connections that are begun from now on. */
function begun(platform: PlatformHandlers): string[] {
  const names: string[] = [];
  platform.change("org.connections.begin", (usual) => {
    names.push(usual.name);
    return usual;
  });
  return names;
}

/** The organization with a connection that has passed its test. */
function passed(platform: PlatformHandlers, testedAt = new Date().toISOString()): void {
  platform.change("org.connections.list", (list) => list.map((each) => ({ ...each, testedAt })));
}

async function signedInThrough(page: Page, connection: string): Promise<void> {
  const route = `${new URLSearchParams({ connection, login_hint: JANE.email })}`;
  await page.evaluate((value) => sessionStorage.setItem("platform.sign-in", value), route);
}

export function singleSignOnTests({ open }: ConsoleSuite): void {
  const openAs = (test: Pick<TestContext, "onTestFinished">, as: string, organization: object = WITH_OKTA) =>
    open(test, {
      organizations: [{ ...ACME, ...organization }],
      users: [JANE, BEN, ...("connections" in organization ? [OUTSIDER, THROUGH] : [])],
      as,
      path: PATH,
    });

  it("begins with the domain, and leads to its page", async (test) => {
    const { page } = await openAs(test, JANE.email, { domains: [] });
    await heading(page, "Sign-in").waitFor();
    await page.getByRole("link", { name: "Verify a domain" }).waitFor();
    expect(await step(page, "Domain").getAttribute("aria-current")).toBe("step");
    await checkPage(page, "sso-domain");
    await page.getByRole("link", { name: "Verify a domain" }).click();
    await heading(page, "Domains").waitFor();
  });

  it("an owner connects an identity provider, and sees its set-up complete", async (test) => {
    const { page, platform } = await openAs(test, JANE.email, {});
    const names = begun(platform);
    await page.context().route("https://auth0.test/**", (route) => route.fulfill({ body: "The set-up" }));
    await button(page, "Connect").click();
    await page.getByText("Enter a name, such as Company Okta.").waitFor();
    await page.getByLabel("Name of the sign-in").fill("Acme Okta");
    await page.getByText("“Continue with Acme Okta”").waitFor();
    await checkPage(page, "sso-connect");
    const opening = page.waitForEvent("popup");
    await page.keyboard.press("Enter");
    const tab = await opening;
    await tab.waitForURL("https://auth0.test/**");
    expect(await tab.evaluate(() => window.opener)).toBeNull();
    await page.getByText("Waiting for the details of your identity provider.").waitFor();
    const link = page.getByRole("link", { name: "Open the set-up" });
    expect(await link.getAttribute("href")).toBe(tab.url());
    expect(
      await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }])),
    ).not.toContain("ticket");
    await checkPage(page, "sso-pending");

    platform.finishSetup(names[0] ?? "", "okta");
    await page.getByText("People can sign in through Acme Okta.").waitFor({ timeout: 15_000 });
    await button(page, "Test Acme Okta").waitFor();
    await checkPage(page, "sso-connected");
  });

  it("shows what is wrong with a set-up, and starts it again", async (test) => {
    const { page, platform } = await openAs(test, JANE.email, {});
    await page.getByLabel("Name of the sign-in").fill("Acme Entra");
    platform.change("org.connections.get", (usual) => ({ ...usual, waitingFor: "commonEndpoint" }));
    await button(page, "Connect").click();
    await page.getByText("Microsoft’s common endpoint").waitFor();
    await checkPage(page, "sso-common-endpoint");
    await page.reload();
    await page.getByText("Needs a change").waitFor();
    expect(await page.getByRole("link", { name: "Open the set-up" }).count()).toBe(0);
    await button(page, "Start again").click();
    await page.getByRole("link", { name: "Open the set-up" }).waitFor();
    await button(page, "Remove the set-up of Acme Entra").click();
    await page.getByLabel("Name of the sign-in").waitFor();
    await focused(page, "Connection");
  });

  it("offers the link where the browser blocks the new tab, and says why it cannot begin", async (test) => {
    const { page, platform } = await openAs(test, JANE.email, {});
    await page.evaluate(() => {
      window.open = () => null;
    });
    platform.refuse("LIMIT_REACHED", { procedure: "org.connections.begin", times: 1 });
    await page.getByLabel("Name of the sign-in").fill("Acme Okta");
    await button(page, "Connect").click();
    await page.getByText("An organization has at most 10 connections. Remove one first.").waitFor();
    await button(page, "Connect").click();
    await page.getByText("Your browser blocked the new tab.").waitFor();
  });

  it("a test signs in through the connection, and this tab stays as it was", async (test) => {
    const { page, platform } = await openAs(test, JANE.email);
    const asked = await playIdentityProvider(page, { token: platform.tokenFor(THROUGH.email) });
    const session = () => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    await button(page, "Test Acme Okta").waitFor();
    const before = await session();
    const opening = page.waitForEvent("popup");
    await button(page, "Test Acme Okta").click();
    const popup = await opening;
    await page.getByText("People can sign in through Acme Okta.", { exact: true }).nth(1).waitFor();
    await closed(popup);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      ...{ connection: "acme-okta", prompt: "login", login_hint: JANE.email, scope: "openid profile email" },
    });
    expect(await session()).toBe(before);
    await page.getByText("Acme Okta passed just now.").waitFor();
    const ladder = page.getByLabel("Result of the test").getByRole("listitem");
    expect(await ladder.count()).toBe(0);
    await checkPage(page, "sso-test-passed");
    await button(page, /^Passed: \d+ checks?$/).click();
    await ladder.first().waitFor();
    await checkPage(page, "sso-test-passed-open");
  });

  it("a failed test opens the rule that failed", async (test) => {
    const { page, platform } = await openAs(test, JANE.email);
    await playIdentityProvider(page, { token: platform.tokenFor(THROUGH.email) });
    const fix = "verify this domain for the organization, or test with an address of a verified one";
    platform.change("org.connections.test", () => ({
      passed: false,
      steps: [
        ...["structure", "issuer", "signature", "lifetime"].map((rule) => ({
          rule,
          ok: true,
          saw: "",
          fix: "",
        })),
        { rule: "connection", ok: true, saw: "this organization's connection", fix: "" },
        {
          ...{ rule: "address", ok: false, fix },
          saw: "an e-mail address of acme.test, which the organization has not verified",
        },
      ],
    }));
    await button(page, "Test Acme Okta").click();
    await page.getByText("What to change").waitFor();
    await page.getByText("Verify this domain for the organization, or").waitFor();
    await page.getByText("4 checks passed").waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Result of the test",
    );
    await checkPage(page, "sso-test-failed");
  });

  it.for<[string, Answer, RegExp]>([
    [
      "the identity provider refuses",
      { error: "access_denied", error_description: "Not assigned" },
      /It said: “Not assigned”/,
    ],
    ["the sign-in service fails", { error: "server_error" }, /The sign-in service did not answer/],
  ])("a test says so when %s", async ([, answer, text], test) => {
    const { page } = await openAs(test, JANE.email);
    await playIdentityProvider(page, { answer });
    await button(page, "Test Acme Okta").click();
    await page.getByLabel("Result of the test").getByText(text).waitFor();
    await checkPage(page, `sso-test-${answer.error}`);
  });

  it("says so when the window is blocked, closed or cancelled", async (test) => {
    const { page } = await openAs(test, JANE.email);
    const issuer = `${new URL(page.url()).origin}/issuer/`;
    await playIdentityProvider(page, {});
    await page.context().route(`${issuer}authorize**`, (route) => route.fulfill({ body: "A login page" }));
    const start = async () => {
      const opening = page.waitForEvent("popup");
      await button(page, /^Test Acme Okta/).click();
      const popup = await opening;
      await popup.getByText("A login page").waitFor();
      return popup;
    };
    const cancelled = await start();
    const result = page.getByLabel("Result of the test");
    await result.getByText("Sign in through Acme Okta in the window that has opened.").waitFor();
    await checkPage(page, "sso-testing");
    await button(page, "Cancel the test").click();
    await closed(cancelled);
    await focused(page, "Test");
    await (await start()).close();
    await result.getByText("The window was closed before the sign-in was complete.").waitFor();
    await page.evaluate(() => {
      window.open = () => null;
    });
    await button(page, "Test Acme Okta again").click();
    await result.getByText("Your browser blocked the window.").waitFor();
  });

  it("single sign-on can be required once it was tested and used, and says its effects first", async (test) => {
    const { page, platform } = await openAs(test, JANE.email);
    const require = step(page, "Require");
    await require.getByText("Test Acme Okta first.").waitFor();
    await require.getByText("Passwords stop working for @acme.example at once.").waitFor();
    await require.getByText("nora@freelance.example stays exempt.").waitFor();
    expect(await button(page, "Require single sign-on").getAttribute("aria-disabled")).toBe("true");

    passed(platform);
    await signedInThrough(page, "Username-Password-Authentication");
    await page.reload();
    await require.getByText("Sign in through Acme Okta once, then require it.").waitFor();
    await button(page, "Require single sign-on").click({ force: true });
    expect(platform.calls).not.toContain("org.update");
    await checkPage(page, "sso-require-disabled");

    await signedInThrough(page, "acme-okta");
    await page.reload();
    await require.getByText("nora@freelance.example stays exempt.").waitFor();
    await require.getByText("once, then require it").waitFor({ state: "detached" });
    await checkPage(page, "sso-require-ready");
    await button(page, "Require single sign-on").click();
    await require.getByText("Sign in through a connection that was tested").waitFor(); // the mocks know better
    await button(page, "Sign in through Acme Okta").waitFor();
    await checkPage(page, "sso-require-refused");
  });

  it("says that no owner could get in without the identity provider", async (test) => {
    const { page, platform } = await open(test, {
      organizations: [WITH_OKTA],
      users: [{ ...JANE, connection: "acme-okta" }, BEN],
      as: JANE.email,
      path: PATH,
    });
    passed(platform);
    await page.reload();
    await page.getByText("No owner could get in if Acme Okta fails.").waitFor();
    await checkPage(page, "sso-no-emergency-owner");
  });

  it("an owner stops requiring it", async (test) => {
    const { page } = await open(test, {
      organizations: [{ ...WITH_OKTA, enforceSso: true }],
      users: [{ ...JANE, connection: "acme-okta" }],
      as: JANE.email,
      path: PATH,
    });
    await page.getByText("Single sign-on is required. Passwords do not work for @acme.example.").waitFor();
    await checkPage(page, "sso-required");
    await button(page, "Stop requiring single sign-on").click();
    await page.getByText("Make single sign-on the only way in.").waitFor();
    await focused(page, "Require");
  });

  it("signing in through the connection comes back to this page", async (test) => {
    const { page, platform } = await openAs(test, JANE.email);
    passed(platform);
    await signedInThrough(page, "Username-Password-Authentication");
    await page.reload();
    const asked = await playIdentityProvider(page, { token: platform.tokenFor(JANE.email) });
    await button(page, "Sign in through Acme Okta").click();
    await button(page, "Require single sign-on").and(page.locator(":not([aria-disabled])")).waitFor();
    expect(new URL(page.url()).pathname).toBe(PATH);
    expect(asked[0]?.get("connection")).toBe("acme-okta");
  });

  it("an admin tests, and sees that the rest is for owners", async (test) => {
    const { page } = await openAs(test, BEN.email);
    await page.getByText("Only owners require single sign-on. Ask").waitFor();
    await button(page, "Test Acme Okta").waitFor();
    expect(await button(page, "Add a connection").count()).toBe(0);
    await button(page, "Actions for Acme Okta").click();
    await page.getByRole("menuitem", { name: "Remove" }).getByText("Only Platform can change it").waitFor();
    await checkPage(page, "sso-menu");
  });

  it("an owner renames a connection, switches it off and on, and removes it", async (test) => {
    const { page, platform } = await openAs(test, JANE.email, {});
    const names = begun(platform);
    await page.getByLabel("Name of the sign-in").fill("Acme Okta");
    await button(page, "Connect").click();
    await page.getByText("Being set up").waitFor();
    platform.finishSetup(names[0] ?? "", "okta");
    const choose = async (of: string, item: string) => {
      await button(page, `Actions for ${of}`).click();
      await page.getByRole("menuitem", { name: item }).click();
    };
    await button(page, "Actions for Acme Okta").waitFor({ timeout: 15_000 });

    await choose("Acme Okta", "Rename");
    await page.getByLabel("Name of Acme Okta").fill("Okta");
    await checkPage(page, "sso-rename");
    await page.keyboard.press("Enter");
    await button(page, "Actions for Okta").waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(
      /^Actions for/,
    );

    await choose("Okta", "Switch off");
    await page.getByText("Nobody can sign in through Okta now.").waitFor();
    await page.getByText("Okta is switched off.").waitFor();
    await choose("Okta", "Switch on");
    await button(page, "Test Okta").waitFor();

    await choose("Okta", "Remove");
    const dialog = page.getByRole("alertdialog", { name: "Remove Okta?" });
    platform.refuse("NOT_READY", { procedure: "org.connections.remove", times: 1 });
    await dialog.getByRole("button", { name: "Remove" }).click();
    await dialog.getByText("This is the last way in.").waitFor();
    await checkPage(page, "sso-remove");
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByLabel("Name of the sign-in").waitFor();
    await focused(page, "Connection");
  });

  it("a further connection is set up in the list", async (test) => {
    const { page } = await openAs(test, JANE.email);
    await button(page, "Add a connection").click();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
    await page.keyboard.press("Escape");
    await button(page, "Add a connection").click();
    await page.getByLabel("Name of the sign-in").fill("Acme Entra");
    await page.keyboard.press("Enter");
    await page.getByText("Waiting for the details").waitFor();
    await checkPage(page, "sso-second");
  });

  it("shows an outage beside what is known, and recovers", async (test) => {
    const { page, platform } = await openAs(test, JANE.email);
    await button(page, "Test Acme Okta").waitFor();
    platform.refuse("AUTH0_UNAVAILABLE", { procedure: "org.connections.begin" });
    await button(page, "Add a connection").click();
    await page.getByLabel("Name of the sign-in").fill("Acme Entra");
    await page.keyboard.press("Enter");
    await page.getByText("Platform cannot set up sign-in at the moment.").waitFor();
  });
}
