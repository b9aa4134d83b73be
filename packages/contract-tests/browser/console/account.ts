import { it } from "vitest";
import { heading } from "../browser-suite.ts";
import { checkPage } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const [JANE, BEN] = ["jane@acme.example", "ben@acme.example"] as const;
const JANE_ID = "0a4b8f0e-5f1c-4b43-9a1b-2f8d1c9f0a01";
const ACME = {
  ...{ id: "acme", name: "Acme", domains: ["acme.example"] },
  connections: [{ name: "acme-okta", displayName: "Okta" }],
};
const GLOBEX = { id: "globex", name: "Globex", domains: ["globex.example"] };
const INITECH = {
  ...{ id: "initech", name: "Initech", domains: ["initech.example", "acme.example"], enforceSso: true },
  connections: [{ name: "initech-adfs", displayName: "AD FS" }],
};
const USERS = [
  { email: JANE, userId: JANE_ID, memberships: { acme: "owner", globex: "member" }, connection: "acme-okta" },
  { email: BEN, memberships: { acme: "admin" } },
] as const;
const ORGANIZATIONS = [ACME, GLOBEX];

/** How long the page may take on a busy machine. */
const SHOWN = { timeout: 20_000 };

export function accountTests({ open }: ConsoleSuite): void {
  it("shows who somebody is, how the account is linked, and where they belong", async (test) => {
    const users = [{ ...USERS[0], memberships: { ...USERS[0].memberships, initech: "member" as const } }];
    const organizations = [...ORGANIZATIONS, INITECH];
    const { page, platform } = await open(test, { organizations, users, as: JANE, path: "/account" });
    await heading(page, "Account").waitFor();
    await page.getByText("Your company’s verified domain").waitFor();
    await page.getByText("acme-okta").waitFor();
    await page.getByText(JANE_ID).waitFor();
    const memberships = page.getByRole("region", { name: "Organizations and roles" }).getByRole("listitem");
    test
      .expect(await memberships.allTextContents())
      .toEqual(["AcmeOwnerActive", "GlobexMember", "InitechMemberRequires single sign-on"]);
    await checkPage(page, "console-account");
    test.expect(platform.calls.filter((each) => each === "auth.link")).toHaveLength(1);
  });

  it("says that a legacy sign-in has no link, and keeps the page when the link is unavailable", async (test) => {
    const options = { organizations: ORGANIZATIONS, users: USERS, as: BEN, path: "/organizations" };
    const { page, platform } = await open(test, options);
    await heading(page, "Organizations").waitFor();
    platform.refuse("STORE_UNAVAILABLE", { procedure: "auth.link" });
    await page.getByRole("button", { name: "Account menu" }).click();
    await page.getByRole("menuitem", { name: "Account" }).click();
    await page.getByRole("heading", { name: "Your data is unavailable right now" }).waitFor();
    await page.getByText(BEN).first().waitFor();
    await checkPage(page, "console-account-error");
    platform.refuse("NOT_FOUND", { procedure: "auth.link" });
    await page.getByText("Your sign-in names the account itself").waitFor();
  });

  it("a member leaves an organization, and its only owner reads why not", async (test) => {
    const { expect } = test;
    const options = { organizations: ORGANIZATIONS, users: USERS, as: JANE, path: "/organizations" };
    const { page } = await open(test, options);
    const mine = page.getByRole("region", { name: "Your organizations" }).getByRole("listitem");
    const dialog = page.getByRole("alertdialog");
    const leave = async (name: string) => {
      await page.getByRole("button", { name: `Leave ${name}` }).click();
      await dialog.getByRole("heading", { name: `Leave ${name}?` }).waitFor();
      await dialog.getByRole("button", { name: "Leave" }).click();
    };
    await leave("Acme");
    await dialog.getByText("You are the only owner. Make someone else an owner first.").waitFor();
    await checkPage(page, "organizations-not-left");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await leave("Globex");
    await expect.poll(() => mine.count()).toBe(1);
    await page.getByText("You left Globex").waitFor({ state: "attached" });
    expect(await heading(page, "Organizations").evaluate((h1) => h1 === document.activeElement)).toBe(true);
  });

  it("an owner renames the organization at once, and a refusal takes it back", async (test) => {
    const { expect } = test;
    const options = { organizations: ORGANIZATIONS, users: USERS, as: JANE, path: "/o/acme/settings" };
    const { page, platform } = await open(test, options);
    const field = page.getByRole("textbox", { name: "Name" });
    await field.waitFor();
    await page.getByText("People with an @acme.example address can join").waitFor();
    await checkPage(page, "console-settings-owner");
    platform.slowDown(1_500);
    await field.fill("Acme Works");
    await field.press("Enter");
    const header = page.getByRole("banner");
    await header.getByText("Acme Works").waitFor({ timeout: 1_000 }); // before the answer
    expect(await field.inputValue()).toBe("Acme Works");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByText("Renamed to Acme Works").waitFor();
    platform.slowDown(0);

    platform.refuse("ROLE_REQUIRED", { procedure: "org.update", times: 1 });
    await field.fill("Acme Refused");
    await field.press("Enter");
    await page
      .getByText("Not changed. This action requires a different role in this organization.")
      .waitFor();
    expect(await field.inputValue()).toBe("Acme Refused"); // to be corrected
    await header.getByText("Acme Works").waitFor();
    await checkPage(page, "console-settings-refused");
    await field.fill("Acme\u202e");
    await page
      .getByText("Use 1 to 100 characters, with no control or invisible characters and no web address.")
      .waitFor();
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await checkPage(page, "console-settings-not-a-name");
    await field.press("Escape");
    expect(await field.inputValue()).toBe("Acme Works");
  });

  it("two renames that are both refused leave the name as it was, and the last text to correct", async (test) => {
    const { expect } = test;
    const options = { organizations: ORGANIZATIONS, users: USERS, as: JANE, path: "/o/acme/settings" };
    const { page, platform } = await open(test, options);
    const field = page.getByRole("textbox", { name: "Name" });
    const header = page.getByRole("banner").getByRole("button", { name: /^Organization:/ });
    await field.waitFor();
    const names: unknown[] = [];
    await page.exposeFunction("note", (name: unknown) => names.push(name));
    await header.evaluate((button) => {
      const note = () => Reflect.get(window, "note")(button.getAttribute("aria-label"));
      new MutationObserver(note).observe(button, { attributeFilter: ["aria-label"] });
    });
    platform.refuse("ROLE_REQUIRED", { procedure: "org.update" });
    platform.slowDown(1_000);
    for (const name of ["Acme One", "Acme Two"]) {
      await field.fill(name);
      await field.press("Enter");
      await expect.poll(() => header.getAttribute("aria-label"), SHOWN).toBe(`Organization: ${name}`);
    }
    await page.getByText("Not changed.").waitFor();
    await expect.poll(() => header.getAttribute("aria-label"), SHOWN).toBe("Organization: Acme");
    expect(names).toEqual(["Acme One", "Acme Two", "Acme"].map((name) => `Organization: ${name}`));
    expect(await field.inputValue()).toBe("Acme Two");
    await field.press("Escape");
    expect(await field.inputValue()).toBe("Acme");
  });

  it("an owner decides how people join", async (test) => {
    const { expect } = test;
    const options = { organizations: ORGANIZATIONS, users: USERS, as: JANE, path: "/o/acme/settings" };
    const { page } = await open(test, options);
    const joining = page.getByRole("switch", { name: "Join without an invitation" });
    await joining.focus();
    await joining.press("Space");
    await page.getByText("People join by invitation.").waitFor();
    await page.getByRole("button", { name: "Default role: Member" }).click();
    await page.getByRole("menuitemradio", { name: /^Admin/ }).click();
    await page.getByRole("button", { name: "Default role: Admin" }).waitFor();
    await page.getByText("The default role is Admin").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Default role: Admin" }).waitFor();
    expect(await joining.isChecked()).toBe(false);
    await page.getByRole("link", { name: "See Sign-in" }).click();
    await heading(page, "Sign-in").waitFor();
  });

  it("an admin sees why settings cannot be changed", async (test) => {
    const { expect } = test;
    const locked = { ...ACME, locked: ["name"] as const };
    const options = { organizations: [locked, GLOBEX], users: USERS, as: BEN, path: "/o/acme/settings" };
    const { page } = await open(test, options);
    await page.getByText("Set by Platform. Ask support to change it.").waitFor();
    expect(await page.getByText("Only owners can change this.").count()).toBe(2);
    expect(await page.getByRole("switch").isDisabled()).toBe(true);
    expect(await page.getByRole("textbox", { name: "Name" }).isEditable()).toBe(false);
    await checkPage(page, "console-settings-admin-locked");
  });
}
