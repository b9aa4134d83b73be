import { ACME, JANE } from "@platform-api/frontend/testing";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { picture, resize, settles } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";
import { rowsAreDrawn, tabThrough } from "./focus.ts";

const WITH_OKTA = { ...ACME, connections: [{ name: "acme-okta", displayName: "Acme Okta" }] };
const CROWD = Array.from({ length: 31 }, (_, index) => ({
  email: `p${100 + index}@acme.example`,
  memberships: { acme: "member" as const },
}));
const PAGES = { Members: 60, Domains: 2, "Sign-in": 3, Audit: 3, Settings: 5, Runs: 1 };

/** What the keyboard reaches, and what shows it. */
export function keyboardTests({ open }: ConsoleSuite): void {
  it("every control of every page shows the focus, and is not below the header", async (test) => {
    const options = { organizations: [WITH_OKTA], users: [JANE, ...CROWD] };
    const { page } = await open(test, { ...options, path: "/o/acme/members" });
    await button(page, "Remove p130@acme.example").waitFor();

    const table = page.getByRole("table", { name: "Members and invitations" });
    await resize(page, 1280, 600);
    const wide = await table.ariaSnapshot();
    expect(wide).toContain('columnheader "Role"');
    for (const width of [640, 800, 1000]) {
      await resize(page, width, 500); // 640 px are 1280 px at 200 %
      const heights = await page
        .locator(".member-email")
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
      expect(heights.filter((height) => height < 30)).toHaveLength(32);
      await picture(page, `accessible-${width}`);
    }
    await resize(page, 320);
    expect(await table.ariaSnapshot(), "the rows are shown as cards").toBe(wide);

    await resize(page, 640, 400);
    await page.getByLabel("Select p130@acme.example").press("Space"); // its bar stays below the header
    await button(page, "Remove p130@acme.example").focus();
    await rowsAreDrawn(page);
    const backwards = await tabThrough(page, "Shift+Tab");
    expect(backwards.at(-1)).toContain("Invite people");
    expect(backwards.filter((stop) => !stop.endsWith(": visible"))).toEqual([]);

    await resize(page, 1280, 600);
    for (const [name, least] of Object.entries(PAGES)) {
      await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
      await heading(page, name).waitFor();
      await page.waitForFunction(() => document.querySelector("main .skeleton") === null);
      await heading(page, name).focus();
      const stops = await tabThrough(page, "Tab");
      expect(stops.length, name).toBeGreaterThanOrEqual(least);
      expect(stops.filter((stop) => !stop.endsWith(": visible"))).toEqual([]);
    }
  });
  it("the keys reach every choice of a list that is longer than the window, and the page stays", async (test) => {
    const { page, clientOf } = await open(test, { users: [JANE, ...CROWD], path: "/o/acme/audit" });
    const { update } = clientOf(JANE.email).org;
    for (const name of CROWD.keys()) await update.mutate({ organizationId: "acme", name: `Acme ${name}` });
    await page.reload();
    await page.locator(".audit-sentence").nth(20).waitFor();
    // Below its button the list has room for a part. Above it, on a page that is scrolled, it lies over the header.
    for (const [width, height, scrolled] of [
      [1280, 900, 0],
      [390, 600, 60],
    ] as const) {
      await resize(page, width, height);
      await page.evaluate((y) => scrollTo(0, y), scrolled);
      const action = button(page, /^Action: /);
      for (const [keys, chosen] of [
        [["End"], "Account moves ended"],
        [["c", "o", "n", "n"], "Connection set-up started"],
        [["Home"], "Any action"],
      ] as const) {
        await action.press("Enter");
        await page.locator("[role=menuitemradio]:focus").waitFor();
        for (const key of keys) await page.keyboard.press(key);
        const item = page.getByRole("menuitemradio", { name: chosen }).and(page.locator(":focus"));
        await item.waitFor();
        await settles(page); // a scroll would close it
        await picture(page, `audit-action-${keys.join("")}-${width}`);
        expect(await item.evaluate(isInSight), chosen).toBe(true);
        await page.keyboard.press("Enter");
        await button(page, `Action: ${chosen}`).waitFor();
        expect(await page.evaluate(() => scrollY), chosen).toBe(scrolled);
      }
    }
    const person = page.getByRole("combobox", { name: "Person" });
    await person.focus();
    const last = page.getByRole("option", { name: /^A sign-in/ });
    await last.waitFor();
    await person.press("ArrowUp");
    await last.and(page.locator("[data-focused]")).waitFor();
    await settles(page);
    expect(await last.evaluate(isInSight)).toBe(true);
    await person.press("Enter");
    await button(page, "Show anyone").waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(60);
  });
}

/** In the page: whether the whole element can be seen. */
function isInSight(element: Element): boolean {
  const { left, top, bottom } = element.getBoundingClientRect();
  return [top + 2, bottom - 2].every((y) => element.contains(document.elementFromPoint(left + 8, y)));
}
