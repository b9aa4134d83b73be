import { JANE } from "@platform-api/frontend/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage } from "../check-page.ts";
import type { ConsoleOptions, ConsoleSuite } from "../console-on-mocks.ts";

const OPTIONS: ConsoleOptions = {
  users: [JANE, { email: "ben@acme.example", memberships: { acme: "member" } }],
  path: "/o/acme/members",
  // Nothing is loaded ahead, so that it is missing when it is needed.
  prepare: (page) => page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 })),
};
const MISSING = "This part of the page could not be loaded. Try again in a moment.";

const roleButton = (page: Page) => page.getByRole("button", { name: "Role of ben@acme.example:" });
const tab = (page: Page, name: string) => page.getByRole("navigation").getByRole("link", { name });

/** Requests for the code of a component fail, as they do offline, or after it was replaced by a newer version. */
async function lose(page: Page, file: string, how: "offline" | "deleted"): Promise<() => Promise<void>> {
  const url = new RegExp(`/assets/${file}-[^/]+\\.js$`);
  await page.route(url, (route) =>
    how === "offline" ? route.abort("internetdisconnected") : route.fulfill({ status: 404, body: "" }),
  );
  return () => page.unroute(url);
}

/** The page that the server has now. Null while it cannot be reached. */
async function serveVersion(page: Page, html: string | null): Promise<void> {
  await page.route("**/index.html", (route) =>
    html === null
      ? route.abort("internetdisconnected")
      : route.fulfill({ contentType: "text/html", body: html }),
  );
}

export function missingCodeTests({ open }: ConsoleSuite): void {
  it("code that cannot be loaded leaves what is typed and the frame, and appears by itself", async (test) => {
    const { page } = await open(test, OPTIONS);
    await serveVersion(page, null);
    const findMenu = await lose(page, "menu-popover", "offline");
    await page.getByRole("searchbox").fill("ben");
    await roleButton(page).click();
    await page.getByText(MISSING).waitFor();
    await heading(page, "Members").waitFor();
    expect(await roleButton(page).getAttribute("aria-expanded")).toBe("false");
    expect(await page.getByRole("searchbox").inputValue()).toBe("ben");
    await checkPage(page, "menu-not-loaded");
    await findMenu();
    await roleButton(page).click();
    await page.getByRole("menuitemradio", { name: /^Admin/ }).waitFor();
    await page.getByText(MISSING).waitFor({ state: "detached" });
    await page.keyboard.press("Escape");

    const findAudit = await lose(page, "audit", "offline");
    await tab(page, "Audit").click();
    await heading(page, "Audit could not be loaded").waitFor();
    await button(page, "Try now").waitFor();
    await checkPage(page, "page-not-loaded");
    await tab(page, "Members").click();
    await roleButton(page).waitFor();
    await tab(page, "Audit").click();
    await heading(page, "Audit could not be loaded").waitFor();
    await findAudit();
    await heading(page, "Audit").waitFor();

    await page.context().setOffline(true);
    await tab(page, "Domains").click();
    await heading(page, "Domains could not be loaded").waitFor();
    await page.context().setOffline(false);
    await heading(page, "Domains").waitFor();
  });

  it("code that a newer version has replaced offers to reload, and nothing reloads by itself", async (test) => {
    const { page } = await open(test, OPTIONS);
    const find = await lose(page, "audit", "deleted");
    await lose(page, "menu-popover", "deleted");
    await roleButton(page).click();
    await page.getByText(MISSING).waitFor(); // it may be a fault of the network
    await roleButton(page).click();
    await page.getByText("A new version is available.").waitFor();
    await checkPage(page, "new-version-toast");
    await serveVersion(page, `<script type="module" src="/assets/index-newer.js"></script>`);
    await tab(page, "Audit").click();
    await heading(page, "A new version is available").waitFor();
    await checkPage(page, "new-version-page");
    await find();
    await page.unroute("**/index.html");
    await page.getByRole("main").getByRole("button", { name: "Reload" }).click();
    await heading(page, "Audit").waitFor();
  });
}
