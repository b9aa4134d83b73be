import { createPlatformClient, type PlatformClient } from "@platform-api/client";
import type { TestUser } from "@platform-api/client/testing";
import { getResponse } from "msw";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { heading } from "../browser-suite.ts";
import { checkPage, resize } from "../check-page.ts";
import type { Console, ConsoleSuite } from "../console-on-mocks.ts";

const ORGANIZATIONS = [
  { id: "acme", name: "Acme", domains: ["acme.example"] },
  { id: "initech", name: "Initech" },
];
const JANE = { email: "jane@acme.example", memberships: { acme: "owner" } } as const;
const BEN = { email: "ben@acme.example", memberships: { acme: "member" } } as const;
const REMOVED = { email: "max@acme.example", memberships: { acme: "removed" } } as const;
const GUEST = { email: "guest@home.example" } as const;
const MEMBERS = "/o/acme/members";
const DAY_MS = 86_400_000;
const SENT = { mail: "sent" } as const;

type Open = ConsoleSuite["open"];
type Invitations = Awaited<ReturnType<PlatformClient["org"]["invitations"]["list"]["query"]>>["items"];

/** The page of members, as Jane sees it. */
function openMembers(open: Open, test: Parameters<Open>[0], users: readonly TestUser[] = []) {
  const everybody = [JANE, BEN, REMOVED, GUEST, ...users];
  return open(test, { organizations: ORGANIZATIONS, users: everybody, as: JANE.email, path: MEMBERS });
}

/** platform-api as another person uses it at the same time. */
function clientOf({ page, platform }: Console, as: string): PlatformClient {
  return createPlatformClient({
    url: `${new URL(page.url()).origin}/platform`,
    token: platform.tokenFor(as),
    fetch: async (input, init) =>
      (await getResponse([...platform.handlers], new Request(input, init))) ?? Response.error(),
  });
}

async function openDialog(page: Page) {
  await page.getByRole("button", { name: "Invite people" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite people" });
  await dialog.waitFor();
  return {
    dialog,
    field: dialog.getByLabel("E-mail addresses"),
    chips: dialog.getByRole("grid", { name: "People to invite" }).getByRole("row"),
    send: dialog.getByRole("button", { name: /^Invite/ }),
  };
}

/** Pastes as the clipboard does: `fill` cannot, because a field of one line drops the lines. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(event);
  }, text);
}

/** What inside the dialog is wider than it may be, apart from text that ends in an ellipsis. */
function overflowing(dialog: Element): string[] {
  const { left, right } = dialog.getBoundingClientRect();
  const isInside = left >= 0 && right <= window.innerWidth && dialog.scrollWidth <= dialog.clientWidth;
  const wide = [...dialog.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > right);
  return [...(isInside ? [] : ["the dialog"]), ...wide.map(({ className }) => String(className))];
}

export function inviteTests({ open }: ConsoleSuite): void {
  it("pasted people become chips, the bad ones marked, and each gets an answer", async (test) => {
    const { page } = await openMembers(open, test);
    const { dialog, field, chips, send } = await openDialog(page);
    await field.waitFor();
    await paste(
      page,
      "Doe, Anna <anna@acme.example>; ben@acme.example\nmax@acme.example, leo@acme\nguest@home.example",
    );
    await test.expect.poll(() => chips.allTextContents()).toHaveLength(5);
    await dialog.getByText("1 of these is not an e-mail address.").waitFor();
    await dialog.getByText("People at @acme.example need no invitation").waitFor();
    await checkPage(page, "invite-bad-chips");
    await send.click();
    const answers = dialog.getByRole("list", { name: "Answers" }).getByRole("listitem");
    await test.expect
      .poll(() => answers.allTextContents())
      .toEqual([
        "anna@acme.exampleInvited",
        "ben@acme.exampleAlready a member, role unchanged",
        "max@acme.exampleWas removedRestore",
        "guest@home.exampleInvited",
      ]);
    expect(await chips.allTextContents()).toEqual(["leo@acme, not an e-mail address"]);
    await checkPage(page, "invite-answers");
    await dialog.getByRole("button", { name: "Restore max@acme.example" }).click();
    await dialog.getByText("Restored").waitFor();
    await page.keyboard.press("Escape");
    const invited = page.locator("[data-invitation]");
    await test.expect.poll(() => invited.count()).toBe(2);
  });

  it("holds the longest address without an overflow", async (test) => {
    const { page } = await openMembers(open, test);
    const { dialog, field, chips, send } = await openDialog(page);
    const long = `${"j".repeat(64)}@${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(59)}.example`;
    test.expect(long).toHaveLength(254);
    await field.fill(`${long}, ben@acme.example,`); // a member, so that there is an answer to read
    await test.expect.poll(() => chips.count()).toBe(2);
    const check = async (name: string) => {
      await checkPage(page, name);
      for (const width of [320, 1280]) {
        await resize(page, width);
        test.expect(await dialog.evaluate(overflowing), `${name} at ${width} px`).toEqual([]);
      }
    };
    await check("invite-long");
    await send.click();
    await dialog.getByRole("list", { name: "Answers" }).getByText(long).waitFor();
    await check("invite-long-answer");
  });

  it("is done from the keyboard: add, edit, remove, send", async (test) => {
    const { page } = await openMembers(open, test);
    const { dialog, field, chips } = await openDialog(page);
    await test.expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.type("anna@acme.exmaple,leo@acme.example zoe@acme");
    await page.keyboard.press("Enter");
    await test.expect.poll(() => chips.count()).toBe(3);
    await page.keyboard.press("Backspace"); // edits the last one
    await test.expect.poll(() => field.inputValue()).toBe("zoe@acme");
    await page.keyboard.type(".example ");
    await test.expect.poll(() => chips.last().textContent()).toBe("zoe@acme.example");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter"); // edits the first one
    await test.expect.poll(() => field.inputValue()).toBe("anna@acme.exmaple");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("anna@acme.example");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Home");
    await page.keyboard.press("Delete");
    await test.expect.poll(() => chips.allTextContents()).toEqual(["zoe@acme.example", "anna@acme.example"]);
    await field.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Invited 2 people").waitFor();
    await page.getByRole("row", { name: /zoe@acme\.example/ }).waitFor();
  });

  it("takes 100 at a time and says so beyond", async (test) => {
    const { page, platform } = await openMembers(open, test);
    const { dialog, field, send } = await openDialog(page);
    await field.waitFor();
    await paste(page, Array.from({ length: 102 }, (_, i) => `person-${i}@acme.example`).join("\n"));
    const text =
      "You can invite 100 people at a time. Remove 2 of the 102 addresses, and invite them afterwards.";
    await dialog.getByText(text).waitFor();
    await send.focus();
    await page.keyboard.press("Enter"); // it can be focused, and does nothing
    await checkPage(page, "invite-too-many");
    expect(platform.calls).not.toContain("org.invitations.create");
  });

  it("keeps the addresses of a refused call, also while the dialog is closed", async (test) => {
    const { page, platform } = await openMembers(open, test);
    platform.refuse("LIMIT_REACHED", { procedure: "org.invitations.create", times: 1 });
    const { dialog, field, send } = await openDialog(page);
    await field.fill("anna@acme.example");
    await send.click();
    await dialog.getByText("500 invitations are open.").waitFor();
    await checkPage(page, "invite-refused");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const again = await openDialog(page);
    await test.expect.poll(() => again.chips.allTextContents()).toEqual(["anna@acme.example"]);
    await again.send.click();
    await again.dialog.waitFor({ state: "detached" });
    await page.getByRole("row", { name: /anna@acme\.example/ }).waitFor();
  });

  it("offers no role above one's own", async (test) => {
    const admin = { email: "ada@acme.example", memberships: { acme: "admin" } } as const;
    const users = [JANE, admin];
    const { page } = await open(test, {
      organizations: ORGANIZATIONS,
      users,
      as: admin.email,
      path: MEMBERS,
    });
    const { dialog } = await openDialog(page);
    await dialog.getByRole("button", { name: "Role: Member" }).click();
    const roles = page.getByRole("menuitemradio");
    await roles.first().waitFor();
    const names = (await roles.allTextContents()).map((text) => text.slice(0, 6));
    expect(names).toEqual(["Member", "AdminM"]);
    await roles.last().click();
    await dialog.getByRole("button", { name: "Role: Admin" }).waitFor();
  });
}

export function invitationRowsTests({ open }: ConsoleSuite): void {
  it("each state says what is wrong and carries its fix", async (test) => {
    const shared = await openMembers(open, test);
    const { page, platform } = shared;
    const in2Days = new Date(Date.now() + 2 * DAY_MS + 60_000).toISOString();
    const states: Readonly<Record<string, Partial<Invitations[number]>>> = {
      "old@acme.example": { state: "expired" },
      "failed@acme.example": { mail: "failed" },
      "owner@acme.example": { role: "owner" },
      "sending@acme.example": { mail: "sending" },
      "void@acme.example": { state: "void" },
    };
    await clientOf(shared, JANE.email).org.invitations.create.mutate({
      organizationId: "acme",
      emails: [...Object.keys(states), "guest@home.example"],
      role: "member",
    });
    platform.change("org.invitations.list", ({ items, nextCursor }) => ({
      items: items.map((each) => ({ ...each, ...SENT, expiresAt: in2Days, ...states[each.email] })),
      nextCursor,
    }));
    await page.reload();
    const row = (name: string) => page.getByRole("row", { name: new RegExp(name) });
    await row("guest@home").getByText("Expires in 2 days").waitFor();
    await row("guest@home").getByText("Outside").waitFor();
    await row("old@").getByText("Expired").waitFor();
    await row("void@").getByText("No longer valid").waitFor();
    await row("failed@").getByText("Mail failed").waitFor();
    await row("sending@").getByText("Sending the mail").waitFor();
    await row("failed@").getByRole("button", { name: "Copy link for failed@acme.example" }).waitFor();
    await page.getByText("Invited by you").first().waitFor();
    await checkPage(page, "invitation-rows");
    await row("old@").getByRole("button", { name: "Resend for old@acme.example" }).click();
    await page.getByText("Renewed the invitation of old@acme.example.").waitFor();
    expect(platform.calls.filter((call) => call === "org.invitations.resend")).toHaveLength(1);
  });

  it("revoking shows at once, moves the focus, and can be undone", async (test) => {
    const shared = await openMembers(open, test);
    const { page, platform } = shared;
    const emails = ["anna@acme.example", "leo@acme.example"];
    const jane = clientOf(shared, JANE.email).org.invitations;
    await jane.create.mutate({ organizationId: "acme", emails, role: "admin" });
    await page.reload();
    const menu = (email: string) => page.getByRole("button", { name: `Invitation of ${email}` });
    await menu("anna@acme.example").click();
    await page.getByRole("menuitem", { name: "Revoke" }).waitFor();
    await checkPage(page, "invitation-menu");
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    await menu("anna@acme.example").waitFor({ state: "detached" });
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await test.expect.poll(focused).toBe("Invitation of leo@acme.example");
    await page.getByRole("button", { name: "Undo" }).click();
    await menu("anna@acme.example").waitFor();
    const list = () => jane.list.query({ organizationId: "acme", state: "open" });
    await test.expect.poll(async () => (await list()).items).toHaveLength(2);
    expect(platform.calls).toContain("org.invitations.revoke");
  });

  it("a second click on Revoke does not remove the member whose row slides below the pointer", async (test) => {
    const shared = await openMembers(open, test);
    const { page, platform } = shared;
    const jane = clientOf(shared, JANE.email).org.invitations;
    await jane.create.mutate({ organizationId: "acme", emails: ["anna@acme.example"], role: "admin" });
    await page.clock.install();
    await page.reload();
    const menu = page.getByRole("button", { name: "Invitation of anna@acme.example" });
    await menu.click();
    const revoke = page.getByRole("menuitem", { name: "Revoke" });
    await revoke.waitFor();
    await page.clock.pauseAt(Date.now() + 5_000);
    await revoke.click();
    await page.clock.runFor(400);
    await menu.waitFor({ state: "detached" });
    const remove = page.getByRole("button", { name: `Remove ${BEN.email}` });
    await remove.click();
    await page.clock.runFor(600);
    expect(platform.calls).not.toContain("org.members.remove");
    await remove.click();
    await page.clock.runFor(600);
    await remove.waitFor({ state: "detached" });
  });

  it("a refused change says why, and the row shows the truth", async (test) => {
    const shared = await openMembers(open, test);
    const { page, platform } = shared;
    const emails = ["anna@acme.example"];
    const jane = clientOf(shared, JANE.email).org.invitations;
    await jane.create.mutate({ organizationId: "acme", emails, role: "admin" });
    await page.reload();
    platform.refuse("CONFLICT", { procedure: "org.invitations.revoke", times: 1 });
    platform.refuse("RATE_LIMITED", {
      procedure: "org.invitations.resend",
      times: 1,
      retryAfterSeconds: 240,
    });
    const menu = page.getByRole("button", { name: "Invitation of anna@acme.example" });
    await menu.click();
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    const row = page.getByRole("row", { name: /anna@/ });
    await row.getByText("Not revoked. It was accepted meanwhile.").waitFor();
    expect(await page.getByRole("button", { name: "Undo" }).count()).toBe(0);
    await menu.click();
    await page.getByRole("menuitem", { name: "Resend" }).click();
    await row
      .getByText("Not resent. This address was mailed a moment ago. Try again in 4 minutes.")
      .waitFor();
    await checkPage(page, "invitation-refused");
    await row.getByRole("button", { name: "Dismiss the message for anna@acme.example" }).click();
    await row.getByText("Not resent.").waitFor({ state: "detached" });
  });
}

export function invitedTests({ open }: ConsoleSuite): void {
  async function openInvited(test: Parameters<Open>[0], path: string, guest: TestUser = GUEST) {
    const shared = await open(test, {
      organizations: ORGANIZATIONS,
      users: [JANE, guest],
      as: guest.email,
      path,
    });
    const jane = clientOf(shared, JANE.email).org.invitations;
    await jane.create.mutate({ organizationId: "acme", emails: [guest.email], role: "admin" });
    return { ...shared, jane };
  }

  it("somebody without an organization is asked, and joins", async (test) => {
    const { page } = await openInvited(test, "/");
    await heading(page, "You have an invitation").waitFor(); // by itself
    await page.getByText("jane@acme.example invited you to Acme as an admin.").waitFor();
    await checkPage(page, "invited");
    await page.getByRole("button", { name: "Join Acme" }).click();
    await heading(page, "Runs").waitFor();
    expect(new URL(page.url()).pathname).toBe("/o/acme/runs");
  });

  it("declines, and may be invited again", async (test) => {
    const { page, jane } = await openInvited(test, "/");
    await page.getByRole("button", { name: "Decline the invitation to Acme" }).click();
    await page.getByText("Declined. Acme can invite you again.").waitFor();
    await heading(page, "You are not in an organization yet").waitFor();
    const { items } = await jane.list.query({ organizationId: "acme" });
    expect(items.map(({ state }) => state)).toEqual(["declined"]);
  });

  it("an invitation that was withdrawn meanwhile says so and goes", async (test) => {
    const { page, platform, jane } = await openInvited(test, "/");
    await heading(page, "You have an invitation").waitFor();
    const known = await clientOf({ page, platform }, GUEST.email).org.me.query();
    // Until the answer, the page has not heard of it.
    platform.change("org.me", (me) => (platform.calls.includes("org.invitations.accept") ? me : known));
    await jane.revoke.mutate({ organizationId: "acme", email: GUEST.email });
    await page.getByRole("button", { name: "Join Acme" }).click();
    await page.getByText("The invitation to Acme has expired or was withdrawn. Ask for a new one.").waitFor();
    await heading(page, "You are not in an organization yet").waitFor();
  });

  it("somebody with another organization sees a bar, and answers on the organizations page", async (test) => {
    const guest = { ...GUEST, memberships: { initech: "owner" } } as const;
    const { page, platform } = await openInvited(test, "/o/initech/runs", guest);
    const bar = page.getByRole("main").getByText("jane@acme.example invited you to Acme as an admin.");
    await bar.waitFor();
    await checkPage(page, "invited-bar");
    await page.getByRole("link", { name: "Join or decline" }).click();
    await heading(page, "Organizations").waitFor();
    await checkPage(page, "invited-list");
    platform.refuse("STORE_UNAVAILABLE", { procedure: "org.invitations.accept", times: 1 });
    await page.getByRole("button", { name: "Join Acme" }).click();
    await page.getByRole("main").getByText("You have not joined.").waitFor();
    await checkPage(page, "invited-list-failed");
    await page.getByRole("button", { name: "Join Acme" }).click();
    await heading(page, "Runs").waitFor();
    expect(new URL(page.url()).pathname).toBe("/o/acme/runs");
  });

  it("the link of another address offers to switch, and consumes nothing", async (test) => {
    const { page, platform, jane } = await openInvited(test, "/sign-in#email=jane%40acme.example");
    await heading(page, "This invitation is for another address").waitFor();
    await page.getByText("The invitation is for j…@acme.example; you are guest@home.example.").waitFor();
    await checkPage(page, "invited-wrong-account");
    expect(platform.calls).not.toContain("org.invitations.accept");
    await page.getByRole("button", { name: "Switch account" }).click();
    await heading(page, "Sign in to Platform").waitFor();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe("jane@acme.example");
    await page.goBack();
    await heading(page, "This invitation is for another address").waitFor();
    await page.reload();
    await heading(page, "You have an invitation").waitFor(); // still signed in
    const { items } = await jane.list.query({ organizationId: "acme" });
    expect(items.map(({ state }) => state)).toEqual(["open"]);
  });

  it("a switch signs out when the other sign-in begins, and not before", async (test) => {
    const { page } = await openInvited(test, "/sign-in#email=jane%40acme.example");
    await page.context().route("**/issuer/**", () => {}); // never answers
    const signedIn = () =>
      page.evaluate(() => Object.keys(sessionStorage).some((key) => key.startsWith("oidc.user:")));
    await page.getByRole("button", { name: "Switch account" }).click();
    await page.getByLabel("E-mail address").waitFor();
    expect(await signedIn()).toBe(true);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText(/^Taking you to/).waitFor();
    expect(await signedIn()).toBe(false);
  });

  it("who stays signed in goes on to their own page", async (test) => {
    const { page } = await openInvited(test, "/sign-in#email=jane%40acme.example");
    await page.getByRole("button", { name: "Stay signed in" }).click();
    await heading(page, "You have an invitation").waitFor();
  });
}
