import { describe, expect, it } from "vitest";
import { heading } from "./browser-suite.ts";
import { checkPage } from "./check-page.ts";
import { keyboardTests, readAloudTests } from "./console/accessibility.ts";
import { accountTests } from "./console/account.ts";
import { auditTests } from "./console/audit.ts";
import { domainsTests } from "./console/domains.ts";
import { firstLookTests } from "./console/first-look.ts";
import { invitationRowsTests, invitedTests, inviteTests } from "./console/invitations.ts";
import { leavingTests } from "./console/leaving.ts";
import { membersTests } from "./console/members.ts";
import { missingCodeTests } from "./console/missing-code.ts";
import { runsTests } from "./console/runs.ts";
import { sessionEndTests } from "./console/session-end.ts";
import { singleSignOnTests } from "./console/single-sign-on.ts";
import { type ConsoleSuite, describeConsole } from "./console-on-mocks.ts";

const ACME = { id: "acme", name: "Acme", domains: ["acme.example"] };
const USERS = [
  { email: "jane@acme.example", memberships: { acme: "owner" } },
  { email: "ben@acme.example", memberships: { acme: "member" } },
] as const;
const PAGES = ["Runs", "Members", "Domains", "Sign-in", "Audit", "Settings"];

// One file, so that all tests share one browser and wait at the same time.
describeConsole("the console in a browser", (suite) => {
  describe.concurrent("the frame", () => frameTests(suite));
  describe.concurrent("the page Domains", () => domainsTests(suite));
  describe.concurrent("runs", () => runsTests(suite));
  describe.concurrent("inviting people", () => inviteTests(suite));
  describe.concurrent("the rows of invitations", () => invitationRowsTests(suite));
  describe.concurrent("being invited", () => invitedTests(suite));
  describe.concurrent("single sign-on", () => singleSignOnTests(suite));
  describe.concurrent("the audit", () => auditTests(suite));
  describe.concurrent("account and settings", () => accountTests(suite));
  describe.concurrent("leaving an organization", () => leavingTests(suite));
  describe.concurrent("a first look", () => firstLookTests(suite));
  describe.concurrent("code that does not load", () => missingCodeTests(suite));
  describe.concurrent("the end of a session", () => sessionEndTests(suite));
  describe.concurrent("the members page", () => membersTests(suite));
  describe.concurrent("what is read aloud", () => readAloudTests(suite));
  describe.concurrent("the keyboard", () => keyboardTests(suite));
});

function frameTests({ open }: ConsoleSuite): void {
  it("an owner goes to every page by the navigation", async (test) => {
    const options = { organizations: [ACME], users: USERS, as: "jane@acme.example", path: "/" };
    const { page } = await open(test, options);
    const links = page.getByRole("navigation").getByRole("link");
    await heading(page, "Runs").waitFor();
    expect(await links.allTextContents()).toEqual(PAGES);
    for (const name of PAGES) {
      await links.getByText(name, { exact: true }).click();
      await heading(page, name).waitFor();
    }
  });

  it.for([
    ["/o/acme", "Runs", "/o/acme/runs"],
    ["/o/acme/", "Runs", "/o/acme/runs"],
    ["/o/acme/members/extra", "Not found", "/o/acme/members/extra"],
  ] as const)("%s leads to %s", async ([path, name, shown], test) => {
    const { page } = await open(test, { organizations: [ACME], users: USERS, as: "jane@acme.example", path });
    await heading(page, name).waitFor();
    expect(new URL(page.url()).pathname).toBe(shown);
  });

  it("a member sees no page for admins, and learns whom to ask", async (test) => {
    const path = "/o/acme/members";
    const { page } = await open(test, { organizations: [ACME], users: USERS, as: "ben@acme.example", path });
    await heading(page, "Members is for admins").waitFor();
    await page.getByText("jane@acme.example").waitFor();
    expect(await page.getByRole("navigation").getByRole("link").allTextContents()).toEqual(["Runs"]);
    await checkPage(page, "console-admins-only");
  });
}
