// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { JANE } from "../../../testing/mocked-platform.ts";
import { fill, openConsole, says } from "../../../testing/open-console.ts";

const ADA = { email: "ada@acme.example", memberships: { acme: "admin" } } as const;
const USERS = [
  JANE,
  ADA,
  { email: "ben@acme.example", memberships: { acme: "member" } },
  { email: "max@acme.example", memberships: { acme: "removed" } },
  { email: "guest@home.example" },
] as const;

/** Opens the dialog. */
async function openDialog(as?: string) {
  const opened = await openConsole({ users: USERS, as, path: "/o/acme/members" });
  await opened.press("Invite people");
  return { ...opened, field: await addressField() };
}

const addressField = () => screen.findByLabelText<HTMLInputElement>("E-mail addresses");
const rows = () => within(screen.getByRole("grid", { name: "People to invite" })).getAllByRole("row");
const chips = () => rows().map(({ textContent }) => textContent);
const invited = () =>
  [...document.querySelectorAll("[data-invitation]")].map((row) => row.getAttribute("data-invitation"));
const isClosed = () => waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

it("pasted people become chips, the bad ones marked, and each gets an answer", async () => {
  const { user, press, field } = await openDialog();
  field.focus();
  await user.paste(
    "Doe, Anna <anna@acme.example>; ben@acme.example\nmax@acme.example, leo@acme\nguest@home.example",
  );
  await says("1 of these is not an e-mail address.");
  expect(rows()).toHaveLength(5);
  screen.getByRole("button", { name: "Remove leo@acme, not an e-mail address", hidden: true });
  await says("People at @acme.example need no invitation");
  await press("Invite 4 people");
  const answers = within(await screen.findByRole("list", { name: "Answers" }));
  expect(answers.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
    "anna@acme.exampleInvited",
    "ben@acme.exampleAlready a member, role unchanged",
    "max@acme.exampleWas removedRestore",
    "guest@home.exampleInvited",
  ]);
  expect(chips()).toEqual(["leo@acme, not an e-mail address"]);
  await waitFor(() => expect(invited()).not.toEqual([]));
  expect(invited()).toEqual(["anna@acme.example", "guest@home.example"]); // before the list is loaded again
  const told = screen.getByText("2 people invited, 1 is already a member, 1 was removed earlier.");
  expect(told.closest("[inert], [aria-hidden=true]")).toBeNull();
  await press("Restore max@acme.example");
  await says("Restored", screen.getByRole("dialog"));
  await user.keyboard("{Escape}");
  await isClosed();
});

it("takes 100 at a time and says so beyond", async () => {
  const { user, press, field, sent } = await openDialog();
  field.focus();
  await user.paste(Array.from({ length: 102 }, (_, i) => `person-${i}@acme.example`).join("\n"));
  await says(
    "You can invite 100 people at a time. Remove 2 of the 102 addresses, and invite them afterwards.",
  );
  await press(/^Invite 102/); // it can be focused, and does nothing
  expect(sent.map(({ called }) => called)).not.toContain("org.invitations.create");
});

it("keeps the addresses of a refused call, also while the dialog is closed", async () => {
  const { platform, user, press, field } = await openDialog();
  platform.refuse("LIMIT_REACHED", { procedure: "org.invitations.create", times: 1 });
  fill(field, "anna@acme.example");
  await press(/^Invite 1/);
  await says("500 invitations are open.");
  await user.keyboard("{Escape}");
  await isClosed();
  await press("Invite people");
  await addressField();
  expect(chips()).toEqual(["anna@acme.example"]);
  await press(/^Invite 1/);
  await isClosed();
  await says("Invited anna@acme.example");
  await screen.findByRole("row", { name: /anna@acme\.example/ });
});

it("offers no role above one's own, and sends the one that is chosen", async () => {
  const { user, press, field, sent } = await openDialog(ADA.email);
  await press("Role: Member");
  const roles = await screen.findAllByRole("menuitemradio");
  expect(roles.map(({ textContent }) => textContent.replace(/(?<=.)[A-Z].*/, ""))).toEqual([
    "Admin",
    "Member",
  ]);
  await waitFor(() => expect(document.activeElement?.closest("[role=menu]")).not.toBeNull());
  await user.keyboard("{Home}{Enter}");
  await screen.findByRole("button", { name: "Role: Admin" });
  fill(field, "anna@acme.example");
  await press(/^Invite 1/);
  await isClosed();
  expect(sent.find(({ called }) => called === "org.invitations.create")?.input).toEqual({
    organizationId: "acme",
    emails: ["anna@acme.example"],
    role: "admin",
  });
});

it("a link can ask to invite somebody with a role", async () => {
  const { press } = await openConsole({ users: USERS, path: "/o/acme/members?invite=owner" });
  await screen.findByRole("button", { name: "Role: Owner" });
  await press("Close");
  await isClosed();
  expect(location.search).toBe("");
});
