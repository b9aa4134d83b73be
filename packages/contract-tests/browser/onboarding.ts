import { DEVELOPMENT_PASSWORD } from "@platform-api/dev/identity-provider";
import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import {
  type BrowserSuite,
  button,
  closedBy,
  heading,
  signInByPassword,
  signInBySso,
} from "./browser-suite.ts";
import { SHOWN_MS } from "./chromium.ts";

/** More than the controls of any page. */
const MOST_KEYS = 100;

async function press(target: Locator): Promise<void> {
  await reach(target);
  await target.page().keyboard.press("Enter");
}

async function type(target: Locator, text: string): Promise<void> {
  await reach(target);
  await target.page().keyboard.type(text);
}

/** Moves the focus to the target with the keys that lead there. */
async function reach(target: Locator): Promise<void> {
  await target.waitFor();
  const page = target.page();
  const role = await target.getAttribute("role");
  const key = role?.startsWith("menuitem") ? "ArrowDown" : "Tab";
  for (let pressed = 0; pressed < MOST_KEYS; pressed += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${MOST_KEYS} × ${key} does not reach ${target}`);
}

/** The pages that a customer needs from the first sign-in to required SSO, in one story. */
export function onboardingTests(suite: BrowserSuite): void {
  it("a new owner proves a domain, connects and requires SSO, and manages people with the keyboard alone", async (test) => {
    const { stack } = suite;
    const [id, domain] = ["penny", "penny.example"];
    const owner = `owner@${domain}`;
    const created = await stack.cli("org", "create", id, "--name", id, "--owner", owner);
    expect(created.status).toBe(0);
    const page = await suite.newPage(test);

    await page.goto(stack.url);
    await type(page.getByLabel("E-mail address"), owner);
    await press(button(page, "Continue"));
    await page.waitForURL(`${stack.issuer}**`);
    await type(page.getByLabel("Password"), DEVELOPMENT_PASSWORD);
    await press(button(page, "Sign in"));
    await heading(page, "Runs").waitFor();

    await press(tab(page, "Domains"));
    const claim = page.getByRole("textbox", { name: "Domain" });
    await test.expect.poll(() => claim.inputValue(), { timeout: SHOWN_MS }).toBe(domain);
    await press(button(page, "Add domain"));
    await page.getByText("Nothing there yet").first().waitFor();
    const value = await page
      .getByText(/^platform-api-domain=/)
      .first()
      .textContent();
    stack.dns.records.set(`_platform-api.${domain}`, [value ?? ""]);
    await press(button(page, `Check now: ${domain}`));
    await page.getByText(`People who sign in with @${domain} now join as members.`).first().waitFor();

    await press(tab(page, "Sign-in"));
    await type(page.getByLabel("Name of the sign-in"), "Okta");
    const opening = page.context().waitForEvent("page");
    await press(button(page, "Connect"));
    const wizard = await opening;
    await press(button(wizard, "Create connection"));
    await press(button(wizard, "Enable"));
    await wizard.getByRole("heading", { name: "Connection enabled" }).waitFor();
    await wizard.close();

    await button(page, "Test Okta").waitFor();
    const popping = page.context().waitForEvent("page");
    await press(button(page, "Test Okta"));
    const popup = await popping;
    await closedBy(press(button(popup, "Sign in")), popup);
    await page
      .getByRole("region", { name: "Result of the test" })
      .getByText("Passed", { exact: true })
      .waitFor();
    await press(button(page, "Sign in through Okta"));
    await button(page, "Sign in through Okta").waitFor({ state: "detached" });
    await press(button(page, "Require single sign-on"));
    await page.getByText("Single sign-on is required.").waitFor();

    const dan = `dan@${domain}`;
    const colleague = await suite.newPage(test);
    await signInBySso(colleague, stack, dan);
    await heading(colleague, "Runs").waitFor();
    await press(tab(page, "Members"));
    await press(button(page, `Role of ${dan}: Member`));
    await press(page.getByRole("menuitemradio", { name: /^Admin/ }));
    await button(page, `Role of ${dan}: Admin`).waitFor();
    await tab(colleague, "Members").waitFor();
    await press(button(page, `Remove ${dan}`));
    // It goes after 10 s, but not while it has the focus. The way to it takes a second.
    await reach(button(page, /^Undo the removal/));
    await heading(colleague, `You were removed from ${id}`).waitFor();
    expect(await colleague.getByRole("banner").getByText(id).count()).toBe(0);
    await colleague.reload();
    await heading(colleague, `You were removed from ${id}`).waitFor();
    await press(button(page, /^Undo the removal/));
    await heading(colleague, "Runs").waitFor();

    const guest = `guest-${id}@freelance.example`;
    await press(button(page, "Invite people"));
    await type(page.getByLabel("E-mail addresses"), guest);
    await press(page.getByRole("dialog").getByRole("button", { name: "Invite" }));
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText(guest).first().waitFor();
    const invited = await suite.newPage(test);
    await signInByPassword(invited, stack, guest);
    await button(invited, `Join ${id}`).click();
    await heading(invited, "Runs").waitFor();
    await press(tab(page, "Audit"));
    await page.getByText("required single sign-on").first().waitFor();
  });
}

function tab(page: Page, name: string): Locator {
  return page.getByRole("navigation").getByRole("link", { name, exact: true });
}
