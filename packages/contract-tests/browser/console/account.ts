import { ACME, JANE } from "@platform-api/frontend/testing";
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, resize } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const WITH_OKTA = { ...ACME, connections: [{ name: "acme-okta", displayName: "Okta" }] };
const BEN = { email: "ben@acme.example", memberships: { acme: "admin" } } as const;
const ORGANIZATIONS = [
  WITH_OKTA,
  { id: "globex", name: "Globex", domains: ["globex.example"] },
  { id: "initech", name: "Initech", domains: ["initech.example", "acme.example"], enforceSso: true },
];
const USERS = [
  {
    email: JANE.email,
    memberships: { acme: "owner", globex: "member", initech: "member" },
    connection: "acme-okta",
  },
  BEN,
] as const;

export function accountTests({ open }: ConsoleSuite): void {
  it("the pages of somebody's organizations and account", async (test) => {
    const options = { organizations: ORGANIZATIONS, users: USERS, path: "/organizations" };
    const { page, platform } = await open(test, options);
    const dialog = page.getByRole("alertdialog");
    await button(page, "Leave Acme").click();
    await dialog.getByText("You are the only owner.").waitFor();
    await checkPage(page, "organizations-not-left");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await button(page, "Leave Globex").click();
    await dialog.getByRole("button", { name: "Leave" }).click();
    await dialog.waitFor({ state: "detached" });
    await heading(page, "Organizations").and(page.locator(":focus")).waitFor();

    platform.refuse("STORE_UNAVAILABLE", { procedure: "auth.link" });
    await button(page, "Account menu").click();
    await page.getByRole("menuitem", { name: "Account" }).click();
    await page.getByRole("heading", { name: "Your data is unavailable right now" }).waitFor();
    await checkPage(page, "console-account-error");
    platform.reset();
    await page.getByText("Your company’s verified domain").waitFor(); // by itself
    await page.getByText("Requires single sign-on").waitFor();
    await checkPage(page, "console-account");

    await resize(page, 390);
    expect(Math.min(...(await heightsOf(button(page, /^Sign out/))))).toBeGreaterThanOrEqual(44);
    platform.refuse("STORE_UNAVAILABLE", { procedure: "auth.signOutEverywhere" });
    await page.getByRole("button", { name: "Sign out everywhere", exact: true }).click();
    await dialog.getByRole("button", { name: "Sign out everywhere" }).click();
    await dialog.getByText("It is not known yet").waitFor();
    await checkPage(page, "console-sign-out-everywhere");
    await resize(page, 390);
    expect(Math.min(...(await heightsOf(dialog.getByRole("button"))))).toBeGreaterThanOrEqual(44);
    platform.reset();
    await dialog.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByText("You’re signed out of Platform everywhere.").waitFor();
    await checkPage(page, "console-signed-out-everywhere");
  });

  it("the page of settings, as an owner and as an admin", async (test) => {
    const options = { organizations: ORGANIZATIONS, users: USERS, path: "/o/acme/settings" };
    const { page, platform } = await open(test, options);
    const field = page.getByRole("textbox", { name: "Name" });
    await page.getByText("People with an @acme.example address can join").waitFor();
    await checkPage(page, "console-settings-owner");
    platform.refuse("ROLE_REQUIRED", { procedure: "org.update", times: 1 });
    await field.fill("Acme Refused");
    await field.press("Enter");
    await page.getByText("Not changed.").waitFor();
    await checkPage(page, "console-settings-refused");
    await field.fill("Acme\u202e");
    await page.getByText("Use 1 to 100 visible characters,").waitFor();
    await checkPage(page, "console-settings-not-a-name");

    await field.press("Escape");
    await page.getByRole("button", { name: "Close this organization" }).click();
    const dialog = page.getByRole("alertdialog", { name: "Close Acme?" });
    await dialog.getByRole("textbox").fill("Acme");
    await checkPage(page, "console-settings-close");
    await dialog.getByRole("button", { name: "Close in 7 days" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: /^Closes on / }).waitFor();
    await checkPage(page, "console-settings-closing");
    platform.change("org.me", ({ organizations, ...me }) => ({
      ...me,
      organizations: [],
      activeOrganizationId: null,
      closed: organizations.map(({ id, name }) => ({
        id,
        name,
        closedAt: "2026-11-24T12:00:00.000Z",
        closedBy: null,
      })),
    }));
    await page.getByRole("heading", { name: "Acme is closed" }).waitFor();
    await checkPage(page, "console-closed");

    const organizations = [{ ...WITH_OKTA, locked: ["name", "closing"] as const }];
    const admin = await open(test, { ...options, organizations, users: [BEN], as: BEN.email });
    await admin.page.getByText("Set by Platform. Ask support to change it.").waitFor();
    await checkPage(admin.page, "console-settings-admin-locked");
  });
}

async function heightsOf(controls: Locator): Promise<number[]> {
  const boxes = await Promise.all((await controls.all()).map((each) => each.boundingBox()));
  return boxes.map((box) => box?.height ?? 0);
}
