// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ACME, JANE } from "../../testing/mocked-platform.ts";
import { heading, openConsole, says } from "../../testing/open-console.ts";

it("joining without an answer says so, and only a press tries it again", async () => {
  const organizations = [ACME, { id: "globex", name: "Globex", domains: ACME.domains }];
  const { lose, press } = await openConsole({ organizations, path: "/organizations" });
  const find = lose("org.join");
  await press("Join Globex");
  await screen.findByRole("heading", { name: "You have not joined Globex" });
  expect(document.body.textContent).not.toContain("Trying again automatically");
  find();
  await press("Join Globex");
  await says("Your workflow runs in Globex.");
});

it("a member leaves an organization, whose address says when, and its only owner reads why not", async () => {
  const { press, reload } = await openConsole({
    organizations: [ACME, { id: "globex", name: "Globex" }],
    users: [{ ...JANE, memberships: { acme: "owner", globex: "member" } }],
    path: "/organizations",
  });
  await press("Leave Acme");
  const dialog = await screen.findByRole("alertdialog", { name: "Leave Acme?" });
  await says("You are the only owner. Make someone else an owner first.", dialog);
  expect(within(dialog).queryByRole("button", { name: "Leave" })).toBeNull();
  await press("Go to the members");
  await heading("Members");
  history.replaceState(null, "", "/organizations");
  await reload();
  await press("Leave Globex");
  await screen.findByRole("alertdialog", { name: "Leave Globex?" });
  await press("Leave");
  await says("You left Globex");
  const mine = within(screen.getByRole("region", { name: "Your organizations" }));
  expect(mine.getAllByRole("listitem")).toHaveLength(1);
  await waitFor(async () => expect(document.activeElement).toBe(await heading("Organizations")));
  history.replaceState(null, "", "/o/globex/runs");
  await reload();
  await heading("You left Globex");
  await says("Your membership ended on ");
});

describe("a closed organization", () => {
  const closedBy = {
    userId: "00000001-0000-4000-8000-000000000000",
    email: "olga@acme.example",
    name: "Olga Orlov",
  };
  const closedAt = "2026-11-24T12:00:00.000Z";
  /** Jane's organizations are closed when the page is loaded. */
  async function openClosed(path: string, ...ids: readonly string[]) {
    const organizations = [ACME, { id: "globex", name: "Globex" }];
    const users = [{ ...JANE, memberships: { acme: "owner", globex: "member" } } as const];
    const opened = await openConsole({ organizations, users, path });
    await heading("Runs");
    opened.platform.change("org.me", (me) => ({
      ...me,
      organizations: me.organizations.filter(({ id }) => !ids.includes(id)),
      closed: me.organizations
        .filter(({ id }) => ids.includes(id))
        .map(({ id, name }) => ({ id, name, closedAt, closedBy: id === "acme" ? closedBy : null })),
    }));
    history.replaceState(null, "", path);
    await opened.reload();
    return opened;
  }

  it("says on each of its pages when it was closed and by whom, and leads to the others", async () => {
    const { user } = await openClosed("/o/acme/runs", "acme");
    await heading("Acme is closed");
    await says("by \u2068Olga Orlov\u2069 (olga@acme.example)");
    await says("Nothing was deleted");
    await user.click(screen.getByRole("link", { name: "See your organizations" }));
    await heading("Organizations");
    await screen.findByRole("heading", { level: 2, name: "Closed" });
    await screen.findByRole("button", { name: "Leave Globex" });
  });

  it("says it in place of any page to those who have no other", async () => {
    await openClosed("/", "acme", "globex");
    await heading("Your organizations are closed");
    await says("by Platform");
  });
});
