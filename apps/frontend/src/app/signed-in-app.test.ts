// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { controlTime } from "../testing/control-time.ts";
import { ACME, JANE, type Memberships } from "../testing/mocked-platform.ts";
import {
  type Console,
  type ConsoleOptions,
  heading,
  openConsole,
  says,
  textsOf,
} from "../testing/open-console.ts";
import { rememberRoute } from "./session/last-route.ts";

const INITECH = { id: "initech", name: "Initech" };
/** Both have verified the domain, so that a password is allowed, but not everywhere. */
const SHARING = [
  { ...ACME, jit: false },
  { ...INITECH, domains: ACME.domains, enforceSso: true, connections: [{ name: "initech-okta" }] },
];
const BRAND = {
  name: "Acme Console",
  supportUrl: "mailto:help@acme.example",
  legalLinks: [{ label: "Terms", url: "https://acme.example/terms" }],
};

function openAs(memberships: Memberships, given: Partial<ConsoleOptions> = {}): Promise<Console> {
  const users = [{ email: JANE.email, memberships }];
  return openConsole({ organizations: [ACME, INITECH], users, path: "/", ...given });
}

const links = () => screen.queryAllByRole("navigation").flatMap((each) => [...each.querySelectorAll("a")]);

it("a user who was removed from their only organization reads so, and is offered no page", async () => {
  await openAs({ initech: "removed" }, { organizations: [INITECH] });
  await heading("You were removed from Initech");
  await says("An administrator ended your membership.");
  await says("Only an administrator of Initech can let you back in.");
  expect(links()).toEqual([]);
  expect(document.querySelector(".shell-slash")).toBeNull();
});

it("a removed user asks to be restored, and reads when they can ask again", async () => {
  const { press, platform, sent } = await openAs({ initech: "removed" }, { organizations: [INITECH] });
  platform.refuse("STORE_UNAVAILABLE", { procedure: "org.askToBeRestored", times: 1 });
  expect((await screen.findByRole("button", { name: "Ask to be restored" })).className).toMatch(
    "button-primary",
  );
  expect((await screen.findByRole("button", { name: "Sign out" })).className).not.toMatch("button-primary");
  await press("Ask to be restored");
  await says("The administrators were not asked. Try again in a moment.");
  await press("Ask to be restored");
  await says("You asked the administrators of Initech just now: they get a mail.");
  await says("This page lets you in when one of them restores you. You can ask again in 7 days.");
  const asked = sent.filter(({ called }) => called === "org.askToBeRestored").map(({ input }) => input);
  expect(asked).toEqual(Array(2).fill({ organizationId: "initech" }));
});

it("a user whom two organizations have removed asks each of them", async () => {
  const { press } = await openAs({ acme: "removed", initech: "removed" });
  await press("Ask Acme to restore you");
  await says("You asked the administrators of Acme just now");
  await screen.findByRole("button", { name: "Ask Initech to restore you" });
});

it("somebody who is removed reads so within seconds, also after a reload, and returns when restored", async () => {
  controlTime();
  rememberRoute({ connection: "acme-okta", organization: "org_acme", login_hint: JANE.email });
  const users = [{ ...JANE, organizationId: "acme" }];
  const { platform, reload } = await openAs({}, { users, path: "/account" });
  await heading("Account");
  platform.refuse("MEMBERSHIP_REMOVED");
  await vi.advanceTimersByTimeAsync(3_000);
  await heading("You were removed from Acme");
  expect(screen.getByRole("banner").textContent).not.toContain("Acme");
  await reload();
  await heading("You were removed from Acme");
  platform.reset();
  await vi.advanceTimersByTimeAsync(3_000);
  await heading("Account");
});

it("the pages of an organization that removed the user offer no page of another", async () => {
  const { press } = await openAs({ acme: "member", initech: "removed" }, { path: "/o/initech/runs" });
  await heading("You were removed from Initech");
  expect(links()).toEqual([]);
  await press("See your organizations");
  await heading("Organizations");
});

it("the pages of an unknown organization offer those of the user", async () => {
  const { choose } = await openAs({ acme: "member" }, { path: "/o/hooli/members" });
  await heading("You are not in this organization");
  await choose("Choose an organization", "Acme");
  await heading("Members is for admins");
});

it.each(["/", "/o/initech/members"])(
  "an organization that requires single sign-on offers it at %s",
  async (path) => {
    await openAs({ initech: "admin" }, { organizations: SHARING, path });
    await heading("Initech has its own sign-in");
    const primary = [...document.querySelectorAll(".button-primary")];
    expect(primary.map(({ textContent }) => textContent)).toEqual(["Sign in with SSO"]);
  },
);

it("an outage is announced once, loses nothing that was typed, and ends by itself", async () => {
  controlTime();
  const { platform, user } = await openAs({ acme: "owner" }, { path: "/o/acme/runs" });
  await user.type(await screen.findByLabelText("Title"), "Not lost");
  const said = textsOf(document.querySelector("[data-live-announcer]") ?? document.body);
  platform.goDown();
  await vi.advanceTimersByTimeAsync(5_000);
  await screen.findByRole("region", { name: "Service status" });
  await says("Platform is not responding.");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(screen.getByLabelText<HTMLInputElement>("Title").value).toBe("Not lost");
  await user.click(screen.getByRole("link", { name: "Settings" }));
  await heading("Settings");
  platform.reset();
  await vi.advanceTimersByTimeAsync(5_000);
  await waitFor(() => expect(screen.queryByRole("region", { name: "Service status" })).toBeNull());
  await waitFor(() => expect([...said]).toContain("Working again"));
  expect([...said].filter((text) => text.startsWith("Platform is not responding"))).toHaveLength(1);
});

it("a problem shows what support needs, and one press copies it", async () => {
  const { platform, press, reload } = await openAs({ acme: "owner" });
  await heading("Runs");
  platform.refuse("DOMAIN_NOT_ALLOWED");
  await reload();
  await heading("Your e-mail domain isn’t registered");
  await says("Your company’s sign-in sent us jane@acme.example");
  const request = screen.getAllByRole("definition").at(-1)?.textContent;
  expect(request).toMatch(/^[0-9a-f-]{36}$/);
  await press("Copy details");
  await says("Copied the details");
  const copied = await navigator.clipboard.readText();
  expect(copied).toContain("Reason: DOMAIN_NOT_ALLOWED\nAddress: jane@acme.example\nTime: ");
  expect(copied).toContain(`\nRequest: ${request}\n`);
});

it("the configured brand replaces ours everywhere", async () => {
  const { platform, press, reload } = await openAs({ acme: "owner" }, { config: BRAND });
  await heading("Runs");
  expect(document.title).toBe("Runs · Acme Console");
  await press("Account menu");
  await screen.findByRole("menuitem", { name: "Terms" });
  expect(document.body.textContent).not.toContain("Platform");
  platform.refuse("INTERNAL");
  await reload();
  await says("This is an error in Acme Console.");
  const mail = screen.getByRole<HTMLAnchorElement>("link", { name: "Contact support" });
  expect(decodeURIComponent(mail.href)).toContain("Reason: INTERNAL");
  expect(document.body.textContent).not.toContain("Platform");
});

it("the sign-in page carries the brand, and the links of the law", async () => {
  await openConsole({ as: null, path: "/", config: BRAND });
  await heading("Sign in to Acme Console");
  await screen.findByRole("link", { name: "Terms" });
  expect(document.body.textContent).toContain("Acme Console never sees your password.");
  expect(document.body.textContent).not.toContain("Platform");
});

/** Opens the app with a token that can be renewed, to what `supply` says then. */
async function openRenewable() {
  const issuer = `${location.origin}/issuer/`;
  const supply = { token: "" };
  const opened = await openAs(
    { acme: "owner" },
    {
      path: "/o/acme/runs",
      respond({ url }) {
        if (url === `${issuer}token`)
          return Response.json({ access_token: supply.token, token_type: "Bearer" });
        if (!url.startsWith(issuer)) return undefined;
        const authorization_endpoint = `${issuer}authorize`;
        return Response.json({ issuer, authorization_endpoint, token_endpoint: `${issuer}token` });
      },
    },
  );
  const [[key, stored] = ["", "{}"]] = Object.entries({ ...sessionStorage });
  sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(stored), refresh_token: "refresh" }));
  const old: string = JSON.parse(stored).access_token;
  return { ...opened, supply, key, old };
}

it.each([
  ["comes back", "focus"],
  ["signs in there", "storage"],
])("a user who verifies the address elsewhere and %s is let in by a new token", async (_, event) => {
  const { platform, press, reload, supply, key, old } = await openRenewable();
  const next = platform.tokenFor(JANE.email);
  supply.token = next;
  for (const token of [old, next]) platform.refuse("EMAIL_UNVERIFIED", { token });
  await reload();
  await heading("Verify your e-mail address");
  await says("If you come back to this page afterwards, it goes on by itself.");
  await waitFor(() => expect(sessionStorage.getItem(key)).toContain(next)); // which says the same
  const early = platform.tokenFor(JANE.email);
  supply.token = early;
  platform.refuse("EMAIL_UNVERIFIED", { token: early });
  await press("I have verified it");
  await says("Not verified yet");
  expect(screen.getByText("EMAIL_UNVERIFIED").closest("details")?.open).toBe(false);
  supply.token = platform.tokenFor(JANE.email);
  window.dispatchEvent(new Event(event));
  await heading("Runs");
});

it("an outage of the sign-in service does not end a session with an expired token, which is then renewed", async () => {
  controlTime();
  const { platform, lose, reload, supply, key, old } = await openRenewable();
  await reload();
  await heading("Runs");
  const find = lose("issuer");
  platform.refuse("TOKEN_EXPIRED", { token: old });
  supply.token = platform.tokenFor(JANE.email);
  const seen = textsOf(document.body);
  await vi.advanceTimersByTimeAsync(3_000);
  await says("The sign-in service is not responding.");
  find();
  await vi.advanceTimersByTimeAsync(3_000);
  await waitFor(() => expect(screen.queryByRole("region", { name: "Service status" })).toBeNull());
  expect([...seen].join()).not.toContain("Your session has ended");
  expect(sessionStorage.getItem(key)).toContain(supply.token);
});

it("a list that was refused because the role is lost asks once who the user is", async () => {
  controlTime();
  const users = [
    { email: JANE.email, memberships: { acme: "admin" } },
    { email: "ben@acme.example", memberships: { acme: "member" } },
  ] as const;
  const { platform, press } = await openAs({}, { users, path: "/o/acme/members" });
  await screen.findByRole("button", { name: "Remove ben@acme.example" });
  platform.refuse("MEMBERSHIP_REMOVED");
  await press("Remove ben@acme.example");
  await heading(/^You were removed from/);
  platform.calls.length = 0;
  await vi.advanceTimersByTimeAsync(13_000);
  // A poll every three seconds, and one call for each refused list. A loop asks hundreds of times.
  const asked = platform.calls.filter((each) => each === "org.me").length;
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(20);
  platform.reset();
  await vi.advanceTimersByTimeAsync(3_000);
  await heading("Members");
});
