import { createPlatformClient } from "@platform-api/client";
import { getResponse } from "msw";
import { it, type TestContext } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const JANE = "jane@globex.example";
const GLOBEX = {
  ...{ id: "globex", name: "Globex", domains: ["globex.example"] },
  connections: [{ name: "globex-okta", displayName: "Okta" }],
};
const USERS = [
  { email: JANE, memberships: { globex: "admin" }, connection: "globex-okta" },
  { email: "olga@globex.example", memberships: { globex: "owner" } },
] as const;

/** Leaving the only organization, which is that of the token. */
export function leavingTests({ open }: ConsoleSuite): void {
  async function openQuestion(
    test: TestContext,
    [path, name]: readonly [path: string, name: string] = ["/organizations", "Leave Globex"],
  ) {
    const opened = await open(test, { organizations: [GLOBEX], users: USERS, as: JANE, path });
    await button(opened.page, name).press("Enter");
    const question = opened.page.getByRole("alertdialog", { name: "Leave Globex?" });
    const leave = () => question.getByRole("button", { name: "Leave" }).press("Enter");
    return { ...opened, question, leave };
  }

  it.for([
    ["/organizations", "Leave Globex"],
    ["/o/globex/members", "Leave the organization"],
  ] as const)("leaving at %s closes the question, and the page says so", async (place, test) => {
    const { page, question, leave } = await openQuestion(test, place);
    await leave();
    await heading(page, "You left Globex").waitFor();
    await question.waitFor({ state: "detached" });
    await page.getByText("To come back, ask an administrator of Globex to invite you.").waitFor();
    const isFocused = () => heading(page, "You left Globex").evaluate((h1) => h1 === document.activeElement);
    await test.expect.poll(isFocused).toBe(true);
    await checkPage(page, `left${place[0].replaceAll("/", "-")}`);
    await page.reload();
    await page.getByText("An administrator ended your membership, or you left.").waitFor();
  });

  it("a lost answer does not hide that the user has left", async (test) => {
    const { page, platform, question, leave } = await openQuestion(test);
    const client = createPlatformClient({
      url: `${new URL(page.url()).origin}/platform`,
      token: platform.tokenFor(JANE),
      fetch: async (input, init) =>
        (await getResponse([...platform.handlers], new Request(input, init))) ?? Response.error(),
    });
    await page.route(/org\.members\.leave/, async (route) => {
      await client.org.members.leave.mutate({ organizationId: "globex" });
      await route.abort("connectionreset");
    });
    await leave();
    await heading(page, "You left Globex").waitFor();
    await question.waitFor({ state: "detached" });
  });

  it("without an answer it is not known, and trying again helps", async (test) => {
    const { page, platform, question, leave } = await openQuestion(test);
    platform.goDown();
    await leave();
    await question.getByText("It is not known yet whether you have left. Try again in a moment.").waitFor();
    platform.reset();
    await leave();
    await heading(page, "You left Globex").waitFor();
  });

  it("a request that did not arrive has changed nothing", async (test) => {
    const { page, question, leave } = await openQuestion(test);
    await page.route(/org\.members\.leave/, (route) => route.abort("connectionreset"));
    await leave();
    await question.getByText("You have not left. Platform is not responding.").waitFor();
  });

  it("an organization that has begun to require single sign-on offers it", async (test) => {
    const { page, platform, question, leave } = await openQuestion(test);
    platform.refuse("SSO_REQUIRED", { procedure: "org.members.leave" });
    platform.change("org.me", (me) => ({
      ...me,
      organizations: me.organizations.map((each) => ({ ...each, ssoRequired: true })),
    }));
    await leave();
    await question
      .getByText("You have not left. Globex now requires single sign-on: sign in with it, then leave.")
      .waitFor();
    await question.getByRole("button", { name: "Cancel" }).press("Enter");
    await button(page, "Sign in to Globex with SSO").waitFor();
  });
}
