// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { controlTime } from "../../testing/control-time.ts";
import { ACME, JANE } from "../../testing/mocked-platform.ts";
import { type Console, openConsole, says } from "../../testing/open-console.ts";

const OKTA = { name: "acme-okta", displayName: "Acme Okta", strategy: "okta" };
const BEN = { email: "ben@acme.example", memberships: { acme: "admin" } } as const;
const OUTSIDER = { email: "nora@freelance.example", memberships: { acme: "owner" } } as const;
const organizationId = "acme";
const path = "/o/acme/sign-in";

/** Opens the page of an organization that has no connection yet. */
const openWithout = () => openConsole({ path });

/** Opens the page of an organization with a connection. */
function openWith(as?: string): Promise<Console> {
  const organizations = [{ ...ACME, connections: [OKTA] }];
  return openConsole({ organizations, users: [JANE, BEN, OUTSIDER], as, path });
}

/** Plays the tabs that the page opens. @returns where they were sent, and how many were closed */
function playTabs() {
  const tabs = { urls: [] as string[], closed: 0 };
  vi.stubGlobal("open", () => ({
    sessionStorage: { clear() {} },
    document: document.implementation.createHTMLDocument(),
    location: { replace: (url: string) => tabs.urls.push(url) },
    closed: false,
    close() {
      tabs.closed += 1;
    },
  }));
  return tabs;
}

async function connect({ user }: Console, name: string): Promise<void> {
  await user.type(await screen.findByLabelText("Name of the sign-in"), `${name}{Enter}`);
}

/** Finishes what was begun, as in the other tab. */
async function finishSetUp({ platform, clientOf }: Console): Promise<void> {
  const connections = await clientOf(JANE.email).org.connections.list.query({ organizationId });
  for (const { name } of connections) platform.finishSetup(name, "okta");
}

async function signInThrough({ reload }: Console, connection: string): Promise<void> {
  const route = new URLSearchParams({ connection, login_hint: JANE.email });
  sessionStorage.setItem("platform.sign-in", `${route}`);
  await reload();
}

const link = () => screen.queryByRole<HTMLAnchorElement>("link", { name: /^Open the set-up/ });

it("an owner connects an identity provider, and sees its set-up complete without a press", async () => {
  controlTime();
  const page = await openWithout();
  const tabs = playTabs();
  await page.press("Connect");
  await says("Enter a name, such as Company Okta.");
  await page.user.type(screen.getByLabelText("Name of the sign-in"), "Acme Okta");
  await says("“Continue with Acme Okta”");
  await page.user.keyboard("{Enter}");
  await says("Waiting for the details of your identity provider.");
  expect(link()?.href).toMatch(/^https:\/\/auth0\.test\/.*ticket=/);
  expect(tabs.urls).toEqual([link()?.href]);
  expect(JSON.stringify([{ ...sessionStorage }, { ...localStorage }])).not.toContain("ticket");
  await finishSetUp(page);
  await vi.advanceTimersByTimeAsync(5_000);
  await says("People can sign in through Acme Okta.");
  await screen.findByRole("button", { name: "Test Acme Okta" });
});

it("a set-up that cannot go on says why, and is started again or removed", async () => {
  const page = await openWithout();
  playTabs();
  page.platform.change("org.connections.get", (usual) => ({ ...usual, waitingFor: "commonEndpoint" }));
  await connect(page, "Acme Entra");
  await says("Microsoft’s common endpoint");
  await page.reload();
  await says("Needs a change");
  expect(link()).toBeNull();
  await page.press("Start again");
  await waitFor(() => expect(link()).not.toBeNull());
  await page.press("Remove the set-up of Acme Entra");
  await screen.findByLabelText("Name of the sign-in");
});

it("the page says why a set-up cannot begin, and offers its link where the new tab is blocked", async () => {
  const page = await openWithout();
  const tabs = playTabs();
  page.platform.refuse("LIMIT_REACHED", { procedure: "org.connections.begin", times: 1 });
  await connect(page, "Acme Okta");
  await says("An organization has at most 10 connections. Remove one first.");
  expect(tabs).toEqual({ urls: [], closed: 1 });
  vi.stubGlobal("open", () => null);
  await page.press("Connect");
  await says("Your browser blocked the new tab.");
  expect(link()).not.toBeNull();
});

it("a test says so when its window is blocked", async () => {
  const { press } = await openWith();
  vi.stubGlobal("open", () => null);
  await press("Test Acme Okta");
  await says("Your browser blocked the window.");
});

it("single sign-on can be required once it was tested and used, and says its effects first", async () => {
  const page = await openWith();
  const require = () => screen.findByRole("button", { name: "Require single sign-on" });
  await says("Test Acme Okta first.");
  await says("Passwords stop working for @acme.example at once.");
  await says("nora@freelance.example stays exempt.");
  const testedAt = new Date().toISOString();
  page.platform.change("org.connections.list", (list) => list.map((each) => ({ ...each, testedAt })));
  await signInThrough(page, "Username-Password-Authentication");
  await says("Sign in through Acme Okta once, then require it.");
  expect((await require()).getAttribute("aria-disabled")).toBe("true");
  await page.press("Require single sign-on");
  expect(page.platform.calls).not.toContain("org.update");
  await signInThrough(page, OKTA.name);
  expect((await require()).hasAttribute("aria-disabled")).toBe(false);
  await page.press("Require single sign-on");
  await says("Sign in through Acme Okta first: enforcing SSO would lock you out."); // the mocks know better
});

it("an admin tests, and sees that the rest is for owners", async () => {
  const { press } = await openWith(BEN.email);
  await says("Only owners can require single sign-on. Ask");
  await screen.findByRole("button", { name: "Test Acme Okta" });
  expect(screen.queryByRole("button", { name: "Add a connection" })).toBeNull();
  await press("Actions for Acme Okta");
  await says("RemoveOnly Platform can change it", await screen.findByRole("menu"));
});

it("an owner renames a connection, switches it off and on, and undoes it", async () => {
  controlTime();
  const page = await openWithout();
  const { choose, clientOf, press, user } = page;
  await clientOf(JANE.email).org.connections.begin.mutate({ organizationId, displayName: "Acme Okta" });
  await finishSetUp(page);
  await page.reload();
  await choose("Actions for Acme Okta", "Rename");
  await user.clear(await screen.findByLabelText("Name of Acme Okta"));
  await user.keyboard("Okta{Enter}");
  await choose("Actions for Okta", "Switch off");
  await says("Nobody can sign in through Okta now.");
  await vi.advanceTimersByTimeAsync(2_000); // the list is asked again
  await says("Okta is switched off.");
  await press("Undo");
  await vi.advanceTimersByTimeAsync(2_000);
  await screen.findByRole("button", { name: "Test Okta" });
  await choose("Actions for Okta", "Switch off");
  await choose("Actions for Okta", "Switch on");
  await vi.advanceTimersByTimeAsync(2_000);
  await screen.findByRole("button", { name: "Test Okta" });
});

it("a further connection is refused beside what is known, and begins when it can", async () => {
  const page = await openWith();
  playTabs();
  await page.press("Add a connection");
  await page.user.type(await screen.findByLabelText("Name of the sign-in"), "{Escape}");
  await page.press("Add a connection");
  page.platform.refuse("AUTH0_UNAVAILABLE", { procedure: "org.connections.begin", times: 1 });
  await connect(page, "Acme Entra");
  await says("Platform cannot set up sign-in at the moment.");
  await page.press("Connect");
  await says("Waiting for the details");
  await screen.findByRole("button", { name: "Test Acme Okta" });
});

const STRANGER = { email: "nell@acme-labs.example", connection: "acme-okta" };
const REMOVED = {
  email: "rob@acme.example",
  connection: "acme-okta",
  memberships: { acme: "removed" },
} as const;

/** Opens the page after these people were refused. */
async function openRefused(): Promise<Console> {
  const organizations = [{ ...ACME, connections: [OKTA] }];
  const page = await openConsole({ organizations, users: [JANE, STRANGER, REMOVED], path });
  for (const { email } of [STRANGER, REMOVED])
    await expect(page.clientOf(email).org.me.query()).rejects.toThrow();
  await page.reload();
  return page;
}

it("the page lists who was refused, and why: of a stranger only the domain, which a link leads to verifying", async () => {
  const page = await openRefused();
  await says("Somebody at acme-labs.example");
  await says("acme-labs.example was not a verified domain of yours.");
  expect(document.body.textContent).not.toContain("nell");
  const verify = await screen.findByRole("link", { name: "Add and verify acme-labs.example" });
  expect(verify.getAttribute("href")).toBe("/o/acme/domains?domain=acme-labs.example");
  page.user.click(verify);
  await says("Somebody tried to sign in with it, and was refused.");
  const field = await screen.findByLabelText<HTMLInputElement>("Domain");
  expect([field.value, document.activeElement]).toEqual(["acme-labs.example", field]);
  await page.press("Add and verify");
  await says("Enter its record at your DNS provider.");
  page.user.click(await screen.findByRole("link", { name: "Sign-in" }));
  await screen.findByRole("link", { name: "See the record of acme-labs.example" });
});

it("the page says first that somebody could not get in, and leads to who", async () => {
  const page = await openRefused();
  await says("Somebody could not get in lately.");
  await page.press("See why");
  expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Recently refused" }));
  page.platform.change("org.refusals.list", (all) => all.map((each) => ({ ...each, cure: "none-needed" })));
  await page.reload();
  await says("Settled");
  expect(screen.queryByText("Somebody could not get in lately.", { exact: false })).toBeNull();
});

it("a removed member is restored where they asked for it", async () => {
  const page = await openRefused();
  const { org } = page.clientOf(REMOVED.email);
  await org.askToBeRestored.mutate({});
  await page.reload();
  await says("They asked to be restored just now.");
  page.platform.refuse("ROLE_REQUIRED", { procedure: "org.members.restore", times: 1 });
  await page.press(`Restore ${REMOVED.email}`);
  await says("Restore did not work. Your role does not allow it.");
  await page.press(`Restore ${REMOVED.email}`);
  await says("Restored");
  expect((await org.me.query()).organizations).toMatchObject([{ id: "acme", role: "member" }]);
});

it("a person who is not a member is invited", async () => {
  const page = await openRefused();
  const refusals = await page.clientOf(JANE.email).org.refusals.list.query({ organizationId });
  const invited = refusals.map((each) => ({
    ...each,
    email: "new@acme.example",
    reason: "NOT_A_MEMBER" as const,
    cure: "invite" as const,
  }));
  page.platform.change("org.refusals.list", () => invited.slice(0, 1));
  await page.reload();
  await page.press("Invite new@acme.example");
  await says("Invited");
  const { items } = await page.clientOf(JANE.email).org.invitations.list.query({ organizationId });
  expect(items).toMatchObject([{ email: "new@acme.example", role: "member" }]);
});

it("nobody was refused where nobody was", async () => {
  await openWith();
  await says("Nobody in the last 14 days.");
});
