import type { Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, resize } from "../check-page.ts";
import type { ConsoleOptions, ConsoleSuite } from "../console-on-mocks.ts";

const ACME = { id: "acme", name: "Acme", domains: ["acme.example"] };
const INITECH = { id: "initech", name: "Initech" };
/** Both have verified the domain, so that a password is allowed, but not everywhere. */
const SHARING = [
  { ...ACME, jit: false },
  { ...INITECH, domains: ACME.domains, enforceSso: true, connections: [{ name: "initech-okta" }] },
];
const BRAND = {
  name: "Acme Console",
  logo: "/logo.svg",
  accent: "#ffd400",
  supportUrl: "mailto:help@acme.example",
  legalLinks: [
    { label: "Terms", url: "https://acme.example/terms" },
    { label: "Privacy", url: "https://acme.example/privacy" },
  ],
};
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><circle cx="16" cy="16" r="16" fill="#ffd400"/></svg>`;

/** What a first look at the pages found missing. */
export function firstLookTests({ open }: ConsoleSuite): void {
  type Memberships = NonNullable<ConsoleOptions["users"][number]["memberships"]>;
  const openAs = (test: TestContext, memberships: Memberships, given: Partial<ConsoleOptions> = {}) =>
    open(test, {
      organizations: [ACME, INITECH],
      users: [{ email: "jane@acme.example", memberships }],
      as: "jane@acme.example",
      path: "/",
      ...given,
    });

  it("a user who was removed from their only organization reads so, and nothing else is offered", async (test) => {
    const { page } = await openAs(test, { initech: "removed" }, { organizations: [INITECH] });
    await heading(page, "You were removed from Initech").waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    expect(await page.locator(".shell-slash").count()).toBe(0);
    await checkPage(page, "removed");
  });

  it("the pages of an organization that removed the user say so below the header of no other", async (test) => {
    const path = "/o/initech/runs";
    const { page } = await openAs(test, { acme: "member", initech: "removed" }, { path });
    await heading(page, "You were removed from Initech").waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    await checkPage(page, "removed-elsewhere");
    await button(page, "See your organizations").click();
    await heading(page, "Organizations").waitFor();
  });

  it("the pages of an unknown organization say that the user is not a member", async (test) => {
    const { page } = await openAs(test, { acme: "member" }, { path: "/o/hooli/members" });
    await heading(page, "You are not in this organization").waitFor();
    await checkPage(page, "not-a-member");
    await button(page, "Choose an organization").click();
    await page.getByRole("menuitemradio", { name: "Acme" }).click();
    await heading(page, "Members is for admins").waitFor();
  });

  it.for(["/", "/o/initech/members"])(
    "an organization that requires SSO offers it at %s",
    async (path, test) => {
      const { page } = await openAs(test, { initech: "admin" }, { organizations: SHARING, path });
      await heading(page, "Initech has its own sign-in").waitFor();
      const primary = page.locator(".button-primary");
      expect(await primary.allTextContents()).toEqual(["Sign in with SSO"]);
      if (path === "/") await checkPage(page, "own-sign-in");
    },
  );

  it("an outage keeps the page where it is, announces itself once, and ends by itself", async (test) => {
    const { page, platform } = await openAs(test, { acme: "owner" }, { path: "/o/acme/runs" });
    await heading(page, "Runs").waitFor();
    await page.getByLabel("What should be done?").fill("Not lost");
    const before = await heading(page, "Runs").boundingBox();
    const said = await listen(page);
    platform.goDown();
    const bar = page.getByRole("region", { name: "Service status" });
    await bar.getByText("Platform is not responding.").waitFor();
    expect(await heading(page, "Runs").boundingBox()).toEqual(before);
    expect(await page.getByLabel("What should be done?").inputValue()).toBe("Not lost");
    await checkPage(page, "outage-bar");
    await page.getByRole("navigation").getByRole("link", { name: "Settings" }).click();
    await heading(page, "Settings").waitFor();
    platform.reset();
    await bar.waitFor({ state: "detached" });
    await page.getByText("Back online").waitFor({ state: "attached" });
    expect(said.filter((text) => text.startsWith("Platform is not responding"))).toHaveLength(1);
  });

  it("a problem shows what support needs, and one press copies it", async (test) => {
    const { page, platform } = await openAs(test, { acme: "owner" });
    await heading(page, "Runs").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    platform.refuse("DOMAIN_NOT_ALLOWED");
    await page.reload();
    await heading(page, "Your e-mail domain isn’t registered").waitFor();
    await page.getByText("Your company’s sign-in sent us jane@acme.example").waitFor();
    const request = await page.getByRole("definition").last().textContent();
    expect(request).toMatch(/^[0-9a-f-]{36}$/);
    await button(page, "Copy details").click();
    await page.getByText("Copied the details").waitFor({ state: "attached" });
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("Reason: DOMAIN_NOT_ALLOWED\nAddress: jane@acme.example\nTime: ");
    expect(copied).toContain(`\nRequest: ${request}\n`);
    await checkPage(page, "domain-not-allowed");
  });

  it("the configured brand replaces ours everywhere", async (test) => {
    const { page, platform } = await openAs(test, { acme: "owner" }, { config: BRAND });
    await page
      .context()
      .route("**/logo.svg", (route) => route.fulfill({ contentType: "image/svg+xml", body: LOGO }));
    await page.reload();
    await heading(page, "Runs").waitFor();
    expect(await page.title()).toBe("Runs · Acme Console");
    expect(await page.locator("img.logo").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(32);
    await checkPage(page, "branded-runs");
    await button(page, "Account menu").click();
    await page.getByRole("menuitem", { name: "Privacy" }).waitFor();
    await checkPage(page, "branded-menu");
    await page.keyboard.press("Escape");
    platform.refuse("INTERNAL");
    await page.reload();
    await page.getByText("This is an error in Acme Console.").waitFor();
    const mail = await page.getByRole("link", { name: "Contact support" }).getAttribute("href");
    expect(decodeURIComponent(mail ?? "")).toContain("Reason: INTERNAL");
    await checkPage(page, "branded-problem");
    expect(await page.locator("body").textContent()).not.toContain("Platform");
  });

  it("the sign-in page carries the brand, and the links of the law", async (test) => {
    const { page } = await open(test, { organizations: [], users: [], path: "/", config: BRAND });
    await serveLogo(page);
    await page.reload();
    await heading(page, "Sign in to Acme Console").waitFor();
    await page.getByText("Acme Console never sees your password.").waitFor();
    await page.getByRole("link", { name: "Terms" }).waitFor();
    await checkPage(page, "branded-sign-in");
    expect(await page.locator("body").textContent()).not.toContain("Platform");
  });

  it("the loading page and the problem page begin at the same height", async (test) => {
    const { page, platform } = await openAs(test, { acme: "owner" });
    await heading(page, "Runs").waitFor();
    platform.slowDown(1_500);
    platform.refuse("IDENTITY_BLOCKED");
    await page.reload();
    const logo = page.locator(".wordmark");
    await page.getByText("Loading…").waitFor();
    await logo.waitFor();
    const before = await logo.boundingBox();
    await checkPage(page, "loading");
    await heading(page, "Your account is blocked").waitFor();
    await resize(page, 1280, 720);
    expect((await logo.boundingBox())?.y).toBe(before?.y);
  });

  it("a long name of an organization leaves room for the account menu on a phone", async (test) => {
    const organizations = [{ ...ACME, name: "A".repeat(100) }, INITECH];
    const memberships = { acme: "owner", initech: "member" } as const;
    const { page } = await openAs(test, memberships, { organizations, path: "/o/acme/runs" });
    await heading(page, "Runs").waitFor();
    await resize(page, 320);
    const box = await button(page, "Account menu").boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 320)).toBeLessThanOrEqual(320);
    await checkPage(page, "long-name", { axe: false });
  });

  it("a list that was refused because the role is lost asks once who the user is", async (test) => {
    const ben = { email: "ben@acme.example", memberships: { acme: "member" } } as const;
    const jane = { email: "jane@acme.example", memberships: { acme: "admin" } } as const;
    const { page, platform } = await openAs(test, {}, { users: [jane, ben], path: "/o/acme/members" });
    const remove = button(page, "Remove ben@acme.example");
    await remove.waitFor();
    platform.refuse("MEMBERSHIP_REMOVED");
    await remove.click();
    await heading(page, /^You were removed from/).waitFor();
    await page.waitForRequest(/org\.members\.list/); // the lists are loaded again after a change
    const began = performance.now();
    // One call for the refused list, and then a poll every three seconds.
    for (let count = 0; count < 4; count += 1) await page.waitForResponse(/org\.me/);
    expect(performance.now() - began).toBeGreaterThan(1_000); // a loop takes a quarter of that
  });

  it("on a phone the current tab is visible, and the tabs scroll without a scrollbar", async (test) => {
    const { page } = await openAs(test, { acme: "owner" }, { path: "/o/acme/settings" });
    await heading(page, "Settings").waitFor();
    const heights = [];
    for (const width of [1280, 640, 360, 320]) {
      await resize(page, width);
      await page.waitForFunction(isCurrentTabVisible);
      heights.push((await page.getByRole("banner").boundingBox())?.height);
    }
    expect(new Set(heights).size).toBe(1);
    await checkPage(page, "settings-tabs");
  });
}

async function serveLogo(page: Page): Promise<void> {
  await page.route("**/logo.svg", (route) => route.fulfill({ contentType: "image/svg+xml", body: LOGO }));
}

function isCurrentTabVisible(): boolean {
  const { left = -1, right = 0 } =
    document.querySelector("[aria-current=page]")?.getBoundingClientRect() ?? {};
  return left >= 0 && right <= window.innerWidth;
}

/** Everything that screen readers are told from now on. */
async function listen(page: Page): Promise<string[]> {
  const said: string[] = [];
  await page.exposeFunction("note", (text: string) => text !== "" && said.push(text));
  await page.evaluate(() => {
    const live = document.querySelector("#root > [role=status]");
    const report = () => Reflect.get(window, "note")(live?.textContent ?? "");
    if (live)
      new MutationObserver(report).observe(live, { subtree: true, childList: true, characterData: true });
  });
  return said;
}
