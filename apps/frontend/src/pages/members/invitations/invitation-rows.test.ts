// @vitest-environment happy-dom
import type { ProcedureOutput } from "@platform-api/client/testing";
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { JANE } from "../../../testing/mocked-platform.ts";
import { labelOf, openConsole, says } from "../../../testing/open-console.ts";

const ANNA = "anna@acme.example";
const LEO = "leo@acme.example";
const DAY_MS = 86_400_000;

type Invitation = ProcedureOutput<"org.invitations.list">["items"][number];

/** Opens the page of members with invitations of these addresses. */
async function openRows(
  emails: readonly string[],
  states: Readonly<Record<string, Partial<Invitation>>> = {},
) {
  const opened = await openConsole({ path: "/o/acme/runs" });
  const { platform, user, clientOf } = opened;
  const { invitations } = clientOf(JANE.email).org;
  await invitations.create.mutate({ organizationId: "acme", emails: [...emails], role: "admin" });
  platform.change("org.invitations.list", ({ items, nextCursor }) => ({
    items: items.map((each) => ({ ...each, ...states[each.email] })),
    nextCursor,
  }));
  await user.click(await screen.findByRole("link", { name: "Members" }));
  await screen.findByRole("button", { name: `Invitation of ${emails[0]}` });
  return { ...opened, invitations };
}

const row = (email: string) => screen.getByRole("row", { name: new RegExp(email) });

it("each invitation says what is wrong with it and carries its fix", async () => {
  const expiresAt = new Date(Date.now() + 2 * DAY_MS + 60_000).toISOString();
  const sent = { mail: "sent", expiresAt } as const;
  const { press, sent: calls } = await openRows(["guest@home.example", "old@a.example", "failed@a.example"], {
    "guest@home.example": sent,
    "old@a.example": { ...sent, state: "expired" },
    "failed@a.example": { ...sent, mail: "failed" },
  });
  await says("Expires in 2 days", row("guest@home.example"));
  await says("Outside", row("guest@home.example"));
  await says("Invited by you", row("guest@home.example"));
  await says("Expired", row("old@a.example"));
  await says("Mail failed", row("failed@a.example"));
  within(row("failed@a.example")).getByRole("button", { name: "Copy link for failed@a.example" });
  await press("Resend for old@a.example");
  await says("Renewed the invitation of old@a.example.");
  expect(calls.filter(({ called }) => called === "org.invitations.resend").map(({ input }) => input)).toEqual(
    [{ organizationId: "acme", email: "old@a.example" }],
  );
});

it("revoking an invitation shows before the answer, moves the focus, and can be undone", async () => {
  const { hold, choose, press, invitations } = await openRows([ANNA, LEO]);
  const release = hold("org.invitations.revoke");
  const focuses = (name: string) => waitFor(() => expect(labelOf(document.activeElement)).toBe(name));
  await choose(`Invitation of ${ANNA}`, "Revoke");
  await focuses(`Invitation of ${LEO}`);
  expect(screen.queryByRole("button", { name: `Invitation of ${ANNA}` })).toBeNull();
  release();
  const open = async () => (await invitations.list.query({ organizationId: "acme", state: "open" })).items;
  await waitFor(async () => expect(await open()).toHaveLength(1));
  await press("Undo");
  await focuses(`Invitation of ${ANNA}`);
  await waitFor(async () => expect(await open()).toHaveLength(2));
});

it("revoking the only invitation leads to the heading, and not to somebody else’s row", async () => {
  const { choose } = await openRows([ANNA]);
  await choose(`Invitation of ${ANNA}`, "Revoke");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1 })));
});

it("a refused change of an invitation says why, and the row shows the truth", async () => {
  const { platform, hold, choose, press, user } = await openRows([ANNA]);
  platform.refuse("CONFLICT", { procedure: "org.invitations.revoke" });
  const retryAfterSeconds = 240;
  platform.refuse("RATE_LIMITED", { procedure: "org.invitations.resend", retryAfterSeconds });
  const release = hold("org.invitations.revoke");
  await choose(`Invitation of ${ANNA}`, "Revoke");
  await user.hover(await screen.findByRole("alertdialog")); // it does not close by itself
  release();
  await says("Not revoked. It was accepted meanwhile.");
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  await choose(`Invitation of ${ANNA}`, "Resend");
  await says("Not resent. This address was mailed a moment ago. Try again in 4 minutes.");
  await press(`Dismiss the message about ${ANNA}`);
  await waitFor(() => expect(screen.queryByText("Not resent.", { exact: false })).toBeNull());
});
