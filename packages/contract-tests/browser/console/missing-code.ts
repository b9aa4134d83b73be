import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage } from "../check-page.ts";
import type { ConsoleOptions, ConsoleSuite } from "../console-on-mocks.ts";

const JANE = "jane@acme.example";
const OPTIONS: Omit<ConsoleOptions, "path"> = {
  organizations: [{ id: "acme", name: "Acme", domains: ["acme.example"] }],
  users: [
    { email: JANE, memberships: { acme: "owner" } },
    { email: "ben@acme.example", memberships: { acme: "member" } },
  ],
  as: JANE,
  // Nothing is loaded ahead, so that it is missing when it is needed.
  prepare: (page) => page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 })),
};
const MISSING = "This part of the page could not be loaded. Check your connection, then try again.";

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
  it("a menu that cannot be loaded says so and opens when it can, and typed text is kept", async (test) => {
    const { page } = await open(test, { ...OPTIONS, path: "/o/acme/members" });
    await serveVersion(page, null);
    const find = await lose(page, "menu-popover", "offline");
    await page.getByRole("searchbox").fill("ben");
    await roleButton(page).click();
    await page.getByText(MISSING).waitFor();
    await heading(page, "Members").waitFor();
    expect(await roleButton(page).getAttribute("aria-expanded")).toBe("false");
    expect(await page.getByRole("searchbox").inputValue()).toBe("ben");
    await checkPage(page, "menu-not-loaded");
    await find();
    await roleButton(page).click();
    await page.getByRole("menuitemradio", { name: /^Admin/ }).waitFor();
    await page.getByText(MISSING).waitFor({ state: "detached" });
  });

  it("a page that cannot be loaded leaves the frame, and appears by itself", async (test) => {
    const { page } = await open(test, { ...OPTIONS, path: "/o/acme/members" });
    await serveVersion(page, null);
    const find = await lose(page, "audit", "offline");
    await roleButton(page).waitFor();
    await tab(page, "Audit").click();
    await heading(page, "Audit could not be loaded").waitFor();
    await button(page, "Try now").waitFor();
    await checkPage(page, "page-not-loaded");
    await tab(page, "Members").click();
    await roleButton(page).waitFor();
    await tab(page, "Audit").click();
    await heading(page, "Audit could not be loaded").waitFor();
    await find();
    await heading(page, "Audit").waitFor();
  });

  it("offline, a page that could not be loaded appears as soon as the browser is online", async (test) => {
    const { page } = await open(test, { ...OPTIONS, path: "/o/acme/members" });
    await roleButton(page).waitFor();
    await page.context().setOffline(true);
    await tab(page, "Audit").click();
    await heading(page, "Audit could not be loaded").waitFor();
    await page.context().setOffline(false);
    await heading(page, "Audit").waitFor();
  });

  it("code that a newer version has replaced offers to reload, and nothing reloads by itself", async (test) => {
    const { page } = await open(test, { ...OPTIONS, path: "/o/acme/members" });
    await serveVersion(page, `<script type="module" src="/assets/index-newer.js"></script>`);
    await lose(page, "menu-popover", "deleted");
    const find = await lose(page, "audit", "deleted");
    await roleButton(page).click();
    await page.getByText("A new version is available.").waitFor();
    await checkPage(page, "new-version-toast");
    await tab(page, "Audit").click();
    await heading(page, "A new version is available").waitFor();
    await checkPage(page, "new-version-page");
    await find();
    await page.unroute("**/index.html");
    await page.getByRole("main").getByRole("button", { name: "Reload" }).click();
    await heading(page, "Audit").waitFor();
  });

  it("code that fails twice while the app can be loaded counts as replaced", async (test) => {
    const { page } = await open(test, { ...OPTIONS, path: "/o/acme/members" });
    await lose(page, "menu-popover", "deleted");
    await roleButton(page).click();
    await page.getByText(MISSING).waitFor();
    await roleButton(page).click();
    await page.getByText("A new version is available.").waitFor();
  });
}
