import type { Locator, Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, picture, resize } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const ACME = {
  ...{ id: "acme", name: "Acme", domains: ["acme.example"] },
  connections: [{ name: "acme-okta", displayName: "Acme Okta" }],
};
const USERS = [
  { email: "ann@acme.example", memberships: { acme: "admin" } },
  { email: "ben@acme.example", memberships: { acme: "member" } },
  { email: "jane@acme.example", memberships: { acme: "owner" } },
  { email: "max@acme.example", memberships: { acme: "removed" } },
] as const;
const BEN = "ben@acme.example";
const ROLE_OF_BEN = `Role of ${BEN}: Member`;
const ROLE_OF_JANE = "Role of jane@acme.example: Owner";
const PAGES = {
  ...{ members: "Members", domains: "Domains", "sign-in": "Sign-in" },
  ...{ audit: "Audit", settings: "Settings", runs: "Runs" },
};

type Open = ConsoleSuite["open"];

async function openMembers(
  open: Open,
  test: Pick<TestContext, "onTestFinished">,
  others: Parameters<Open>[1]["users"] = [],
) {
  const path = "/o/acme/members";
  const users = [...USERS, ...others];
  const shared = await open(test, { organizations: [ACME], users, as: "jane@acme.example", path });
  await button(shared.page, ROLE_OF_BEN).waitFor();
  return shared;
}

/** By its label, or by its text. */
async function focuses(page: Page, name: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const focused = document.activeElement;
    return (focused?.ariaLabel ?? focused?.textContent) === expected;
  }, name);
}

async function openInvite(page: Page): Promise<Locator> {
  await button(page, "Invite people").press("Enter");
  const dialog = page.getByRole("dialog", { name: "Invite people" });
  await dialog.getByLabel("E-mail addresses").waitFor();
  return dialog;
}

const lines = (...all: readonly string[]) => all.join("\n");

/** What a screen reader reads, as an outline. */
export function readAloudTests({ open }: ConsoleSuite): void {
  it("the menu of a role says whose it is, what each role means, and why one is disabled", async (test) => {
    const { page } = await openMembers(open, test);
    await button(page, ROLE_OF_BEN).press("Enter");
    await page.getByRole("menu").waitFor();
    expect(await page.getByRole("menu").ariaSnapshot()).toBe(
      lines(
        `- 'menu "${ROLE_OF_BEN}"':`,
        '  - menuitemradio "Owner Also manages admins and sign-in"',
        '  - menuitemradio "Admin Manages members, invitations and domains"',
        '  - menuitemradio "Member Uses the organization" [checked]',
      ),
    );
    await page.keyboard.press("Escape");
    await button(page, ROLE_OF_JANE).press("Enter");
    const admin = page.getByRole("menuitemradio", { name: /^Admin/ });
    await admin.waitFor();
    expect(await admin.ariaSnapshot()).toBe(
      '- menuitemradio "Admin The only owner. Make someone else an owner first." [disabled]',
    );
    await checkPage(page, "accessible-role-menu");
  });

  it("a removal says what happens, and its undo whom it brings back", async (test) => {
    const { page } = await openMembers(open, test);
    await button(page, `Remove ${BEN}`).press("Enter");
    const toasts = page.getByRole("region", { name: "1 notification." });
    await toasts.getByRole("button", { name: "Undo" }).focus(); // the toast stays meanwhile
    expect(await toasts.ariaSnapshot()).toBe(
      lines(
        '- region "1 notification.":',
        "  - list:",
        "    - listitem:",
        '      - alertdialog "Removed. Access ends within 10 seconds.":',
        `        - alert: Removed. Access ends within 10 seconds. ${BEN}`,
        `        - button "Undo the removal of ${BEN}": Undo`,
        '        - button "Dismiss"',
      ),
    );
  });

  it("the dialog of invitations names each chip, each answer, and what is wrong", async (test) => {
    const { page } = await openMembers(open, test);
    const dialog = await openInvite(page);
    await dialog.getByLabel("E-mail addresses").focus();
    await page.keyboard.type("anna@acme.example,max@acme.example,leo@acme,");
    await dialog.getByText("1 of these is not an e-mail address.").waitFor();
    const chips = await dialog.getByRole("grid", { name: "People to invite" }).ariaSnapshot();
    expect(chips).toContain('row "anna@acme.example"');
    expect(chips).toContain('row "leo@acme, not an e-mail address"');
    expect(chips).toContain('button "Remove leo@acme, not an e-mail address"');
    expect(await dialog.ariaSnapshot()).toContain(
      lines(
        "  - status: 1 of these is not an e-mail address. Fix or remove it.",
        `  - 'button "Role: Member"'`,
        '  - button "Invite 2 people"',
      ),
    );
    // A dialog has no landmarks of the page.
    for (const role of ["banner", "contentinfo"] as const)
      expect(await dialog.getByRole(role).count()).toBe(0);

    await button(page, "Invite 2 people").press("Enter");
    const answers = dialog.getByRole("list", { name: "Answers" });
    await answers.waitFor();
    expect(await answers.ariaSnapshot()).toBe(
      lines(
        '- list "Answers":',
        "  - listitem: anna@acme.example Invited",
        "  - listitem:",
        "    - text: max@acme.example Was removed",
        '    - button "Restore max@acme.example": Restore',
      ),
    );
    const announced = page.getByRole("status").getByText("1 person invited, 1 was removed earlier.");
    await announced.waitFor({ state: "attached" });
    const isHidden = (status: Element) => status.closest("[inert], [aria-hidden=true]") !== null;
    expect(await announced.evaluate(isHidden), "hidden by the dialog").toBe(false);
    await button(page, "Restore max@acme.example").press("Enter");
    await focuses(page, "Restored");
  });

  it("the rows stay a table where they are shown as cards", async (test) => {
    const { page } = await openMembers(open, test);
    const table = page.getByRole("table", { name: "Members and invitations" });
    await resize(page, 1280);
    const wide = await table.ariaSnapshot();
    await resize(page, 320);
    expect(await table.ariaSnapshot()).toBe(wide);
    expect(wide).toContain('columnheader "Role"');
    expect(wide).toContain(`cell "Remove ${BEN}"`);
  });
}

/** What the keyboard does, and what shows it. */
export function keyboardTests({ open }: ConsoleSuite): void {
  it("a menu moves by arrow keys, and Escape returns to its button", async (test) => {
    const { page } = await openMembers(open, test);
    await button(page, ROLE_OF_BEN).press("Enter");
    const item = (name: RegExp) => page.getByRole("menuitemradio", { name }).and(page.locator(":focus"));
    await item(/^Member/).waitFor(); // the present role
    await page.keyboard.press("ArrowUp");
    await item(/^Admin/).waitFor();
    await page.keyboard.press("Home");
    await item(/^Owner/).waitFor();
    await page.keyboard.press("m"); // the first letter
    await item(/^Member/).waitFor();
    await page.keyboard.press("Escape");
    await focuses(page, ROLE_OF_BEN);
  });

  it("a dialog keeps the focus, and Escape returns to its button", async (test) => {
    const { page } = await openMembers(open, test);
    const dialog = await openInvite(page);
    for (let count = 0; count < 6; count += 1) {
      await dialog.locator(":focus").waitFor();
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await focuses(page, "Invite people");
  });

  it("F6 reaches a toast, and its undo puts the focus on the row", async (test) => {
    const { page } = await openMembers(open, test);
    await button(page, `Remove ${BEN}`).press("Enter");
    const undo = button(page, `Undo the removal of ${BEN}`);
    await undo.waitFor();
    await page.keyboard.press("F6");
    const region = page.getByRole("region", { name: "1 notification." });
    await region.and(page.locator(":focus")).waitFor();
    const ring = () => page.locator(".toast").evaluate((toast) => getComputedStyle(toast).outlineStyle);
    expect(await ring()).toBe("solid");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await focuses(page, `Undo the removal of ${BEN}`);
    await page.keyboard.press("Enter");
    await focuses(page, `Remove ${BEN}`);
  });

  it("undoing a revoked invitation puts the focus on its row", async (test) => {
    const { page } = await openMembers(open, test);
    const dialog = await openInvite(page);
    await dialog.getByLabel("E-mail addresses").fill("anna@acme.example, leo@acme.example");
    await dialog.getByRole("button", { name: /^Invite/ }).press("Enter");
    await dialog.waitFor({ state: "detached" });
    await button(page, "Invitation of anna@acme.example").press("Enter");
    await page.getByRole("menuitem", { name: "Revoke" }).press("Enter");
    await focuses(page, "Invitation of leo@acme.example");
    await button(page, "Undo").press("Enter");
    await focuses(page, "Invitation of anna@acme.example");
  });

  it("a toast waits while the pointer or the focus is on it", async (test) => {
    const { page } = await openMembers(open, test);
    await page.clock.install();
    await page.reload();
    await button(page, `Remove ${BEN}`).press("Enter");
    const undo = button(page, `Undo the removal of ${BEN}`);
    await undo.waitFor();
    await page.clock.pauseAt(Date.now() + 5_000);
    await page.clock.runFor(4_000);
    await undo.hover();
    await page.clock.runFor(20_000);
    await page.mouse.move(0, 0);
    await undo.focus();
    await page.clock.runFor(20_000);
    expect(await undo.count()).toBe(1);
    await button(page, "Invite people").focus();
    await page.clock.runFor(10_000);
    await undo.waitFor({ state: "detached" });
  });

  it("Escape clears the search", async (test) => {
    const { page } = await openMembers(open, test);
    const search = page.getByRole("searchbox");
    await search.fill("jane");
    await button(page, ROLE_OF_BEN).waitFor({ state: "detached" });
    await search.press("Escape");
    await button(page, ROLE_OF_BEN).waitFor();
    expect(await search.inputValue()).toBe("");
    expect(new URL(page.url()).search).toBe("");
  });

  it("every control of every page shows the focus, and is not below the header", async (test) => {
    const { page } = await openMembers(open, test);
    await resize(page, 1280, 600);
    for (const [path, title] of Object.entries(PAGES)) {
      await page.goto(new URL(`/o/acme/${path}`, page.url()).href);
      await heading(page, title).waitFor();
      await page.waitForFunction(() => document.querySelector("main .skeleton") === null);
      await page.locator("main").focus();
      const stops: string[] = [];
      for (;;) {
        await page.keyboard.press("Tab");
        const stop = await page.evaluate(describeFocus);
        if (stop === null) break;
        stops.push(stop);
      }
      expect(stops.length, path).toBeGreaterThan(1);
      expect(stops.filter((stop) => !stop.endsWith(": visible"))).toEqual([]);
    }
  });

  it("in a small window, the focus that moves backwards is not below the header", async (test) => {
    const crowd = Array.from({ length: 30 }, (_, index) => ({
      ...{ email: `p${100 + index}@acme.example`, memberships: { acme: "member" as const } },
    }));
    const { page } = await openMembers(open, test, crowd);
    await resize(page, 640, 400);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await button(page, "Remove p129@acme.example").focus();
    const stops: string[] = [];
    while (stops.length < 70) {
      await page.keyboard.press("Shift+Tab");
      const stop = await page.evaluate(describeFocus);
      if (stop === null) break;
      stops.push(stop);
      if (stop.includes(" Invite people:")) break;
    }
    expect(stops.at(-1)).toContain("Invite people");
    expect(stops.filter((stop) => !stop.endsWith(": visible"))).toEqual([]);
  });

  it.for([640, 800, 1000])("addresses stay on one line in a window of %d px", async (width, test) => {
    const { page } = await openMembers(open, test);
    await resize(page, width, 500); // 640 px are 1280 px at 200 %
    const heights = await page
      .locator(".member-email")
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
    expect(heights.filter((height) => height < 30)).toHaveLength(3);
    await picture(page, `accessible-${width}`);
  });
}

/** In the page: the control with the focus and whether that can be seen. Null after the last one. */
function describeFocus(): string | null {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return null;
  const drawn = focused.closest(".switch")?.querySelector(".switch-track") ?? focused;
  const shown = [drawn, ...drawn.children].some((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  });
  const { top, bottom } = drawn.getBoundingClientRect();
  const header = document.querySelector("header")?.getBoundingClientRect().bottom ?? 0;
  const isInView = top >= header - 1 && bottom <= window.innerHeight + 1;
  const name = focused.ariaLabel ?? focused.textContent;
  return `${location.pathname} ${name}: ${shown ? (isInView ? "visible" : "out of view") : "no ring"}`;
}
