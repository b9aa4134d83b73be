import { expect, it } from "vitest";
import {
  type BrowserSuite,
  button,
  heading,
  passLogin,
  signInByPassword,
  signInBySso,
  startRun,
  userIdOn,
} from "./browser-suite.ts";
import { picture } from "./check-page.ts";

/** Within 10 s, of which the events, the feed and the interval of the page take 5. A busy machine has five times as long. */
const SOON = { timeout: 50_000 };

/** The pages that show it are neither touched nor reloaded. */
export function endedAccessTests(suite: BrowserSuite): void {
  it("an owner whom the identity provider blocks is told so on Members, is back there once she may sign in, and is told when her sessions end", async (test) => {
    const { stack } = suite;
    const [page, operator] = [await suite.newPage(test), await suite.newPage(test)];
    const email = "boss@acme.example";
    await signInBySso(page, stack, email, "Continue with Acme");
    await page.getByRole("navigation").getByRole("link", { name: "Members" }).click();
    await page.getByText(email).first().waitFor();
    await operator.goto(`${stack.issuer}users`);
    await button(operator, `Block: ${email}`).click();
    await heading(page, "Your account is blocked").waitFor(SOON);
    expect(await page.getByText(email).filter({ visible: true }).count()).toBe(1); // in the details for support
    await picture(page, "blocked");

    await button(page, "Use a different address").click();
    await page.getByLabel("E-mail address").fill(email);
    await button(page, "Continue").click();
    await button(page, "Continue with Acme").click();
    await passLogin(page, stack); // although the browser was signed in there
    await page.getByText(`${email} is blocked.`).waitFor();
    await button(operator, `Unblock: ${email}`).click();
    await button(operator, `Block: ${email}`).waitFor();
    await button(page, "Sign in").click();
    await heading(page, "Members").waitFor();

    await button(operator, `End sessions: ${email}`).click();
    await heading(page, "You were signed out").waitFor(SOON);
  });

  it("a user with a password who signs out everywhere is asked for it in every browser, and with SSO keeps the user id and runs", async (test) => {
    const { stack } = suite;
    const [page, other] = [await suite.newPage(test), await suite.newPage(test)];
    const email = "first.password@acme.example";
    await signInByPassword(page, stack, email, { hasChoice: true });
    await heading(page, "Join your organization").waitFor();
    await button(page, "Join Acme").click();
    await heading(page, "Runs").waitFor();
    await startRun(page, "Begun with a password");
    const before = await userIdOn(page);
    await page.getByText("With a password, not through an organization’s single sign-on").waitFor();
    await signInByPassword(other, stack, email, { hasChoice: true });
    await heading(other, "Runs").waitFor();
    await page.getByRole("button", { name: "Sign out everywhere", exact: true }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByText("You’re signed out of Platform everywhere.", { exact: true }).waitFor();
    await heading(other, "You were signed out").waitFor(SOON);
    await picture(other, "signed-out-elsewhere");
    await button(other, "Sign in again").click();
    await other.getByLabel("Password").waitFor();

    await signInBySso(page, stack, email, "Continue with Acme");
    await page.getByRole("link", { name: "Begun with a password" }).waitFor();
    expect(await userIdOn(page)).toBe(before);
  });

  it("a run that waits for its user's approval stops when an owner removes the user, and its page says why", async (test) => {
    const { stack } = suite;
    const [page, owner] = [await suite.newPage(test), await suite.newPage(test)];
    const email = "jane@tyrell.example";
    await signInBySso(page, stack, email, "Continue with Tyrell");
    await heading(page, "Runs").waitFor();
    await startRun(page, "Summarize the minutes");
    await page.getByText("Waiting for you").first().waitFor();
    await signInBySso(owner, stack, "eldon@tyrell.example", "Continue with Tyrell");
    await owner.getByRole("navigation").getByRole("link", { name: "Members" }).click();
    await button(owner, `Remove ${email}`).click();
    await page.getByRole("heading", { name: "Stopped: you were removed from Tyrell" }).waitFor(SOON);
    expect(await page.getByText("Waiting for you").count()).toBe(0);
    await picture(page, "run-stopped");
  });
}
