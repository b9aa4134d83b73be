import { openWizard } from "@platform-api/dev/identity-provider";
import { expect, it } from "vitest";
import {
  type BrowserSuite,
  button,
  closed,
  closedBy,
  heading,
  passLogin,
  signInByPassword,
} from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";

export function connectingTests(suite: BrowserSuite): void {
  it("an owner connects an identity provider, tests it in a window of its own, and requires it", async (test) => {
    const { stack } = suite;
    const page = await suite.newPage(test);
    await signInByPassword(page, stack, "richard@piper.example");
    await heading(page, "Runs").waitFor();
    await page.getByRole("link", { name: "Sign-in" }).click();

    await page.getByLabel("Name of the sign-in").fill("Piper Okta");
    await button(page, "Connect").click();
    const link = page.getByRole("link", { name: "Open the set-up" });
    const wizard = await openWizard((await link.getAttribute("href")) ?? "");
    await wizard.create("okta");
    await wizard.enable();
    await page.bringToFront(); // its tab is behind the one of the set-up, and is drawn only once a second
    await button(page, "Test Piper Okta").waitFor();

    const session = () => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    const before = await session();
    const startTest = async () => {
      const opening = page.waitForEvent("popup");
      await button(page, "Test Piper Okta").click();
      const popup = await opening;
      await popup.waitForURL(`${stack.issuer}**`);
      return popup;
    };
    const cancelled = await startTest();
    expect(await cancelled.evaluate(() => window.opener)).toBeNull();
    await cancelled.goto(`${stack.url}/config.json`);
    expect(await cancelled.evaluate(() => sessionStorage.length)).toBe(0); // browsers copy it into new windows
    await button(page, "Cancel the test").click();
    await closed(cancelled);

    const popup = await startTest();
    await closedBy(passLogin(popup, stack), popup);
    await page.getByLabel("Result of the test").getByText("Passed", { exact: true }).waitFor();
    expect(await session()).toBe(before);
    expect(
      await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("oidc."))),
    ).toEqual([]);
    await checkPage(page, "connection-tested");

    await page.getByText("Sign in through Piper Okta once, then require it.").waitFor();
    await button(page, "Sign in through Piper Okta").click(); // the identity provider remembers the test
    await page.waitForURL(`${stack.url}/o/piper/sign-in`);
    await page.getByText("once, then require it").waitFor({ state: "detached" });
    await button(page, "Require single sign-on").click();
    await page.getByText("Single sign-on is required. Passwords do not work for @piper.example.").waitFor();
  });
}
