import type { PlatformHandlers } from "@platform-api/client/testing";
import { ACME, JANE } from "@platform-api/frontend/testing";
import type { Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { button, closed } from "../browser-suite.ts";
import { checkPage, resize } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";
import { focuses } from "./focus.ts";

const OKTA = { name: "acme-okta", displayName: "Acme Okta", strategy: "okta" };
const WITH_OKTA = { ...ACME, connections: [OKTA] };
const BEN = { email: "ben@acme.example", memberships: { acme: "admin" } } as const;
const OUTSIDER = { email: "nora@freelance.example", memberships: { acme: "owner" } } as const;
/** Jane, as she comes through the connection. */
const THROUGH = { email: "jane.doe@acme.example", connection: "acme-okta" } as const;
const PATH = "/o/acme/sign-in";

const SEEN = { firstAt: "2026-11-25T00:00:00.000Z", lastAt: new Date().toISOString(), userId: null };
const STRANGER = { ...SEEN, email: null, domain: "acme-labs.example", connection: OKTA.name, askedAt: null };
/** A refusal with each kind of cure, and a long address. */
const REFUSED = [
  { ...STRANGER, reason: "DOMAIN_NOT_ALLOWED", cure: "verify-domain", count: 12 },
  {
    ...STRANGER,
    email: `${"a-very-long-name-of-somebody.".repeat(2)}x@acme.example`,
    domain: "acme.example",
    userId: "7c18584b-d06e-4ad2-9ff1-6ef64128fed0",
    reason: "MEMBERSHIP_REMOVED",
    cure: "restore",
    askedAt: SEEN.lastAt,
    count: 1,
  },
  { ...STRANGER, domain: null, reason: "EMAIL_MISSING", cure: null, count: 1 },
  { ...STRANGER, reason: "SSO_REQUIRED", connection: "auth0", cure: "none-needed", count: 2 },
] as const;

/** Plays the identity provider. Until it has an answer, it shows its page. @returns what it does next */
async function playIdentityProvider(page: Page, token: string) {
  const provider = { answer: null as Readonly<Record<string, string>> | null };
  const issuer = `${new URL(page.url()).origin}/issuer/`;
  const endpoints = { authorization_endpoint: `${issuer}authorize`, token_endpoint: `${issuer}token` };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  await page.context().route(`${issuer}**`, (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    if (pathname.endsWith("openid-configuration")) return route.fulfill({ json: { issuer, ...endpoints } });
    if (pathname.endsWith("/token")) {
      const iat = Math.floor(Date.now() / 1_000);
      const claims = { iss: issuer, aud: "platform-frontend", sub: "okta|1", iat, exp: iat + 60 };
      const id_token = `${part({ alg: "RS256" })}.${part(claims)}.signature`;
      return route.fulfill({ json: { access_token: token, token_type: "Bearer", id_token } });
    }
    if (provider.answer === null) return route.fulfill({ body: "A login page" });
    const back = new URLSearchParams({ ...provider.answer, state: searchParams.get("state") ?? "" });
    const location = `${searchParams.get("redirect_uri")}?${back}`;
    return route.fulfill({ status: 302, headers: { location } });
  });
  return provider;
}

/** The organization with a connection that has passed its test. */
function passed(platform: PlatformHandlers): void {
  const testedAt = new Date().toISOString();
  platform.change("org.connections.list", (list) => list.map((each) => ({ ...each, testedAt })));
}

/** What needs a browser: windows, the focus, and how each state looks. The rules are tried beside the page. */
export function singleSignOnTests({ open }: ConsoleSuite): void {
  const openAs = (test: Pick<TestContext, "onTestFinished">, as: string, organization: object = WITH_OKTA) =>
    open(test, {
      organizations: [{ ...ACME, ...organization }],
      users: [JANE, BEN, ...("connections" in organization ? [OUTSIDER, THROUGH] : [])],
      as,
      path: PATH,
    });

  it("an owner sets up a connection in a tab of its own, renames it and removes it", async (test) => {
    const { page, platform } = await openAs(test, JANE.email, {});
    await page.context().route("https://auth0.test/**", (route) => route.fulfill({ body: "The set-up" }));
    platform.change("org.domains.list", () => []);
    await page.reload();
    await page.getByRole("link", { name: "Verify a domain" }).waitFor();
    await checkPage(page, "sso-domain");

    platform.reset();
    const setUp = { name: "", isWrong: true };
    platform.change("org.connections.get", (usual) => {
      setUp.name = usual.name;
      return setUp.isWrong ? { ...usual, waitingFor: "commonEndpoint" } : usual;
    });
    await page.reload();
    await page.getByLabel("Name of the sign-in").fill("Acme Okta");
    await checkPage(page, "sso-connect");
    const opening = page.waitForEvent("popup");
    await page.keyboard.press("Enter");
    const tab = await opening;
    await tab.waitForURL("https://auth0.test/**");
    expect(await tab.evaluate(() => window.opener)).toBeNull();
    await page.getByText("Microsoft’s common endpoint").waitFor();
    await checkPage(page, "sso-common-endpoint");

    setUp.isWrong = false;
    await button(page, "Start again").click();
    await page.getByText("Waiting for the details of your identity provider.").waitFor();
    await checkPage(page, "sso-pending");

    platform.finishSetup(setUp.name, "okta");
    await page.reload();
    await button(page, "Test Acme Okta").waitFor();
    await checkPage(page, "sso-connected");
    await renameAndRemove(page, platform);
  });

  it("a test signs in in a window of its own, and its result gets the focus", async (test) => {
    const { page, platform } = await openAs(test, JANE.email);
    const provider = await playIdentityProvider(page, platform.tokenFor(THROUGH.email));
    const result = page.getByLabel("Result of the test");
    const start = async () => {
      const opening = page.waitForEvent("popup");
      await button(page, /^Test Acme Okta/).click();
      return opening;
    };
    await button(page, "Test Acme Okta").waitFor();
    await page.evaluate(() => sessionStorage.setItem("of this tab", "kept"));
    const stored = () => page.evaluate(() => JSON.stringify([sessionStorage, localStorage]));
    const before = await stored();
    const cancelled = await start();
    await cancelled.getByText("A login page").waitFor();
    // Browsers copy it into new windows.
    const copied = await cancelled.evaluate(() => [window.opener, sessionStorage.getItem("of this tab")]);
    expect(copied).toEqual([null, null]);
    await result.getByText("in the window that has opened.").waitFor();
    await checkPage(page, "sso-testing");
    await button(page, "Cancel the test").click();
    await closed(cancelled);
    await focuses(page, "Test");
    const left = await start();
    await left.getByText("A login page").waitFor();
    await left.close();
    await result.getByText("The window was closed before the sign-in was complete.").waitFor();

    for (const [answer, text] of [
      [{ error: "access_denied", error_description: "Not assigned" }, "It said: “Not assigned”"],
      [{ error: "server_error" }, "The sign-in service did not answer"],
    ] as const) {
      provider.answer = answer;
      await closed(await start());
      await result.getByText(text).waitFor();
      await checkPage(page, `sso-test-${answer.error}`);
    }
    provider.answer = { code: "c" };
    failTests(platform);
    await closed(await start());
    await page.getByText("What to change").waitFor();
    await focuses(page, "Result of the test");
    await checkPage(page, "sso-test-failed");

    platform.reset();
    await closed(await start());
    await page.getByText("Acme Okta passed just now.").waitFor();
    expect(await stored()).toBe(before);
    await checkPage(page, "sso-test-passed");
    await button(page, /^Passed: \d+ checks?$/).click();
    await result.getByRole("listitem").first().waitFor();
    await checkPage(page, "sso-test-passed-open");
  });

  it("an owner signs in through the connection, comes back, and requires it", async (test) => {
    const { page, platform } = await openAs(test, JANE.email);
    passed(platform);
    await page.evaluate(() =>
      sessionStorage.setItem(
        "platform.sign-in",
        "connection=Username-Password-Authentication&login_hint=jane@acme.example",
      ),
    );
    await page.reload();
    await button(page, "Sign in through Acme Okta").waitFor();
    await page.getByText("nora@freelance.example stays exempt.").waitFor();
    await checkPage(page, "sso-require-disabled");
    (await playIdentityProvider(page, platform.tokenFor(JANE.email))).answer = { code: "c" };
    await button(page, "Sign in through Acme Okta").click();
    const require = button(page, "Require single sign-on");
    await require.and(page.locator(":not([aria-disabled])")).waitFor();
    await page.getByText("nora@freelance.example stays exempt.").waitFor();
    expect(new URL(page.url()).pathname).toBe(PATH);
    await checkPage(page, "sso-require-ready");
    await require.click();
    await page.getByText("Sign in through Acme Okta first: enforcing SSO would lock you out.").waitFor(); // the mocks know better
    await button(page, "Sign in through Acme Okta").waitFor();
    await checkPage(page, "sso-require-refused");
  });

  it("the focus stays with the step when an owner stops requiring single sign-on", async (test) => {
    const { page, platform } = await open(test, {
      organizations: [{ ...WITH_OKTA, enforceSso: true }],
      users: [{ ...JANE, connection: "acme-okta" }, BEN],
      path: PATH,
    });
    await button(page, "Stop requiring single sign-on").waitFor();
    await checkPage(page, "sso-required");
    await button(page, "Stop requiring single sign-on").click();
    await focuses(page, "Require");
    passed(platform);
    await page.reload();
    await page.getByText("No owner could get in if Acme Okta fails.").waitFor();
    await checkPage(page, "sso-no-emergency-owner");

    platform.change("org.refusals.list", () => [...REFUSED]);
    await page.reload();
    await page.getByRole("link", { name: "Add and verify acme-labs.example" }).waitFor();
    await checkPage(page, "sso-refused");
  });

  it("the form of a further connection takes the focus, and a menu says what cannot be done", async (test) => {
    const jane = await openAs(test, JANE.email);
    await button(jane.page, "Add a connection").click();
    await jane.page.getByLabel("Name of the sign-in").and(jane.page.locator(":focus")).waitFor();
    await jane.page.keyboard.type("Acme Entra");
    await jane.page.keyboard.press("Enter");
    await jane.page.getByText("Waiting for the details").waitFor();
    await checkPage(jane.page, "sso-second");

    const ben = await openAs(test, BEN.email);
    await resize(ben.page, 1280, 1_600); // a menu closes when the page is scrolled
    await button(ben.page, "Actions for Acme Okta").click();
    await ben.page.getByRole("menuitem", { name: "Remove" }).waitFor();
    await checkPage(ben.page, "sso-menu");
  });
}

async function renameAndRemove(page: Page, platform: PlatformHandlers): Promise<void> {
  const choose = async (of: string, item: string) => {
    await resize(page, 1280, 1_600); // a menu closes when the page is scrolled
    await button(page, `Actions for ${of}`).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await choose("Acme Okta", "Rename");
  await page.getByLabel("Name of Acme Okta").fill("Okta");
  await checkPage(page, "sso-rename");
  await page.keyboard.press("Enter");
  await focuses(page, "Actions for Okta");
  await choose("Okta", "Remove");
  const dialog = page.getByRole("alertdialog", { name: "Remove Okta?" });
  platform.refuse("NOT_READY", { procedure: "org.connections.remove", times: 1 });
  await dialog.getByRole("button", { name: "Remove" }).click();
  await dialog.getByText("This is the last way in.").waitFor();
  await checkPage(page, "sso-remove");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await focuses(page, "Connection");
}

function failTests(platform: PlatformHandlers): void {
  const ok = (rule: string, saw = "") => ({ rule, ok: true, saw, fix: "" });
  const saw = "an e-mail address of acme.test, which the organization has not verified";
  const fix = "verify this domain for the organization, or test with an address of a verified one";
  const steps = [ok("structure"), ok("issuer"), ok("connection", "this organization's connection")];
  platform.change("org.connections.test", () => ({
    passed: false,
    steps: [...steps, { rule: "address", ok: false, saw, fix }],
  }));
}
