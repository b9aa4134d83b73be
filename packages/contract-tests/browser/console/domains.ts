import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const USERS = [
  { email: "jane@acme.example", memberships: { acme: "owner" } },
  { email: "ben@acme.example", memberships: { acme: "admin" } },
] as const;
const DAY_MS = 86_400_000;

type Platform = Awaited<ReturnType<ConsoleSuite["open"]>>["platform"];
type Domain = Parameters<Parameters<typeof changeChecks>[1]>[0];

export function domainsTests({ open }: ConsoleSuite): void {
  const openAs = (
    test: Parameters<ConsoleSuite["open"]>[0],
    { as = "jane@acme.example", domains = [] as string[], enforceSso = false } = {},
  ) => {
    const acme = { id: "acme", name: "Acme", domains, enforceSso };
    return open(test, { organizations: [acme], users: USERS, as, path: "/o/acme/domains" });
  };

  it("an owner adds the domain of their address, and sees it verified without a reload", async (test) => {
    const { page, platform } = await openAs(test);
    await page.getByText("No domains yet").waitFor();
    await checkPage(page, "domains-empty");
    await test.expect.poll(() => field(page).inputValue()).toBe("acme.example");
    await page.keyboard.press("Tab");
    await button(page, "Add domain").press("Enter");
    await line(page, "Nothing there yet").waitFor();
    await page.getByText("Add this TXT record at your DNS provider.").waitFor();
    expect(await focused(page)).toBe("acme.example Pending");
    expect(await field(page).inputValue()).toBe("");
    await checkPage(page, "domains-pending-nothing");

    platform.setTxt("_platform-api.acme.example", await valueOn(page));
    await line(page, "People who sign in with @acme.example now join as members.").waitFor();
    await page.getByText("Verified").waitFor();
    await line(page, "Until you connect single sign-on, they press Join after signing in.").waitFor();
    const keep = page.getByText("Keep this record: without it the domain lapses.");
    await keep.waitFor({ state: "hidden" });
    await expect.poll(() => focused(page)).toBe("acme.example Verified");
    await checkPage(page, "domains-verified-now");
    await page.keyboard.press("Enter");
    await keep.waitFor();
    await checkPage(page, "domains-verified-open");
    await page.getByRole("link", { name: "Connect single sign-on" }).click();
    await heading(page, "Sign-in").waitFor();
  });

  it("each cell of the record can be copied, and the whole sent", async (test) => {
    const { page } = await openAs(test);
    await addDomain(page, "eu.acme.example");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = async (what: string) => {
      await button(page, `Copy ${what} of eu.acme.example`).click();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied("type")).toBe("TXT");
    expect(await copied("name")).toBe("_platform-api.eu.acme.example");
    expect(await copied("short name")).toBe("_platform-api.eu");
    await page.getByText("if your provider adds acme.example itself").waitFor();
    const value = await valueOn(page);
    expect(await copied("value")).toBe(value);
    const sent = page.getByRole("link", { name: /^Send these to .+ runs your DNS$/ });
    expect(await copied("whole record")).toContain(`Value: ${value}`);
    expect(decodeURIComponent((await sent.getAttribute("href")) ?? "")).toContain(`Value: ${value}`);
  });

  const findings = [
    ["oneResolver", "Seen by 1 of 2 resolvers"],
    ["doubledDomain", "Found at _platform-api.acme.example.acme.example: your provider appended the domain"],
    ["atApex", "Found at acme.example itself"],
    ["wrongValue", /A value ending …x7f is there; ours ends …[0-9a-f]{3}$/],
    ["unreachable", "DNS is not answering at the moment"],
  ] as const;
  it.for(findings)("a pending domain shows the finding %s", async ([kind, text], test) => {
    const { page, platform } = await openAs(test);
    const found = { kind, values: kind === "wrongValue" ? ["platform-api-domain=x7f"] : [], resolvers: 2 };
    changeChecks(platform, (usual) => ({
      ...usual,
      found: { ...found, seenBy: kind === "oneResolver" ? 1 : 0 },
    }));
    await addDomain(page, "acme.example");
    await line(page, text).waitFor();
    await checkPage(page, `domains-pending-${kind}`, { axe: kind === "wrongValue" });
  });

  it("a missing and a lapsed domain say what to do, and come back by a check", async (test) => {
    const { page, platform } = await openAs(test, { domains: ["given.example"] });
    await page.getByText("Set by Platform. Ask support to change it.").waitFor();
    for (const domain of ["gone.example", "lapsed.example", "proven.example"]) {
      await addDomain(page, domain);
      platform.setTxt(`_platform-api.${domain}`, await valueOn(rowOf(page, domain)));
      await button(page, `Check now: ${domain}`).click();
      await line(page, `People who sign in with @${domain}`).waitFor();
    }
    const lapsesAt = new Date(Date.now() + 11 * DAY_MS).toISOString();
    const nothing: Domain["found"] = { kind: "nothing", values: [], seenBy: 0, resolvers: 2 };
    let isBack = false;
    const played = (usual: Domain): Domain => {
      if (isBack) return usual;
      const checkedAt = new Date(Date.now() + 1_000).toISOString();
      if (usual.domain === "gone.example") return { ...usual, checkedAt, state: "missing", lapsesAt };
      if (usual.domain === "lapsed.example")
        return { ...usual, checkedAt, state: "lapsed", verifiedBy: null, found: nothing };
      return usual;
    };
    platform.change("org.domains.list", (usual) => usual.map(played));
    changeChecks(platform, played);
    await page.reload();
    await line(page, /The record has been gone since \w+day\. Put it back before \d+ \w+;/).waitFor();
    await line(page, "this domain no longer counts").waitFor();
    expect(await rowOf(page, "proven.example").getByText("_platform-api.proven.example").isVisible()).toBe(
      false,
    );
    await checkPage(page, "domains-missing-lapsed");

    isBack = true;
    await button(page, "Check again: lapsed.example").click();
    await line(page, "People who sign in with @lapsed.example now join as members.").waitFor();
  });

  it("a domain that no customer can own is refused in the field, and nothing is lost", async (test) => {
    const { page } = await openAs(test);
    await refuseClaim(page, "the domain is a public mail domain: its addresses belong to no organization");
    await field(page).fill("jane@gmail.com");
    await page.keyboard.press("Enter");
    await page
      .getByText("gmail.com is a public mail domain: its addresses belong to no organization.")
      .waitFor();
    expect(await field(page).inputValue()).toBe("jane@gmail.com");
    expect(await field(page).evaluate((field) => field === document.activeElement)).toBe(true);
    await checkPage(page, "domains-refused");
    await field(page).fill("");
    await page.keyboard.press("Enter");
    await page.getByText("Enter a domain, such as company.com.").waitFor();
  });

  it("a suggestion that arrives late does not get between what is typed", async (test) => {
    const { page, platform } = await openAs(test);
    await page.getByText("No domains yet").waitFor();
    platform.slowDown(1_000);
    await page.reload();
    await field(page).focus();
    await page.getByText("No domains yet").waitFor();
    await page.keyboard.type("other.example");
    expect(await field(page).inputValue()).toBe("other.example");
  });

  it("releasing asks first, and the focus goes on to the next domain", async (test) => {
    const { page } = await openAs(test);
    await addDomain(page, "a.example");
    await addDomain(page, "b.example");
    await button(page, "Release a.example").click();
    const dialog = page.getByRole("alertdialog", { name: "Release a.example?" });
    await dialog.waitFor();
    await checkPage(page, "domains-release");
    await dialog.getByRole("button", { name: "Release" }).click();
    await rowOf(page, "a.example").waitFor({ state: "detached" });
    await test.expect.poll(() => focused(page)).toBe("b.example Pending");
    await button(page, "Release b.example").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Release" }).click();
    await page.getByText("No domains yet").waitFor();
    await test.expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("name")))
      .toBe("domain");
  });

  it("the last domain under required single sign-on is not released, and the dialog says why", async (test) => {
    const { page, platform } = await openAs(test);
    await addDomain(page, "acme.example");
    platform.refuse("NOT_READY", { procedure: "org.domains.release" });
    await button(page, "Release acme.example").click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByRole("button", { name: "Release" }).click();
    await dialog.getByRole("alert").getByText("Single sign-on is required").waitFor();
    await checkPage(page, "domains-release-refused");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await test.expect.poll(() => focused(page)).toBe("Release");
  });

  it("an admin adds and checks, but does not release", async (test) => {
    const { page } = await openAs(test, { as: "ben@acme.example" });
    await addDomain(page, "acme.example");
    await page.getByText("Only owners can release it.").waitFor();
    expect(await page.getByRole("button", { name: /^Release/ }).count()).toBe(0);
  });

  it("a failed check keeps what was seen, and the next one recovers", async (test) => {
    const { page, platform } = await openAs(test);
    await addDomain(page, "acme.example");
    await line(page, "Nothing there yet").waitFor();
    platform.refuse("INTERNAL", { procedure: "org.domains.check", times: 1 });
    await button(page, "Check now: acme.example").click();
    const failed = line(page, "The last check failed. We try again automatically.");
    await failed.waitFor();
    expect(await line(page, "Nothing there yet").isVisible()).toBe(true);
    await failed.waitFor({ state: "detached" });
  });

  it("says why there is no list", async (test) => {
    const { page, platform } = await openAs(test);
    await page.getByText("No domains yet").waitFor();
    platform.refuse("INTERNAL", { procedure: "org.domains.list" });
    await page.reload();
    await page.getByRole("heading", { name: "Something went wrong on our side" }).waitFor();
    await checkPage(page, "domains-failed");
  });
}

function changeChecks(
  platform: Platform,
  change: Parameters<typeof platform.change<"org.domains.check">>[1],
) {
  platform.change("org.domains.check", change);
}

function field(page: Page): Locator {
  return page.getByRole("textbox", { name: "Domain" });
}

/** The live line with this text. */
function line(page: Page, text: string | RegExp): Locator {
  return page.getByRole("status").locator("p").filter({ hasText: text });
}

function rowOf(page: Page, domain: string): Locator {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: domain }) });
}

/** The value of the first record shown. */
async function valueOn(part: Page | Locator): Promise<string> {
  return (await part.getByText(/^platform-api-domain=/).textContent()) ?? "";
}

async function addDomain(page: Page, domain: string): Promise<void> {
  await field(page).fill(domain);
  await page.keyboard.press("Enter");
  await rowOf(page, domain).waitFor();
}

function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return (
      [...(element?.children ?? [])]
        .map((part) => part.textContent)
        .filter(Boolean)
        .join(" ") ||
      element?.textContent ||
      ""
    );
  });
}

/** As platform-api refuses a claim, in its own words. */
async function refuseClaim(page: Page, why: string): Promise<void> {
  const data = { code: "BAD_REQUEST", httpStatus: 400, reason: "INPUT_INVALID" };
  const error = { code: -32_600, message: `The request is not valid: ${why}`, data };
  await page.context().route("**/trpc/org.domains.claim**", (route) => {
    return route.fulfill({ status: 400, json: { error } });
  });
}
