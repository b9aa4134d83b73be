import { ACME, JANE, type Memberships } from "@platform-api/frontend/testing";
import { expect, it, type TestContext } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, resize, settles } from "../check-page.ts";
import type { ConsoleOptions, ConsoleSuite } from "../console-on-mocks.ts";

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
  legalLinks: ["Terms", "Privacy"].map((label) => ({ label, url: "https://acme.example/" })),
};
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><circle cx="16" cy="16" r="16" fill="#ffd400"/></svg>`;
const BRANDED: Partial<ConsoleOptions> = {
  config: BRAND,
  prepare: (page) =>
    page.route("**/logo.svg", (route) => route.fulfill({ contentType: "image/svg+xml", body: LOGO })),
};

const REMOVED = "You were removed from Initech";

/** How the frame looks around every page. Its rules are tried beside it. */
export function firstLookTests({ open }: ConsoleSuite): void {
  const openAs = (test: TestContext, memberships: Memberships, given: Partial<ConsoleOptions> = {}) =>
    open(test, {
      organizations: [ACME, INITECH],
      users: [{ email: JANE.email, memberships }],
      path: "/",
      ...given,
    });

  it.for<[string, Memberships, Partial<ConsoleOptions>, string]>([
    ["removed", { initech: "removed" }, { organizations: [INITECH] }, REMOVED],
    ["removed-elsewhere", { acme: "member", initech: "removed" }, { path: "/o/initech/runs" }, REMOVED],
    ["not-a-member", { acme: "member" }, { path: "/o/hooli/members" }, "You are not in this organization"],
    ["admins-only", { acme: "member" }, { path: "/o/acme/members" }, "Members is for admins"],
    ["no-organization", {}, { organizations: [INITECH] }, "You are not in an organization"],
    ["to-join", {}, {}, "Join your organization"],
    ["own-sign-in", { initech: "admin" }, { organizations: SHARING }, "Initech has its own sign-in"],
  ])("the page %s can be read by everybody", async ([name, memberships, given, title], test) => {
    const { page } = await openAs(test, memberships, given);
    await heading(page, title).waitFor();
    await checkPage(page, name);
  });

  // One outage, and the longest text. The other reasons differ only in their words.
  it.for(["DIRECTORY_UNAVAILABLE", "IDENTITY_CONFLICT"] as const)(
    "the page of %s can be read by everybody",
    async (reason, test) => {
      const { page, platform } = await openAs(test, { acme: "owner" });
      platform.refuse(reason);
      await page.reload();
      await page.getByText(reason, { exact: true }).waitFor();
      await checkPage(page, `reason-${reason}`);
    },
  );

  it("an outage moves nothing, and a refusal begins where the page that loads does", async (test) => {
    const { page, platform } = await openAs(test, { acme: "owner" }, { path: "/o/acme/runs" });
    await heading(page, "Runs").waitFor();
    await page.evaluate(async () => void (await document.fonts.ready));
    await settles(page);
    const before = await heading(page, "Runs").boundingBox();
    await heading(page, "Runs").evaluate(recordPlaces);
    platform.goDown();
    const bar = page.getByRole("region", { name: "Service status" });
    await bar.getByText("Platform is not responding.").waitFor();
    await settles(page);
    expect(await heading(page, "Runs").boundingBox()).toEqual(before);
    expect(await page.evaluate(() => [...places])).toEqual([before?.y]);
    await checkPage(page, "outage-bar");
    platform.reset();
    await bar.waitFor({ state: "detached" });

    platform.refuse("DOMAIN_NOT_ALLOWED");
    await page.reload();
    await heading(page, "Your e-mail domain isn’t registered").waitFor();
    await checkPage(page, "domain-not-allowed");

    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route("**/trpc/org.me**", async (route) => {
      await promise;
      await route.fallback();
    });
    await page.reload();
    await page.getByText("Loading…").waitFor();
    await resize(page, 1280);
    const logo = page.locator(".wordmark");
    const top = (await logo.boundingBox())?.y;
    await checkPage(page, "loading");
    resolve();
    await heading(page, "Your e-mail domain isn’t registered").waitFor();
    expect((await logo.boundingBox())?.y).toBe(top);
  });

  it("the configured brand is on every page", async (test) => {
    const { page, platform } = await openAs(test, { acme: "owner" }, BRANDED);
    await heading(page, "Runs").waitFor();
    const logo = page.locator("img.logo");
    expect(await logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(32);
    await checkPage(page, "branded-runs");
    await button(page, "Account menu").click();
    await page.getByRole("menuitem", { name: "Privacy" }).waitFor();
    await checkPage(page, "branded-menu");
    await page.keyboard.press("Escape");
    platform.refuse("INTERNAL");
    await page.reload();
    await page.getByText("This is an error in Acme Console.").waitFor();
    await checkPage(page, "branded-problem");

    const signedOut = await open(test, { as: null, path: "/", ...BRANDED });
    await heading(signedOut.page, "Sign in to Acme Console").waitFor();
    await checkPage(signedOut.page, "branded-sign-in");
  });

  it("the page has room on a phone for the account menu and the current tab", async (test) => {
    const organizations = [{ ...ACME, name: "A".repeat(100) }, INITECH];
    const memberships = { acme: "owner", initech: "member" } as const;
    const long = await openAs(test, memberships, { organizations, path: "/o/acme/runs" });
    await heading(long.page, "Runs").waitFor();
    await resize(long.page, 320);
    const box = await button(long.page, "Account menu").boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 320)).toBeLessThanOrEqual(320);
    await checkPage(long.page, "long-name", { axe: false });

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

/** What {@link recordPlaces} has seen. */
declare const places: ReadonlySet<number>;

/** Runs in the page: keeps where each frame draws the element. */
function recordPlaces(element: Element): void {
  const places = new Set<number>();
  Object.assign(window, { places });
  const look = () => {
    places.add(element.getBoundingClientRect().y);
    requestAnimationFrame(look);
  };
  look();
}

/** Runs in the page. */
function isCurrentTabVisible(): boolean {
  const { left = -1, right = 0 } =
    document.querySelector("[aria-current=page]")?.getBoundingClientRect() ?? {};
  return left >= 0 && right <= window.innerWidth;
}
