import type { PlatformClient } from "@platform-api/client";
import type { TestUser } from "@platform-api/client/testing";
import { ACME, JANE } from "@platform-api/frontend/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, resize } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";
import { focuses } from "./focus.ts";

const ORGANIZATIONS = [ACME, { id: "initech", name: "Initech" }];
const GUEST = { email: "guest@home.example" } as const;
const USERS = [
  JANE,
  GUEST,
  { email: "ben@acme.example", memberships: { acme: "member" } },
  { email: "max@acme.example", memberships: { acme: "removed" } },
] as const;
const OPTIONS = { organizations: ORGANIZATIONS, users: USERS, path: "/o/acme/members" };
const LONG = `${"j".repeat(64)}@${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(59)}.example`; // 254 characters
const [ANNA, LEO] = ["anna@acme.example", "leo@acme.example"] as const;
const DAY_MS = 86_400_000;

type Invitations = Awaited<ReturnType<PlatformClient["org"]["invitations"]["list"]["query"]>>["items"];

async function openDialog(page: Page) {
  await button(page, "Invite people").press("Enter");
  const dialog = page.getByRole("dialog", { name: "Invite people" });
  const field = dialog.getByLabel("E-mail addresses");
  await field.and(page.locator(":focus")).waitFor();
  const chips = dialog.getByRole("grid", { name: "People to invite" }).getByRole("row");
  return { dialog, field, chips, send: dialog.getByRole("button", { name: /^Invite \d/ }) };
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

export function invitationsTests({ open }: ConsoleSuite): void {
  it("the dialog that invites people", async (test) => {
    const { page, platform } = await open(test, OPTIONS);
    const { dialog, field, chips, send } = await openDialog(page);
    for (let count = 0; count < 6; count += 1) {
      await dialog.locator(":focus").waitFor();
      await page.keyboard.press("Tab");
    }
    for (const role of ["banner", "contentinfo"] as const)
      expect(await dialog.getByRole(role).count(), "a landmark of the page").toBe(0);

    const fits = async (name: string) => {
      await checkPage(page, name);
      for (const width of [320, 1280]) {
        await resize(page, width);
        expect(await dialog.evaluate(overflowing), `${name} at ${width} px`).toEqual([]);
      }
    };
    await field.fill(`${LONG}, ben@acme.example,`); // a member, so that there is an answer to read
    await test.expect.poll(() => chips.count()).toBe(2);
    await fits("invite-long");
    await send.press("Enter");
    await dialog.getByRole("list", { name: "Answers" }).getByText(LONG).waitFor();
    await fits("invite-long-answer");
    await button(page, "Invite more").press("Enter");

    platform.refuse("LIMIT_REACHED", { procedure: "org.invitations.create", times: 1 });
    await field.focus();
    await paste(page, `${ANNA}, max@acme.example\nleo@acme`);
    await dialog.getByText("1 of these is not an e-mail address.").waitFor();
    await checkPage(page, "invite-bad-chips");
    await send.press("Enter");
    await dialog.getByText("500 invitations are open.").waitFor();
    await checkPage(page, "invite-refused");
    await send.press("Enter");
    await button(page, "Restore max@acme.example").waitFor();
    await checkPage(page, "invite-answers");
    await button(page, "Restore max@acme.example").press("Enter");
    await focuses(page, "Restored");
    await field.focus();
    await paste(page, Array.from({ length: 102 }, (_, i) => `person-${i}@acme.example`).join("\n"));
    await dialog.getByText("You can invite 100 people at a time.").waitFor();
    await checkPage(page, "invite-too-many");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await focuses(page, "Invite people");
  });

  it("people are invited by the keyboard alone, and an invitation is revoked", async (test) => {
    const { page } = await open(test, OPTIONS);
    const { dialog, field, chips } = await openDialog(page);
    await page.keyboard.type("anna@acme.exmaple,leo@acme.example zoe@acme");
    await page.keyboard.press("Enter");
    await test.expect.poll(() => chips.count()).toBe(3);
    await page.keyboard.press("Backspace"); // edits the last one
    await test.expect.poll(() => field.inputValue()).toBe("zoe@acme");
    await page.keyboard.press("End");
    await page.keyboard.type(".example ");
    await test.expect.poll(() => chips.last().textContent()).toBe("zoe@acme.example");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter"); // edits the first one
    await test.expect.poll(() => field.inputValue()).toBe("anna@acme.exmaple");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(ANNA);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Delete");
    await test.expect.poll(() => chips.allTextContents()).toEqual([LEO, ANNA]);
    await field.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Invited 2 people").waitFor();

    await button(page, `Invitation of ${ANNA}`).press("Enter");
    await page.getByRole("menuitem", { name: "Revoke" }).waitFor();
    await checkPage(page, "invitation-menu");
    await page.getByRole("menuitem", { name: "Revoke" }).press("Enter");
    await focuses(page, `Invitation of ${LEO}`);
    await button(page, "Undo").press("Enter");
    await focuses(page, `Invitation of ${ANNA}`);
  });

  it("the rows of invitations", async (test) => {
    const { page, platform, clientOf } = await open(test, OPTIONS);
    const expiresAt = new Date(Date.now() + 2 * DAY_MS + 60_000).toISOString();
    const states: Readonly<Record<string, Partial<Invitations[number]>>> = {
      "old@acme.example": { state: "expired" },
      "failed@acme.example": { mail: "failed" },
      "owner@acme.example": { role: "owner" },
      "sending@acme.example": { mail: "sending" },
      "void@acme.example": { state: "void" },
    };
    const emails = [...Object.keys(states), ANNA, GUEST.email];
    const { create } = clientOf(JANE.email).org.invitations;
    await create.mutate({ organizationId: "acme", emails, role: "member" });
    platform.change("org.invitations.list", ({ items, nextCursor }) => ({
      items: items.map((each) => Object.assign({}, each, { mail: "sent", expiresAt }, states[each.email])),
      nextCursor,
    }));
    await page.reload();
    const row = (name: string) => page.getByRole("row", { name: new RegExp(name) });
    await row("guest@home").getByRole("button", { name: "Outside" }).waitFor();
    await row("sending@").getByText("Sending the mail").waitFor();
    await checkPage(page, "invitation-rows");
    platform.refuse("CONFLICT", { procedure: "org.invitations.revoke" });
    await button(page, `Invitation of ${ANNA}`).press("Enter");
    await page.getByRole("menuitem", { name: "Revoke" }).press("Enter");
    await row("anna@").getByText("Not revoked. It was accepted meanwhile.").waitFor();
    await checkPage(page, "invitation-refused");
  });

  it("the pages of somebody who is invited", async (test) => {
    const invite = async (path: string, guest: TestUser = GUEST) => {
      const users = [JANE, guest];
      const shared = await open(test, { organizations: ORGANIZATIONS, users, as: guest.email, path });
      const { create } = shared.clientOf(JANE.email).org.invitations;
      await create.mutate({ organizationId: "acme", emails: [guest.email], role: "admin" });
      return shared;
    };
    const { page, platform } = await invite("/sign-in#email=jane%40acme.example");
    await heading(page, "This invitation is for another address").waitFor();
    await checkPage(page, "invited-wrong-account");
    await button(page, /^Stay signed in/).click();
    await heading(page, "You have an invitation").waitFor();
    await checkPage(page, "invited");
    const since = new Date(Date.now() - 2 * DAY_MS).toISOString();
    const past = { organizationId: "acme", name: "Acme", since, inviterName: "Jane Miller" };
    platform.change("org.me", (me) => ({
      ...me,
      invitations: [],
      pastInvitations: [{ ...past, state: "expired", inviter: JANE.email }],
    }));
    await heading(page, "This invitation has expired").waitFor();
    await checkPage(page, "invited-expired");

    const other = await invite("/o/initech/runs", { ...GUEST, memberships: { initech: "owner" } });
    const join = button(other.page, "Join Acme");
    await other.page.getByText(`${JANE.email} invited you to Acme as an admin.`).waitFor(); // by itself
    await checkPage(other.page, "invited-bar");
    await other.page.getByRole("link", { name: "Join or decline" }).click();
    await join.waitFor();
    await checkPage(other.page, "invited-list");
    other.platform.refuse("STORE_UNAVAILABLE", { procedure: "org.invitations.accept" });
    await join.click();
    await other.page.getByRole("main").getByText("You have not joined.").waitFor();
    await checkPage(other.page, "invited-list-failed");
  });
}
