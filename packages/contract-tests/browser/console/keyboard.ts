import { ACME, JANE } from "@platform-api/frontend/testing";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { picture, resize } from "../check-page.ts";
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
}
