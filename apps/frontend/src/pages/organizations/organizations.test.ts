// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
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

it("a member leaves an organization, and its only owner reads why not", async () => {
  const { press } = await openConsole({
    organizations: [ACME, { id: "globex", name: "Globex" }],
    users: [{ ...JANE, memberships: { acme: "owner", globex: "member" } }],
    path: "/organizations",
  });
  await press("Leave Acme");
  await screen.findByRole("alertdialog", { name: "Leave Acme?" });
  await press("Leave");
  await says("You are the only owner. Make someone else an owner first.");
  await press("Cancel");
  await press("Leave Globex");
  await screen.findByRole("alertdialog", { name: "Leave Globex?" });
  await press("Leave");
  await says("You left Globex");
  const mine = within(screen.getByRole("region", { name: "Your organizations" }));
  expect(mine.getAllByRole("listitem")).toHaveLength(1);
  await waitFor(async () => expect(document.activeElement).toBe(await heading("Organizations")));
});
