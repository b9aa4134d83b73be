// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { rememberRoute } from "../../app/session/last-route.ts";
import { rememberLeft } from "../../organization/last-organization.ts";
import { heading, openConsole, says } from "../../testing/open-console.ts";

const JANE = "jane@globex.example";
const GLOBEX = {
  id: "globex",
  name: "Globex",
  domains: ["globex.example"],
  connections: [{ name: "globex-okta", displayName: "Okta" }],
};
const USERS = [
  { email: JANE, memberships: { globex: "admin" }, connection: "globex-okta" },
  { email: "olga@globex.example", memberships: { globex: "owner" } },
] as const;

/** Asks to leave the only organization, which is that of the token. */
async function openQuestion(path = "/organizations", name = "Leave Globex") {
  rememberRoute({ connection: "globex-okta", login_hint: JANE });
  const opened = await openConsole({ organizations: [GLOBEX], users: USERS, as: JANE, path });
  await opened.press(name);
  await screen.findByRole("alertdialog", { name: "Leave Globex?" });
  return opened;
}

const isClosed = () => waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());

it.each([
  ["/organizations", "Leave Globex"],
  ["/o/globex/members", "Leave the organization"],
])("leaving at %s closes the question, and the page says so", async (path, name) => {
  const { press, reload } = await openQuestion(path, name);
  await press("Leave");
  await heading("You left Globex");
  await isClosed();
  await says(
    "To come back, ask an administrator of Globex to invite this address again. The invitation then appears here.",
  );
  const main = within(screen.getByRole("main"));
  const buttons = main.getAllByRole("button").map(({ textContent }) => textContent);
  expect(buttons).toEqual(["Use a different address", "Sign out"]);
  expect(main.queryByText("MEMBERSHIP_REMOVED")).toBeNull(); // no error
  await waitFor(async () => expect(document.activeElement).toBe(await heading("You left Globex")));
  await reload(); // now the page knows no more than that the token is refused
  await heading("You are no longer in Globex"); // or that they came back elsewhere, and were removed
  await says("You left on ");
  await screen.findByRole("button", { name: "Ask to be restored" });
  localStorage.removeItem("platform.left");
  await reload();
  await heading("You were removed from Globex");
});

it("a lost answer does not hide that the user has left", async () => {
  const { lose, press, clientOf } = await openQuestion();
  await clientOf(JANE).org.members.leave.mutate({ organizationId: "globex" });
  lose("org.members.leave");
  await press("Leave");
  await heading("You left Globex");
  await isClosed();
});

it("another tab says when its user has left, and no longer that they were removed", async () => {
  const { press, clientOf } = await openQuestion();
  const { user } = await clientOf(JANE).org.me.query();
  const left = [{ id: "globex", name: "Globex", at: "2026-11-25T12:00:00.000Z" }];
  await clientOf(JANE).org.members.leave.mutate({ organizationId: "globex" });
  rememberLeft({ userId: user.userId, email: JANE }, left);
  await press("Cancel");
  document.dispatchEvent(new Event("visibilitychange"));
  await heading("You are no longer in Globex");
  await says("You left on Nov 25, 2026");
});

it("the page does not know without an answer whether the user has left, and trying again helps", async () => {
  const { platform, press } = await openQuestion();
  platform.goDown();
  await press("Leave");
  await says("It is not known yet whether you have left. Try again in a moment.");
  platform.reset();
  await press("Leave");
  await heading("You left Globex");
});

it("a request to leave that did not arrive has changed nothing", async () => {
  const { lose, press } = await openQuestion();
  lose("org.members.leave");
  await press("Leave");
  await says("You have not left. Platform is not responding.");
});

it("an organization that has begun to require single sign-on offers it before somebody leaves", async () => {
  const { platform, press } = await openQuestion();
  platform.refuse("SSO_REQUIRED", { procedure: "org.members.leave" });
  platform.change("org.me", (me) => ({
    ...me,
    organizations: me.organizations.map((each) => ({ ...each, ssoRequired: true })),
  }));
  await press("Leave");
  await says("You have not left. Globex now requires single sign-on: sign in with it, then leave.");
  await press("Cancel");
  await screen.findByRole("button", { name: "Sign in to Globex with SSO" });
});
