import { JANE } from "@platform-api/frontend/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button } from "../browser-suite.ts";
import { checkPage, resize } from "../check-page.ts";
import type { ConsoleOptions, ConsoleSuite } from "../console-on-mocks.ts";
import { focuses } from "./focus.ts";

const [ANN, BEN, CID] = ["ann@acme.example", "ben@acme.example", "cid@acme.example"] as const;
const AMY = "0a4b8f0e-5f1c-4b43-9a1b-2f8d1c9f0a01";
const OPTIONS: ConsoleOptions = {
  users: [
    { email: ANN, memberships: { acme: "admin" } },
    { email: BEN, name: "Ben Okafor", memberships: { acme: "member" } },
    { email: CID, memberships: { acme: "member" } },
    JANE,
    { email: "kim@partner.example", name: "كريم بنعلي", memberships: { acme: "member" } },
    { email: "zoe@acme.example", memberships: { acme: "removed" } },
    { email: "amy@acme.example", memberships: { acme: "erased" }, userId: AMY },
  ],
  path: "/o/acme/members",
};

const row = (page: Page, email: string) => page.getByRole("row").filter({ hasText: email });
const roleButton = (page: Page, email: string, role = "") =>
  page.getByRole("button", { name: `Role of ${email}: ${role}` });
const remove = (page: Page, email: string) => page.getByRole("button", { name: `Remove ${email}` });
const question = (page: Page) => page.getByRole("alertdialog").getByRole("button", { name: "Make owner" });

/** Waits until the list consists of these people, by the first part of their addresses. */
async function shows(page: Page, names: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll("[data-member] .member-email")];
    return shown.map(({ textContent }) => textContent.split("@")[0]).join(" ") === expected;
  }, names);
}

async function giveRole(page: Page, email: string, role: string): Promise<void> {
  await roleButton(page, email).press("Enter");
  await page.getByRole("menuitemradio", { name: new RegExp(`^${role}`) }).press("Enter");
}

export function membersTests({ open }: ConsoleSuite): void {
  it("the page of members, its menus, its tips and its search", async (test) => {
    const { page } = await open(test, OPTIONS);
    await shows(page, "jane ann ben cid kim");
    await checkPage(page, "members-full");

    await roleButton(page, BEN).press("Enter");
    const item = (name: RegExp) => page.getByRole("menuitemradio", { name }).and(page.locator(":focus"));
    await item(/^Member/).waitFor(); // the present role
    await page.getByRole("menuitemradio", { name: "History" }).waitFor();
    await checkPage(page, "members-role-menu");
    expect(await page.getByRole("menu", { name: `Role of ${BEN}` }).ariaSnapshot()).toContain(
      'menuitemradio "Member Uses the organization" [checked]',
    );
    for (const [key, name] of [
      ["ArrowUp", /^Admin/],
      ["Home", /^Owner/],
      ["m", /^Member/], // the first letter
    ] as const) {
      await page.keyboard.press(key);
      await item(name).waitFor();
    }
    await page.keyboard.press("Escape");
    await focuses(page, `Role of ${BEN}: Member`);
    await remove(page, CID).scrollIntoViewIfNeeded(); // a scroll would close the menu
    await page.keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    await remove(page, CID).click({ force: true }); // beside the menu, it closes that and does nothing else
    await page.getByRole("menu").waitFor({ state: "detached" });
    await shows(page, "jane ann ben cid kim");
    await focuses(page, `Role of ${BEN}: Member`);

    const leave = button(page, "Leave. The only owner. Make someone else an owner first.");
    const why = row(page, JANE.email).getByText("The only owner. Make someone else an owner first.");
    expect(await why.isVisible()).toBe(false);
    await leave.focus();
    await why.waitFor();
    await checkPage(page, "members-only-owner");
    const outside = row(page, "kim@partner.example").getByRole("button", { name: "Outside" });
    await outside.click(); // as a finger does
    await why.waitFor({ state: "hidden" });
    await page
      .getByText("An address outside the verified domains of this organization, as a guest or a partner has.")
      .waitFor();
    await checkPage(page, "members-outside");
    await leave.click({ force: true }); // it is disabled, and still takes the press
    await why.waitFor();
    await roleButton(page, JANE.email).press("Enter");
    const admin = page.getByRole("menuitemradio", { name: /^Admin/ });
    await admin.waitFor();
    expect(await admin.ariaSnapshot()).toBe(
      '- menuitemradio "Admin The only owner. Make someone else an owner first." [disabled]',
    );
    await checkPage(page, "accessible-role-menu");
    await page.keyboard.press("Escape");
    await focuses(page, `Role of ${JANE.email}: Owner`);

    await page.getByRole("searchbox").fill("nobody");
    await page.getByRole("heading", { name: "No members found for “nobody”" }).waitFor();
    await checkPage(page, "members-no-hit");
    await button(page, "Show all members").click();
    await button(page, "Status: Active").click();
    await page.getByRole("menuitemradio", { name: "Removed" }).click();
    await shows(page, "zoe Erased");
    await checkPage(page, "members-removed-filter");
  });

  it("changes of members, with the focus on what comes next", async (test) => {
    const { page, platform } = await open(test, OPTIONS);
    await shows(page, "jane ann ben cid kim");
    const toasts = page.getByRole("region", { name: "1 notification." });

    await giveRole(page, BEN, "Admin");
    await focuses(page, `Role of ${BEN}: Admin`);
    await toasts.getByRole("button", { name: "Undo" }).focus(); // the toast stays meanwhile
    await checkPage(page, "members-role-toast");
    const undone = page.waitForResponse(/org\.members\.setRole/); // the row does not wait for it
    await page.keyboard.press("Enter");
    await focuses(page, `Role of ${BEN}: Member`);
    await undone;

    platform.refuse("CONFLICT", { procedure: "org.members.setRole", times: 1 });
    await giveRole(page, BEN, "Admin");
    await row(page, BEN).getByText("Role not changed.").waitFor();
    await checkPage(page, "members-refused");
    await button(page, `Dismiss the message about ${BEN}`).press("Enter");
    await focuses(page, `Select ${BEN}`);

    await button(page, `Remove ${BEN}`).press("Enter");
    await shows(page, "jane ann cid kim");
    await focuses(page, `Select ${CID}`);
    await button(page, `Undo the removal of ${BEN}`).waitFor();
    await toasts.getByText("F6 goes to Undo").waitFor();
    await page.keyboard.press("F6");
    await focuses(page, `Undo the removal of ${BEN}`);
    await checkPage(page, "members-removed-toast");
    for (const key of ["F6", "Escape"]) {
      await page.keyboard.press(key);
      await focuses(page, `Select ${CID}`);
      await page.keyboard.press("F6");
      await focuses(page, `Undo the removal of ${BEN}`);
    }
    await page.keyboard.press("Enter");
    await shows(page, "jane ann ben cid kim");
    await focuses(page, `Select ${BEN}`);

    await giveRole(page, BEN, "Owner");
    await question(page).waitFor();
    await checkPage(page, "members-owner-dialog");
    await page.keyboard.press("Escape");
    await focuses(page, `Role of ${BEN}: Member`);
    // Now that its code is loaded, the question replaces the menu before that has given its focus back.
    for (const key of ["Escape", "Enter"]) {
      await giveRole(page, BEN, "Owner");
      await question(page).press(key);
      await page.getByRole("alertdialog").waitFor({ state: "detached" });
      await focuses(page, `Role of ${BEN}: ${key === "Enter" ? "Owner" : "Member"}`);
    }

    platform.goDown();
    await remove(page, CID).press("Enter");
    await button(page, `Try again for ${CID}`).waitFor();
    await page.getByRole("region", { name: "Service status" }).waitFor();
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.waitForEvent("requestfailed", (request) => request.url().includes("org.members.list"));
    await checkPage(page, "members-outage");
    expect(await page.getByText("This list may be out of date.").count()).toBe(0);
  });

  it("many rows are selected by the mouse and by the keyboard, and changed at once", async (test) => {
    const { page, platform } = await open(test, OPTIONS);
    await shows(page, "jane ann ben cid kim");
    const box = (email: string) => page.getByRole("checkbox", { name: `Select ${email}` });
    const all = page.getByRole("checkbox", { name: "Select all rows on this page" });
    const selected = page.getByRole("group", { name: "Selected rows" });
    const tableTop = () =>
      page.evaluate(() => scrollY + (document.querySelector("table")?.getBoundingClientRect().top ?? 0));
    const wideTop = await tableTop();
    await box(ANN).click();
    await box(CID).click({ modifiers: ["Shift"] });
    await selected.getByText("3 selected").waitFor();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(""); // no text is marked
    await button(page, "Remove 3 people").waitFor();
    await checkPage(page, "members-selected");
    await button(page, "See who is selected").press("Enter");
    await page.getByRole("dialog", { name: "3 selected" }).and(page.locator(":focus")).waitFor();
    await checkPage(page, "members-see-who");
    const place = () => page.locator(".modal").boundingBox();
    const atFirst = await place();
    await button(page, /^Deselect .*ben@/).press("Enter");
    await page.getByRole("dialog", { name: "2 selected" }).waitFor();
    expect((await place())?.y, "the next button comes to the same place").toBeCloseTo(atFirst?.y ?? 0, 0);
    await page.keyboard.press("Escape");
    await focuses(page, "See who is selected");
    await box(BEN).click();
    await resize(page, 360);
    const end = await button(page, "Remove 3 people").boundingBox();
    const clear = await button(page, "Clear the selection").boundingBox();
    expect((end?.x ?? 0) + (end?.width ?? 0), "all of Remove is in view").toBeLessThanOrEqual(clear?.x ?? 0);
    await resize(page, 320);
    await box(CID).click(); // nothing covers it
    await selected.getByText("2 selected").waitFor();
    await box(CID).click();
    await box(BEN).focus();
    await page.keyboard.press("Shift+Space"); // from the last one to this one
    await selected.getByText("1 selected").waitFor();
    await all.press("Space");
    await page.getByText("5 people").waitFor();
    const narrowTop = await tableTop();
    await box(ANN).press("Space");
    await button(page, "Role of 1 person").waitFor();
    expect(await tableTop(), "the rows stay where they are").toBe(narrowTop);
    await box(CID).press("Shift+Space");
    await button(page, "Role of 3 people").press("Enter");
    const item = (name: RegExp) => page.getByRole("menuitemradio", { name });
    await item(/^Owner/)
      .and(page.locator(":focus"))
      .waitFor(); // the first one
    await item(/^Member/).press("Enter");
    await all.and(page.locator(":focus")).waitFor();
    const news = page.getByRole("group", { name: "The last change" });
    await news.getByText("1 person is now a member.").waitFor();
    await checkPage(page, "members-changed-toast");
    await resize(page, 1280);
    expect(await tableTop(), "the rows stay where they are").toBe(wideTop);
    await all.press("Space");
    await button(page, "Remove 4 people").press("Enter");
    const asked = page.getByRole("alertdialog", { name: "Remove 4 people?" });
    await asked.getByText(CID).waitFor();
    await checkPage(page, "members-many-question");
    await asked.getByRole("button", { name: "Remove 4 people" }).press("Enter");
    await shows(page, "jane");
    await all.and(page.locator(":focus")).waitFor();
    await news.getByText("Removed 4 people.").waitFor();
    await checkPage(page, "members-undo-stays");
    await news.getByRole("button", { name: "Undo the change of all" }).click();
    await shows(page, "jane ann ben cid kim");
    await news.getByText("4 people are members again.").waitFor();
    platform.change("org.members.changeMany", (rows) =>
      rows.map((each) => ({ ...each, outcome: "CONFLICT", member: null })),
    );
    await box(BEN).press("Space");
    await button(page, "Remove 1 person").press("Enter");
    await row(page, BEN).getByText("Not removed.").waitFor();
    await box(BEN).and(page.locator(":checked")).waitFor(); // it has gone and come back
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await checkPage(page, "keys");
  });

  it("the menu of the selected rows opens where the page is scrolled, by the mouse and by Enter", async (test) => {
    const crowd = Array.from({ length: 40 }, (_, index) => {
      return { email: `p${100 + index}@acme.example`, memberships: { acme: "member" as const } };
    });
    const { page } = await open(test, { ...OPTIONS, users: [JANE, ...crowd] });
    await page.getByRole("checkbox", { name: "Select p100@acme.example" }).click();
    const role = button(page, "Role of 1 person");
    await role.waitFor();
    await page.evaluate(() => scrollTo(0, 800));
    await role.focus();
    for (const press of [() => role.click(), () => role.press("Enter")]) {
      await press();
      await page.getByRole("menuitemradio", { name: /^Member/ }).waitFor();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve))); // a scroll would close it
      expect(await page.getByRole("menu").count()).toBe(1);
      expect(await page.evaluate(() => scrollY)).toBe(800);
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
    }
  });

  it("the page of members as others see it", async (test) => {
    const admin = await open(test, { ...OPTIONS, as: ANN });
    await shows(admin.page, "ann ben cid jane kim");
    await remove(admin.page, CID).press("Enter");
    await remove(admin.page, JANE.email).focus();
    await row(admin.page, JANE.email).getByText("Only owners can remove owners.").waitFor();
    await checkPage(admin.page, "members-as-admin");

    const alone = await open(test, { ...OPTIONS, users: [JANE] });
    await alone.page.getByRole("heading", { name: "Only you so far" }).waitFor();
    await checkPage(alone.page, "members-alone");

    // What has moved below the bar takes no press at first.
    alone.platform.change("org.me", ({ organizations, ...me }) => ({
      organizations: organizations.map((each) => ({ ...each, closesAt: "2026-12-09T12:00:00.000Z" })),
      ...me,
    }));
    expect(await alone.page.evaluate(whenClosing)).toBe("none");
    await button(alone.page, "Keep it open: Acme").click({ trial: true });
    await checkPage(alone.page, "members-closing");
  });

  it("a double click changes one row, and a toast waits for the pointer and the focus", async (test) => {
    const prepare = (page: Page) => page.clock.install();
    const { page, platform } = await open(test, { ...OPTIONS, prepare });
    await shows(page, "jane ann ben cid kim");
    await button(page, "Invite people").click();
    await page.getByLabel("E-mail addresses").fill("anna@acme.example,");
    await button(page, "Invite 1 person").click();
    const menu = button(page, "Invitation of anna@acme.example");
    await menu.click();
    const revoke = page.getByRole("menuitem", { name: "Revoke" });
    await revoke.waitFor();
    await page.clock.pauseAt(Date.now() + 60_000);
    await revoke.click();
    await page.clock.runFor(400);
    await menu.waitFor({ state: "detached" });
    await remove(page, ANN).click(); // it has slid under the pointer
    await page.clock.runFor(600);
    expect(platform.calls).not.toContain("org.members.remove");

    await remove(page, ANN).click();
    await page.clock.runFor(400);
    await shows(page, "jane ben cid kim");
    await remove(page, BEN).click();
    await remove(page, CID).press("Enter"); // the keyboard is not slowed down
    await page.clock.runFor(400);
    await shows(page, "jane ben kim");
    await page.clock.runFor(200);
    await remove(page, BEN).click();
    await page.clock.runFor(400);
    await shows(page, "jane kim");

    const undo = button(page, `Undo the removal of ${BEN}`);
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
}

/** Runs in the page. Resolves with what takes a press in the page when the bar appears. */
function whenClosing(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector(".closing-bar") === null) return;
      observer.disconnect();
      const main = document.querySelector("main");
      resolve(main ? getComputedStyle(main).pointerEvents : undefined);
    });
    observer.observe(document.body, { subtree: true, childList: true });
    dispatchEvent(new Event("focus"));
  });
}

export function waitingChangeTests({ open }: ConsoleSuite): void {
  it("asks before a reload would lose a change that waits behind another", async (test) => {
    const { page, platform } = await open(test, OPTIONS);
    await shows(page, "jane ann ben cid kim");
    platform.slowDown(60_000); // it does not end before the page is asked
    await remove(page, BEN).click();
    await button(page, `Undo the removal of ${BEN}`).click();
    await shows(page, "jane ann ben cid kim");
    const asked = page.waitForEvent("dialog");
    void page.reload().catch(() => {}); // the dialog prevents it
    expect((await asked).type()).toBe("beforeunload");
    await (await asked).dismiss();
  });
}
