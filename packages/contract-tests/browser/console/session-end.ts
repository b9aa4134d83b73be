import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { heading } from "../browser-suite.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const JANE = "jane@acme.example";

export function sessionEndTests({ open }: ConsoleSuite): void {
  it("after a sign-out in another tab nothing is said or shown of what was in progress", async (test) => {
    const { page, platform } = await open(test, {
      organizations: [{ id: "acme", name: "Acme", domains: ["acme.example"] }],
      users: [
        { email: JANE, memberships: { acme: "owner" } },
        { email: "ben@acme.example", memberships: { acme: "member" } },
        { email: "cid@acme.example", memberships: { acme: "member" } },
      ],
      as: JANE,
      path: "/o/acme/members",
    });
    await page.getByRole("button", { name: "Remove cid@acme.example" }).click();
    const toast = page.getByText("Removed. Access ends within 10 seconds.");
    await toast.waitFor();
    const said = await listen(page);
    platform.slowDown(1_500);
    const answered = page.waitForResponse((response) => response.url().includes("members.setRole"));
    await page.getByRole("button", { name: "Role of ben@acme.example:" }).click();
    await page.getByRole("menuitemradio", { name: /^Admin/ }).click();
    await signOutInAnotherTab(page);
    await heading(page, /^Sign in/).waitFor();
    await toast.waitFor({ state: "detached" });
    await (await answered).finished();
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(said.filter((text) => text.includes("ben@acme.example"))).toEqual([]);
  });
}

async function signOutInAnotherTab(page: Page): Promise<void> {
  const other = await page.context().newPage();
  await other.goto(new URL("/config.json", page.url()).href);
  await other.evaluate((sub) => {
    new BroadcastChannel("platform.sign-out").postMessage(sub);
  }, `auth0|${JANE}`);
}

/** Everything that screen readers are told from now on. */
async function listen(page: Page): Promise<string[]> {
  const said: string[] = [];
  await page.exposeFunction("note", (text: string) => text !== "" && said.push(text));
  await page.evaluate(() => {
    const report = () =>
      Reflect.get(window, "note")(document.querySelector("#root > [role=status]")?.textContent ?? "");
    new MutationObserver(report).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  return said;
}
