// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { rememberRoute } from "../../app/session/last-route.ts";
import { passwordRoute } from "../../sign-in/sign-in-options.tsx";
import { controlTime } from "../../testing/control-time.ts";
import { ACME } from "../../testing/mocked-platform.ts";
import { type ConsoleOptions, heading, openConsole, says } from "../../testing/open-console.ts";

const JANE = {
  email: "jane@acme.example",
  userId: "0a4b8f0e-5f1c-4b43-9a1b-2f8d1c9f0a01",
  memberships: { acme: "owner", globex: "member", initech: "member" },
  connection: "acme-okta",
} as const;
const BEN = { email: "ben@acme.example", memberships: { acme: "admin" } } as const;
const ORGANIZATIONS = [
  { ...ACME, connections: [{ name: "acme-okta", displayName: "Okta" }] },
  { id: "globex", name: "Globex", domains: ["globex.example"] },
  {
    id: "initech",
    name: "Initech",
    domains: ["initech.example", "acme.example"],
    connections: [{ name: "initech-adfs", displayName: "AD FS" }],
    enforceSso: true,
  },
];

function openAccount(as: string, respond?: ConsoleOptions["respond"]) {
  const customer = { organizations: ORGANIZATIONS, users: [JANE, BEN], as, path: "/account" };
  return openConsole({ ...customer, ...(respond && { respond }) });
}

it("the account page shows who somebody is, how the account is linked, and where they belong", async () => {
  const { platform } = await openAccount(JANE.email);
  await heading("Account");
  await says("Your company’s verified domain");
  await says("acme-okta");
  await says(JANE.userId);
  const memberships = within(screen.getByRole("region", { name: "Organizations and roles" }));
  expect(memberships.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
    "AcmeOwnerActive",
    "GlobexMember",
    "InitechMemberRequires single sign-on",
  ]);
  expect(platform.calls.filter((each) => each === "auth.link")).toHaveLength(1);
});

it("the account page stays when the link is unavailable, and says that a legacy sign-in has none", async () => {
  const { platform, press, choose } = await openConsole({
    organizations: ORGANIZATIONS,
    users: [BEN],
    as: BEN.email,
    path: "/organizations",
  });
  await heading("Organizations");
  platform.refuse("STORE_UNAVAILABLE", { procedure: "auth.link", retryAfterSeconds: 0 });
  await choose("Account menu", "Account");
  await screen.findByRole("heading", { name: "Your data is unavailable right now" });
  await says(BEN.email);
  platform.refuse("NOT_FOUND", { procedure: "auth.link" });
  await press("Try now");
  await says("Your sign-in names the account itself");
});

it.each([
  [null, "Not through an organization’s single sign-on"],
  [passwordRoute(BEN.email), "With a password, not through an organization’s single sign-on"],
])("a sign-in without an organization, by %j, says how it was made", async (route, text) => {
  if (route !== null) rememberRoute(route);
  await openAccount(BEN.email);
  expect((await screen.findByText("This sign-in")).nextSibling?.textContent).toBe(text);
});

const EVERYWHERE = "Sign out everywhere";
const DONE = "You’re signed out of Platform everywhere.";
const REMAINS = "Browsers may still be signed in at the sign-in service";

/** Presses the button of the dialog. */
async function confirm(): Promise<HTMLElement> {
  const dialog = await screen.findByRole("alertdialog");
  fireEvent.click(within(dialog).getByRole("button", { name: EVERYWHERE }));
  return dialog;
}

it("signing out everywhere says what failed, and after the next second what remains", async () => {
  controlTime();
  const { platform, press, sent } = await openAccount(JANE.email);
  platform.refuse("DELEGATION_NOT_ALLOWED", { procedure: "auth.signOutEverywhere", times: 1 });
  await press(EVERYWHERE);
  const dialog = await confirm();
  await says("Only the person themselves can do this.", dialog);
  platform.refuse("STORE_UNAVAILABLE", { procedure: "auth.signOutEverywhere", times: 1 });
  await confirm();
  await says("It is not known yet whether you are signed out everywhere.", dialog);
  await confirm();
  await says("Signing you out");
  await vi.advanceTimersByTimeAsync(300);
  expect(sent.filter(({ called }) => called === "issuer")).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  await heading("Sign in to Platform"); // the sign-in service does not answer
  await says(`${DONE} ${REMAINS}`);
});

it("signing out everywhere leads through the sign-in service, which ends its sessions", async () => {
  controlTime();
  const issuer = `${location.origin}/issuer/`;
  const discovered = { issuer, end_session_endpoint: `${issuer}logout` };
  const { platform, press, reload } = await openAccount(JANE.email, ({ url }) =>
    url.startsWith(issuer) ? Response.json(discovered) : undefined,
  );
  const assign = vi.spyOn(location, "assign").mockImplementation(() => {});
  onTestFinished(() => assign.mockRestore());
  platform.change("auth.signOutEverywhere", (usual) => ({ ...usual, sessions: "ended" }));
  await press(EVERYWHERE);
  await confirm();
  await vi.advanceTimersByTimeAsync(1_000);
  await expect.poll(() => String(assign.mock.calls[0]?.[0])).toContain(`${issuer}logout`);
  await reload(); // as the sign-in service leads back
  await heading("Sign in to Platform");
  await says(DONE);
  expect(document.body.textContent).not.toContain(REMAINS);
  await reload();
  await heading("Sign in to Platform");
  expect(document.body.textContent).not.toContain(DONE);
});

it("a token that was ended shows as a session that was ended", async () => {
  const { platform } = await openAccount(JANE.email);
  await heading("Account");
  platform.refuse("TOKEN_REVOKED");
  await heading("You were signed out");
});
