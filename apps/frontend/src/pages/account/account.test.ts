// @vitest-environment happy-dom
import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ACME } from "../../testing/mocked-platform.ts";
import { heading, openConsole, says } from "../../testing/open-console.ts";

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

function openAccount(as: string) {
  return openConsole({ organizations: ORGANIZATIONS, users: [JANE, BEN], as, path: "/account" });
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
