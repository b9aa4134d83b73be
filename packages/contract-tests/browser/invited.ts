import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { type BrowserSuite, button, heading, signInByPassword } from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";

/** From the mail about an invitation to the organization, for somebody without an account. */
export function invitedTests(suite: BrowserSuite): void {
  it("somebody who is invited creates an account, verifies it by a mail, and joins", async (test) => {
    const { stack } = suite;
    const [host, guest] = ["host@freelance.example", "grace@newcomer.example"];
    const created = await stack.cli("org", "create", "picnic", "--name", "Picnic", "--owner", host);
    expect(created.status).toBe(0);
    const inviting = await suite.newPage(test);
    await signInByPassword(inviting, stack, host);
    await heading(inviting, "Runs").waitFor();
    await inviting.goto(`${stack.url}/o/picnic/members`);

    const mailbox = await suite.newPage(test);
    await mailbox.goto(stack.mailbox.url);
    await button(inviting, "Invite people").click();
    await inviting.getByLabel("E-mail addresses").fill(guest);
    await inviting.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
    const page = await follow(mailbox, guest, "Test user invited you to Picnic", "Join Picnic"); // by itself
    await heading(page, "You were invited").waitFor();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe(guest);
    await checkPage(page, "invited-signed-out");

    await button(page, "Continue").click();
    await page.waitForURL(`${stack.issuer}**`);
    await heading(page, "Create an account").waitFor();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe(guest);
    await page.getByLabel("New password").fill("long-enough");
    await button(page, "Create account").click();
    await heading(page, "Verify your e-mail address").waitFor();

    const verified = await follow(mailbox, guest, "Verify your e-mail address", "Verify my address");
    await heading(verified, "Your address is verified").waitFor();
    await verified.getByRole("link", { name: "Continue" }).click();
    await heading(verified, "You have an invitation").waitFor();
    await heading(page, "You have an invitation").waitFor(); // the tab that was left, by itself
    await verified.getByText(`Test user (${host}) invited you to Picnic as a member.`).waitFor();
    await checkPage(verified, "invited-to-join", { axe: false });
    await button(verified, "Join Picnic").click();
    await verified.getByText("Your workflow runs in Picnic.").waitFor();
  });
}

/** Follows the link of a mail that arrives while the mailbox is open, which other tests use as well. */
async function follow(mailbox: Page, to: string, subject: string, link: string): Promise<Page> {
  const mail = mailbox.getByRole("group").filter({ hasText: to }).filter({ hasText: subject }).first();
  await mail.waitFor();
  if ((await mail.getAttribute("open")) === null) await mail.getByText(subject).first().click(); // it is not the newest
  const [opened] = await Promise.all([
    mailbox.context().waitForEvent("page"),
    mail.frameLocator("iframe").getByRole("link", { name: link }).click(),
  ]);
  return opened;
}
