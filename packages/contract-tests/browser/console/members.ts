import type { Page, Response } from "playwright-core";
import { expect, it } from "vitest";
import { heading } from "../browser-suite.ts";
import { checkPage, resize } from "../check-page.ts";
import type { ConsoleOptions, ConsoleSuite } from "../console-on-mocks.ts";
import { IN_PLACE, judgeTip } from "./exact-time.ts";

const ACME = { id: "acme", name: "Acme", domains: ["acme.example"] };
type Role = "owner" | "admin" | "member" | "removed";

const user = (name: string, acme: Role, domain = "acme.example") => {
  return { email: `${name}@${domain}`, memberships: { acme } };
};
const PEOPLE = [
  user("ann", "admin"),
  user("ben", "member"),
  user("cid", "member"),
  user("jane", "owner"),
  user("kim", "member", "partner.example"),
  user("zoe", "removed"),
];
const BEN = "ben@acme.example";

const members = (overrides: Partial<ConsoleOptions> = {}): ConsoleOptions => {
  const path = "/o/acme/members";
  return { organizations: [ACME], users: PEOPLE, as: "jane@acme.example", path, ...overrides };
};

const row = (page: Page, email: string) => page.getByRole("row").filter({ hasText: email });
const roleButton = (page: Page, email: string, role = "") =>
  page.getByRole("button", { name: `Role of ${email}: ${role}` });
const isAnswerOf = (procedure: string) => (response: Response) => response.url().includes(procedure);
/** Waits until the list consists of these people, by the first part of their addresses. */
async function shows(page: Page, names: string): Promise<void> {
  await page.waitForFunction((expected) => {
    const shown = [...document.querySelectorAll("[data-member] .member-email")].map(
      ({ textContent }) => textContent,
    );
    return shown.map((address) => address.split("@")[0]).join(" ") === expected;
  }, names);
}

async function focuses(page: Page, name: string): Promise<void> {
  await page.waitForFunction((expected) => document.activeElement?.ariaLabel === expected, name);
}

async function giveRole(page: Page, email: string, role: string): Promise<void> {
  await roleButton(page, email).click();
  await page.getByRole("menuitemradio", { name: new RegExp(`^${role}`) }).click();
}

export function membersTests({ open }: ConsoleSuite): void {
  it("lists the members with what a row can do, by keyboard and with instructive names", async (test) => {
    const { page } = await open(test, members());
    await heading(page, "Members").waitFor();
    await shows(page, "ann ben cid jane kim");
    expect(await row(page, "ben@").ariaSnapshot()).toBe(
      [
        `- 'row "ben@acme.example Role of ben@acme.example: Member Invited by Platform just now Remove ben@acme.example"':`,
        `  - cell "ben@acme.example"`,
        `  - 'cell "Role of ben@acme.example: Member"':`,
        `    - 'button "Role of ben@acme.example: Member"': Member`,
        `  - cell "Invited by Platform"`,
        `  - cell "just now":`,
        `    - time: just now`,
        `  - cell "Remove ben@acme.example":`,
        `    - button "Remove ben@acme.example": Remove`,
      ].join("\n"),
    );
    await row(page, "kim@").getByText("Outside").waitFor();
    await row(page, "jane@").getByText("You").waitFor();
    await checkPage(page, "members-full");
    await roleButton(page, BEN).focus();
    await page.keyboard.press("Enter");
    const menu = page.getByRole("menu", { name: `Role of ${BEN}` });
    await menu.waitFor();
    expect(await menu.ariaSnapshot()).toContain('menuitemradio "Member Uses the organization" [checked]');
    await checkPage(page, "members-role-menu");
  });

  it("says why the only owner must stay", async (test) => {
    const { page } = await open(test, members());
    const leave = page.getByRole("button", { name: "Leave. The only owner." });
    const why = row(page, "jane@").getByText("The only owner. Make someone else an owner first.");
    await leave.waitFor();
    expect(await why.isVisible()).toBe(false);
    await leave.focus();
    await why.waitFor();
    await checkPage(page, "members-only-owner");
    await heading(page, "Members").focus();
    await why.waitFor({ state: "hidden" });
    await leave.click({ force: true }); // it is disabled, and still takes the press
    await why.waitFor();
    await roleButton(page, "jane@acme.example").click();
    const admin = page.getByRole("menuitemradio", { name: /^Admin/ });
    await admin.getByText("The only owner. Make someone else an owner first.").waitFor();
    expect(await admin.getAttribute("aria-disabled")).toBe("true");
  });

  it("a double click removes one member, and the keyboard is not slowed down", async (test) => {
    const { page } = await open(test, members());
    await page.clock.install();
    await page.reload();
    await shows(page, "ann ben cid jane kim");
    await page.clock.pauseAt(Date.now() + 5_000);
    const click = (name: string) => page.getByRole("button", { name: `Remove ${name}@acme.example` }).click();
    await click("ann");
    await page.clock.runFor(400);
    await shows(page, "ben cid jane kim");
    await click("ben"); // it has slid under the pointer
    await page.getByRole("button", { name: "Remove cid@acme.example" }).press("Enter");
    await page.clock.runFor(400);
    await shows(page, "ben jane kim");
    await page.clock.runFor(200);
    await click("ben");
    await page.clock.runFor(400);
    await shows(page, "jane kim");
  });

  it("shows the exact time beside the focus of the keyboard, until Escape", async (test) => {
    const { page } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    const tip = page.locator("time[data-exact]");
    await page.getByRole("searchbox").focus();
    await page.getByRole("searchbox").press("Escape");
    await roleButton(page, BEN).focus();
    await row(page, "ben@").locator("time[data-exact]").waitFor();
    for (const width of [1280, 320]) {
      await resize(page, width);
      await test.expect.poll(() => page.evaluate(judgeTip), { message: `${width} px` }).toEqual(IN_PLACE);
    }
    await checkPage(page, "members-exact-time");
    await page.evaluate(escapeAsItResizes);
    expect(await tip.count()).toBe(0);
    await page.keyboard.press("Tab");
    await focuses(page, `Remove ${BEN}`);
    await tip.waitFor();
    await page.getByRole("searchbox").focus();
    await tip.waitFor({ state: "detached" });
  });

  it("asks before a reload would lose a change that waits behind another", async (test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    platform.slowDown(5_000);
    await page.getByRole("button", { name: `Remove ${BEN}` }).click();
    await page.getByRole("button", { name: `Undo the removal of ${BEN}` }).click();
    await shows(page, "ann ben cid jane kim");
    const asked = page.waitForEvent("dialog");
    void page.close({ runBeforeUnload: true });
    expect((await asked).type()).toBe("beforeunload");
    await (await asked).dismiss();
  });

  it("searches and filters by the address of the page", async (test) => {
    const { page } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    await page.getByRole("searchbox").fill("BE");
    await shows(page, "ben");
    expect(new URL(page.url()).search).toBe("?q=BE");
    await page.reload();
    await shows(page, "ben");
    await page.getByRole("searchbox").fill("nobody");
    await page.getByRole("heading", { name: "No member’s address starts with “nobody”" }).waitFor();
    await checkPage(page, "members-no-hit");
    await page.getByRole("searchbox").fill("zo");
    await page.getByRole("button", { name: "Look among the removed" }).click();
    await shows(page, "zoe");
    expect(new URL(page.url()).search).toBe("?q=zo&status=removed");
    await page.getByRole("searchbox").fill("nobody");
    await page.getByRole("button", { name: "Show all members" }).click();
    await shows(page, "ann ben cid jane kim");
    await page.getByRole("button", { name: "Role: All roles" }).click();
    await page.getByRole("menuitemradio", { name: /^Admins/ }).click();
    await shows(page, "ann");
    expect(new URL(page.url()).search).toBe("?role=admin");
  });

  it("changes a role at once and says so", async (test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    platform.slowDown(1_000);
    await giveRole(page, BEN, "Admin");
    await page.getByRole("button", { name: `Role of ${BEN}: Admin` }).waitFor({ timeout: 900 });
    const toast = page.getByRole("alertdialog");
    await toast.getByText(`${BEN} is now an admin.`).waitFor();
    await focuses(page, `Role of ${BEN}: Admin`);
    await toast.getByRole("button", { name: "Undo" }).focus(); // the toast stays meanwhile
    await checkPage(page, "members-role-toast");
    await page.keyboard.press("Enter");
    await roleButton(page, BEN, "Member").waitFor();
    await focuses(page, `Role of ${BEN}: Member`);
  });

  it("asks before somebody becomes an owner, and shows it when it is done", async (test) => {
    const { page } = await open(test, members());
    await giveRole(page, BEN, "Owner");
    const dialog = page.getByRole("alertdialog", { name: `Make ${BEN} an owner?` });
    await dialog.waitFor();
    await checkPage(page, "members-owner-dialog");
    await page.getByRole("button", { name: `Role of ${BEN}: Member`, includeHidden: true }).waitFor();
    await dialog.getByRole("button", { name: "Make owner" }).click();
    await page.getByRole("button", { name: `Role of ${BEN}: Owner` }).waitFor();
    await focuses(page, `Role of ${BEN}: Owner`);
    await page.getByRole("button", { name: "Leave the organization" }).waitFor();
  });

  it("the question about an owner gives the focus back", async (test) => {
    const { page } = await open(test, members());
    // When the code is loaded, the question replaces the menu before that has given its focus back.
    for (const key of ["Escape", "Escape", "Enter"]) {
      await roleButton(page, BEN).press("Enter");
      await page.getByRole("menuitemradio", { name: /^Owner/ }).press("Enter");
      await page.getByRole("alertdialog").getByRole("button", { name: "Make owner" }).press(key);
      await page.getByRole("alertdialog").waitFor({ state: "detached" });
      await focuses(page, `Role of ${BEN}: ${key === "Enter" ? "Owner" : "Member"}`);
    }
  });

  it.for([
    ["LAST_OWNER", "Role not changed. The only owner. Make someone else an owner first."],
    ["CONFLICT", "Role not changed. Someone else changed this member meanwhile."],
    ["NOT_FOUND", "Role not changed. They are not a member any more."],
    ["LIMIT_REACHED", "Role not changed. An organization can have at most 20 owners."],
    ["STORE_UNAVAILABLE", "Role not changed. Platform could not do it."],
  ] as const)(
    "a refused role change (%s) is taken back, and the row says why",
    async ([reason, text], test) => {
      const { page, platform } = await open(test, members());
      await shows(page, "ann ben cid jane kim");
      platform.refuse(reason, { procedure: "org.members.setRole" });
      await giveRole(page, BEN, "Admin");
      await row(page, "ben@").getByText(text).waitFor();
      await page.getByRole("button", { name: `Role of ${BEN}: Member` }).waitFor();
      await page.getByRole("status").getByText(`${BEN}: ${text}`).waitFor({ state: "attached" });
      if (reason === "CONFLICT") await checkPage(page, "members-refused");
      await page.getByRole("button", { name: `Dismiss the message about ${BEN}` }).click();
      await row(page, "ben@").getByText(text).waitFor({ state: "detached" });
      await focuses(page, `Remove ${BEN}`);
    },
  );

  it.for([
    ["first", "Member"],
    ["second", "Admin"],
    ["first and second", "Member"],
  ] as const)("two changes of one row, the %s refused", async ([which, truth], test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    const answers = which === "first" ? [false, true] : which === "second" ? [true, false] : [false, false];
    const held = Promise.withResolvers<void>();
    await page.route(/org\.members\.setRole/, async (route) => {
      await held.promise;
      const isAllowed = answers.shift();
      if (isAllowed === false)
        platform.refuse("LIMIT_REACHED", { procedure: "org.members.setRole", times: 1 });
      await route.fallback();
    });
    await giveRole(page, BEN, "Admin");
    await giveRole(page, BEN, "Member");
    await roleButton(page, BEN, "Member").waitFor();
    held.resolve();
    await page.waitForResponse(isAnswerOf("org.members.list"));
    await roleButton(page, BEN, truth).waitFor();
    const failures = await row(page, "ben@").getByText("Role not changed.").count();
    expect(failures).toBe(which === "second" ? 1 : 0);
  });

  it("removes at once, moves the focus to the neighbour, and undoes it", async (test) => {
    const { page } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    await page.getByRole("button", { name: `Remove ${BEN}` }).press("Enter");
    await shows(page, "ann cid jane kim");
    await focuses(page, "Remove cid@acme.example");
    const toast = page.getByRole("alertdialog");
    await toast.waitFor();
    expect(await toast.ariaSnapshot()).toContain("Removed. Access ends within 10 seconds.");
    await toast.getByText(BEN).waitFor();
    const undo = toast.getByRole("button", { name: "Undo" });
    await undo.focus(); // the toast stays meanwhile
    await checkPage(page, "members-removed-toast");
    await undo.press("Enter");
    await shows(page, "ann ben cid jane kim");
    await focuses(page, `Remove ${BEN}`);
  });

  it("puts back a row whose removal is refused, with its focus, and takes the toast away", async (test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    platform.refuse("ROLE_REQUIRED", { procedure: "org.members.remove" });
    await page.getByRole("button", { name: `Remove ${BEN}` }).click();
    await row(page, "ben@").getByText("Not removed. Your role does not allow it.").waitFor();
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    await shows(page, "ann ben cid jane kim");
    await focuses(page, `Remove ${BEN}`);
  });

  it("a change that is refused after the user has left the page says so in a toast", async (test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    const held = Promise.withResolvers<void>();
    await page.route(/org\.members\.setRole/, async (route) => {
      await held.promise;
      await route.fallback();
    });
    platform.refuse("CONFLICT", { procedure: "org.members.setRole" });
    await giveRole(page, BEN, "Admin");
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await heading(page, "Runs").waitFor();
    held.resolve();
    const toast = page.getByRole("alertdialog");
    await toast.getByText(`${BEN}: Role not changed. Someone else changed this member meanwhile.`).waitFor();
  });

  it("in an outage, the bar speaks for the list, and a row for its change", async (test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    platform.goDown();
    await page.getByRole("button", { name: `Remove ${BEN}` }).click();
    await row(page, "ben@")
      .getByRole("button", { name: `Try again for ${BEN}` })
      .waitFor();
    await page.getByRole("region", { name: "Service status" }).waitFor();
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.waitForEvent("requestfailed", (request) => request.url().includes("org.members.list"));
    await checkPage(page, "members-outage");
    expect(await page.getByText("This list may be out of date.").count()).toBe(0);
    await shows(page, "ann ben cid jane kim");
  });

  it("restores a removed member", async (test) => {
    const { page } = await open(test, members({ path: "/o/acme/members?status=removed" }));
    await shows(page, "zoe");
    await checkPage(page, "members-removed-filter");
    await page.getByRole("button", { name: "Restore zoe@acme.example" }).click();
    await page.getByRole("heading", { name: "No removed members" }).waitFor();
    await page.getByRole("alertdialog").getByText("zoe@acme.example is a member again.").waitFor();
    await page.getByRole("button", { name: "Show all members" }).click();
    await shows(page, "ann ben cid jane kim zoe");
  });

  it("asks before an owner is removed, and before leaving", async (test) => {
    const users = [...PEOPLE, user("max", "owner")];
    const { page } = await open(test, members({ users }));
    await page.getByRole("button", { name: "Remove max@acme.example" }).click();
    const dialog = page.getByRole("alertdialog", { name: "Remove max@acme.example?" });
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await focuses(page, "Remove max@acme.example");
    await page.getByRole("button", { name: "Leave the organization" }).click();
    await page
      .getByRole("alertdialog", { name: "Leave Acme?" })
      .getByRole("button", { name: "Cancel" })
      .click();
    await page.getByRole("button", { name: "Remove max@acme.example" }).click();
    await dialog.getByRole("button", { name: "Remove owner" }).click();
    await shows(page, "ann ben cid jane kim");
    await focuses(page, "Remove kim@partner.example");
  });

  it("shows admins only what they may do", async (test) => {
    const { page } = await open(test, members({ as: "ann@acme.example" }));
    await shows(page, "ann ben cid jane kim");
    expect(await row(page, "jane@").getByRole("button").count()).toBe(1);
    const remove = page.getByRole("button", { name: "Remove jane@acme.example. Only owners" });
    expect(await remove.getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("button", { name: "Remove cid@acme.example" }).press("Enter");
    await focuses(page, "Remove jane@acme.example. Only owners can remove owners.");
    await row(page, "jane@").getByText("Only owners can remove owners.").waitFor();
    await checkPage(page, "members-as-admin");
    await roleButton(page, BEN).click();
    const owner = page.getByRole("menuitemradio", { name: /^Owner/ });
    await owner.getByText("Only owners can make someone an owner.").waitFor();
    expect(await owner.getAttribute("aria-disabled")).toBe("true");
  });

  it("tells somebody alone what comes next", async (test) => {
    const { page } = await open(test, members({ users: [user("jane", "owner")] }));
    await page.getByRole("heading", { name: "Only you so far" }).waitFor();
    await page.getByText("Invite a colleague, or tell people at acme.example to sign in.").waitFor();
    await checkPage(page, "members-alone");
  });

  it("without a verified domain, nobody is outside, and the domain is the next step", async (test) => {
    const organizations = [{ ...ACME, domains: [] }];
    const { page } = await open(test, members({ organizations, users: [user("jane", "owner")] }));
    await page.getByText("Invite a colleague, or verify your domain so that everyone can join.").waitFor();
    expect(await page.getByText("Outside").count()).toBe(0);
  });

  it("shows what others did when the user comes back, and keeps the focus", async (test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    await page.getByRole("button", { name: "Remove cid@acme.example" }).focus();
    const isBen = ({ email }: { readonly email: string | null }) => email === BEN;
    platform.change("org.members.list", ({ items, nextCursor }) => ({
      items: items.filter((each) => !isBen(each)),
      nextCursor,
    }));
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await shows(page, "ann cid jane kim");
    await focuses(page, "Remove cid@acme.example");
  });

  it("shows 50 more, and the focus goes to the first of them", async (test) => {
    const crowd = Array.from({ length: 70 }, (_, index) => user(`p${100 + index}`, "member"));
    const { page } = await open(test, members({ users: [...PEOPLE, ...crowd] }));
    await page.getByRole("button", { name: "Show 50 more" }).click();
    await focuses(page, "Remove p145@acme.example");
    await row(page, "p169@").waitFor();
    expect(await page.getByRole("button", { name: "Show 50 more" }).count()).toBe(0);
  });

  it("keeps the rows when they cannot be loaded again, and recovers", async (test) => {
    const { page, platform } = await open(test, members());
    await shows(page, "ann ben cid jane kim");
    platform.refuse("STORE_UNAVAILABLE", { procedure: "org.members.list" });
    await giveRole(page, BEN, "Admin");
    await page.getByText("This list may be out of date.").first().waitFor();
    await shows(page, "ann ben cid jane kim");
    platform.reset();
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByRole("button", { name: "Try now" }).waitFor({ state: "detached" });
  });
}

/** Runs in the page: Escape comes before the frame that a resize has asked for. Resolves after that frame. */
async function escapeAsItResizes(): Promise<void> {
  dispatchEvent(new Event("resize"));
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
