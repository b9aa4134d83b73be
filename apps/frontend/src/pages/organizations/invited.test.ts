// @vitest-environment happy-dom
import type { TestUser } from "@platform-api/client/testing";
import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { ACME, JANE } from "../../testing/mocked-platform.ts";
import { heading, openConsole, says } from "../../testing/open-console.ts";

const GUEST = { email: "guest@home.example" };
const LINK = "/sign-in#email=jane%40acme.example";

/** Opens the page of somebody whom Jane then invites. */
async function openInvited(path: string, guest: TestUser = GUEST) {
  const organizations = [ACME, { id: "initech", name: "Initech" }];
  const opened = await openConsole({ organizations, users: [JANE, guest], as: guest.email, path });
  const { invitations } = opened.clientOf(JANE.email).org;
  await invitations.create.mutate({ organizationId: "acme", emails: [guest.email], role: "admin" });
  const states = async () =>
    (await invitations.list.query({ organizationId: "acme" })).items.map(({ state }) => state);
  return { ...opened, invitations, states };
}

const isStored = () => Object.keys(sessionStorage).some((key) => key.startsWith("oidc.user:"));

it("somebody without an organization is asked, and joins", async () => {
  const { press } = await openInvited("/");
  await heading("You have an invitation");
  await says("jane@acme.example invited you to Acme as an admin.");
  await says("You are signed in as guest@home.example.");
  await press("Join Acme");
  await heading("Runs");
  await says("Welcome to Acme. You joined as an admin. Admins manage members, invitations and domains.");
  expect(location.pathname).toBe("/o/acme/runs");
});

it("somebody declines, and may be invited again", async () => {
  const { press, states } = await openInvited("/");
  await press("Decline the invitation to Acme");
  await says("Declined. Acme can invite you again.");
  await heading("You declined this invitation");
  expect(await states()).toEqual(["declined"]);
});

it("an invitation that was revoked meanwhile says so and goes", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }); // nothing is polled
  const { press, invitations, hold } = await openInvited("/");
  await heading("You have an invitation");
  const release = hold("org.me"); // the page has not heard of it
  await invitations.revoke.mutate({ organizationId: "acme", email: GUEST.email });
  await press("Join Acme");
  await says("The invitation to Acme has expired or was revoked. Ask for a new one.");
  release();
  await heading("This invitation was revoked");
});

it("somebody with another organization sees a bar, and answers on the organizations page", async () => {
  const guest = { ...GUEST, memberships: { initech: "owner" } } as const;
  const { platform, press, user } = await openInvited("/o/initech/runs", guest);
  await says("jane@acme.example invited you to Acme as an admin.");
  await user.click(await screen.findByRole("link", { name: "Join or decline" }));
  await heading("Organizations");
  platform.refuse("INTERNAL", { procedure: "org.invitations.accept", times: 1 });
  await press("Join Acme");
  await says("You have not joined.");
  await press("Join Acme");
  await heading("Runs");
  expect(location.pathname).toBe("/o/acme/runs");
});

it("the link of another address offers to switch, and consumes nothing", async () => {
  const { press, reload, states } = await openInvited(LINK);
  await heading("This invitation is for another address");
  await says("The invitation is for jane@acme.example; you are guest@home.example.");
  const { length } = history;
  await press("Switch account");
  await heading("You were invited");
  expect(history.length).toBe(length + 1);
  expect(await screen.findByLabelText("E-mail address")).toHaveProperty("value", "jane@acme.example");
  history.back();
  await heading("This invitation is for another address");
  await reload();
  await heading("You have an invitation"); // still signed in
  expect(await states()).toEqual(["open"]);
});

it("a switch signs out when the other sign-in begins, and not before", async () => {
  const { press, hold } = await openInvited(LINK);
  hold("issuer");
  await press("Switch account");
  await screen.findByLabelText("E-mail address");
  expect(isStored()).toBe(true);
  await press("Continue");
  await says("Taking you to");
  expect(isStored()).toBe(false);
});

it("somebody who stays signed in goes on to their own page", async () => {
  const { press } = await openInvited(LINK);
  await press("Stay signed in as guest@home.example");
  await heading("You have an invitation");
});

it("somebody who stays signed in comes to their organization", async () => {
  const { press } = await openConsole({ path: OWN_LINK });
  await press("Stay signed in as jane@acme.example");
  await heading("Runs");
});

const OWN_LINK = "/sign-in#email=guest%40home.example";

it("the link leads somebody with another organization to Join, and to why there is nothing to join any more", async () => {
  const guest = { ...GUEST, memberships: { initech: "owner" } } as const;
  const { press, invitations, reload } = await openInvited(OWN_LINK, guest);
  await heading("You have an invitation");
  await invitations.revoke.mutate({ organizationId: "acme", email: GUEST.email });
  await reload(); // sooner than the page asks again
  await heading("This invitation was revoked");
  await invitations.create.mutate({ organizationId: "acme", emails: [GUEST.email], role: "member" });
  await reload();
  await press("Join Acme");
  await heading("Runs");
  expect(location.pathname).toBe("/o/acme/runs");
  history.replaceState(null, "", OWN_LINK);
  await reload();
  await heading("You are already a member of Acme and Initech");
});

it("somebody whose sign-in accepts the invitation is welcomed once, and reads later that they are a member already", async () => {
  const { reload, user } = await openConsole({ path: LINK });
  await heading("Welcome to Acme");
  await says("You joined Acme as an owner.");
  await user.click(await screen.findByRole("link", { name: "Go to Acme" }));
  await heading("Runs");
  history.replaceState(null, "", LINK);
  await reload();
  await heading("You are already a member of Acme");
  expect((await screen.findByRole("link", { name: "Go to Acme" })).getAttribute("href")).toBe("/o/acme/runs");
});

it("somebody whom a colleague invited reads at the welcome who it was", async () => {
  const ben = { email: "ben@acme.example" };
  const { clientOf, reload } = await openConsole({ users: [JANE, ben], as: ben.email, path: "/account" });
  await heading("Account");
  const { invitations } = clientOf(JANE.email).org;
  await invitations.create.mutate({ organizationId: "acme", emails: [ben.email], role: "member" });
  history.replaceState(null, "", "/sign-in#email=ben%40acme.example");
  await reload();
  await heading("Welcome to Acme");
  await says("You joined Acme as a member. jane@acme.example invited you.");
});

it("somebody who joined and left reads so on each page, also later, and nothing untrue after a sign-out", async () => {
  const { press, reload } = await openInvited("/");
  await press("Join Acme");
  await heading("Runs");
  for (const path of ["/organizations", OWN_LINK, "/"]) {
    history.replaceState(null, "", path);
    await reload();
    if (path === "/organizations") {
      await press("Leave Acme");
      await screen.findByRole("alertdialog", { name: "Leave Acme?" });
      await press("Leave");
    }
    await heading("You left Acme");
    await says("Your membership ended on ");
  }
  localStorage.removeItem("platform.left");
  await reload();
  await heading("You are not in an organization");
  await says("none has an open invitation for guest@home.example.");
});

const PAST = { organizationId: "acme", name: "Acme", since: "2026-01-01T00:00:00.000Z" };
const UNKNOWN = { inviter: null, inviterName: null };
const BY_BEN = { inviter: "ben@acme.example", inviterName: "Ben Reed" };
const ASK = "mailto:ben%40acme.example?subject=A%20new%20invitation%20to%20Acme";
const ASK_BEN = ["Ask for a new invitation", ASK] as const;

it.each([
  ["expired", BY_BEN, "This invitation has expired", ASK_BEN],
  ["expired", UNKNOWN, "This invitation has expired", null],
  ["revoked", BY_BEN, "This invitation was revoked", ASK_BEN],
  ["void", UNKNOWN, "This invitation is no longer valid", null],
] as const)(
  "the link of one that is %s, by %j, says so, writes to who can help, and leads to another account",
  async (state, by, title, ask) => {
    const { platform, reload } = await openConsole({ users: [JANE, GUEST], as: GUEST.email, path: OWN_LINK });
    platform.change("org.me", (me) => Object.assign(me, { pastInvitations: [{ ...PAST, ...by, state }] }));
    history.replaceState(null, "", OWN_LINK);
    await reload();
    await heading(title);
    if (by.inviterName !== null) await says("Ben Reed (ben@acme.example) invited you to Acme.");
    const main = within(screen.getByRole("main"));
    const links = main.queryAllByRole("link").map((link) => [link.textContent, link.getAttribute("href")]);
    expect(links).toEqual(ask === null ? [] : [ask]);
    const buttons = main.getAllByRole("button").map(({ textContent }) => textContent);
    expect(buttons).toEqual(["Use a different address", "Sign out"]);
  },
);
