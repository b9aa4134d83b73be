import type { PlatformClient } from "@platform-api/client";
import type { PlatformHandlers } from "@platform-api/client/testing";
import type { Page } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { button } from "../browser-suite.ts";
import { checkPage } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";
import { focuses } from "./focus.ts";

type Domain = Awaited<ReturnType<PlatformClient["org"]["domains"]["check"]["mutate"]>>;

/** What needs a browser: the focus, and how each state looks. The rules are tried beside the page. */
export function domainsTests({ open }: ConsoleSuite): void {
  const openWith = (test: TestContext, domains: readonly string[] = []) =>
    open(test, { organizations: [{ id: "acme", name: "Acme", domains }], path: "/o/acme/domains" });

  it("an owner proves a domain and releases it, and the focus follows", async (test) => {
    const { page, platform } = await openWith(test);
    await page.getByText("No domains yet").waitFor();
    await checkPage(page, "domains-empty");
    await refuseOneClaim(page);
    await addDomain(page, "jane@gmail.com");
    await page.getByText("gmail.com is a public mail domain").waitFor();
    await page.locator("[name=domain]:focus").waitFor();
    await checkPage(page, "domains-refused");

    await page.getByRole("textbox", { name: "Domain" }).fill("acme.example");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing there yet").waitFor();
    await focuses(page, "acme.examplePending");
    await checkPage(page, "domains-pending-nothing");
    await showLongestFinding(page, platform);

    const value = await page.getByText(/^platform-api-domain=/).textContent();
    platform.setTxt("_platform-api.acme.example", value ?? "");
    await button(page, "Check now: acme.example").click();
    await focuses(page, "acme.exampleVerified");
    const keep = page.getByText("Keep this record: without it the domain lapses.");
    await keep.waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "Connect single sign-on" }).waitFor();
    await checkPage(page, "domains-verified-now");
    await page.keyboard.press("Enter");
    await keep.waitFor();
    await checkPage(page, "domains-verified-open");

    await addDomain(page, "b.example");
    await focuses(page, "b.examplePending");
    await release(page, platform);
    platform.refuse("INTERNAL", { procedure: "org.domains.list" });
    await page.reload();
    await page.getByRole("heading", { name: "Something went wrong on our side" }).waitFor();
    await checkPage(page, "domains-failed");
  });

  it("a missing and a lapsed domain are shown open, and a verified one closed", async (test) => {
    const { page, platform } = await openWith(test, ["given.example"]);
    await page.getByText("Platform has verified this domain. Ask support to change that.").waitFor();
    for (const domain of ["gone.example", "lapsed.example", "proven.example"]) {
      await addDomain(page, domain);
      await focuses(page, `${domain}Pending`);
    }
    platform.change("org.domains.list", (usual) => usual.map(aged));
    platform.change("org.domains.check", aged);
    await page.reload();
    await page.getByText(/^The record has been gone since \w+day\./).waitFor();
    await page.getByText("this domain no longer counts").waitFor();
    expect(await page.getByText("_platform-api.proven.example").first().isVisible()).toBe(false);
    await checkPage(page, "domains-missing-lapsed");
  });
}

/** What a check finds differs only in its words. */
async function showLongestFinding(page: Page, platform: PlatformHandlers): Promise<void> {
  const found: Domain["found"] = { kind: "doubledDomain", values: [], seenBy: 0, resolvers: 2 };
  platform.change("org.domains.check", (usual) => ({ ...usual, found }));
  await button(page, "Check now: acme.example").click();
  await page.getByRole("status").getByText("your provider appended the domain").waitFor();
  await checkPage(page, "domains-pending-doubled");
  platform.change("org.domains.check", (usual) => usual);
}

/** Releases both domains. The first attempt is refused. */
async function release(page: Page, platform: PlatformHandlers): Promise<void> {
  const dialog = page.getByRole("alertdialog");
  const confirm = dialog.getByRole("button", { name: "Release" });
  platform.refuse("NOT_READY", { procedure: "org.domains.release", times: 1 });
  await button(page, "Release acme.example").click();
  await confirm.waitFor();
  await checkPage(page, "domains-release");
  await confirm.click();
  await dialog.getByRole("alert").getByText("Single sign-on is required").waitFor();
  await checkPage(page, "domains-release-refused");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await focuses(page, "Release acme.example");
  await page.keyboard.press("Enter");
  await confirm.click();
  await focuses(page, "b.examplePending");
  await button(page, "Release b.example").click();
  await confirm.click();
  await page.locator("[name=domain]:focus").waitFor();
}

/** A domain some time after it was added. */
function aged(usual: Domain): Domain {
  const lapsesAt = new Date(Date.now() + 11 * 86_400_000).toISOString();
  if (usual.domain === "gone.example") return { ...usual, state: "missing", lapsesAt };
  if (usual.domain === "proven.example") return { ...usual, state: "verified", verifiedBy: "dns" };
  const found: Domain["found"] = { kind: "nothing", values: [], seenBy: 0, resolvers: 2 };
  return usual.domain === "lapsed.example" ? { ...usual, state: "lapsed", found } : usual;
}

async function addDomain(page: Page, domain: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Domain" });
  await field.fill(domain);
  await field.press("Enter");
}

/** As platform-api refuses a claim, in its own words. */
async function refuseOneClaim(page: Page): Promise<void> {
  const data = { code: "BAD_REQUEST", httpStatus: 400, reason: "INPUT_INVALID" };
  const why = "the domain is a public mail domain: its addresses belong to no organization";
  const error = { code: -32_600, message: `The request is not valid: ${why}`, data };
  const answer = { status: 400, json: { error } };
  await page.context().route("**/trpc/org.domains.claim**", (route) => route.fulfill(answer), { times: 1 });
}
