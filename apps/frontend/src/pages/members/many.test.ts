// @vitest-environment happy-dom
import type { TestUser } from "@platform-api/client/testing";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { ACME, JANE } from "../../testing/mocked-platform.ts";
import {
  type ConsoleOptions,
  fill,
  heading,
  itemOf,
  labelOf,
  openConsole,
  says,
} from "../../testing/open-console.ts";

const PEOPLE: readonly TestUser[] = [
  { email: "ann@acme.example", name: "Ann Turner", memberships: { acme: "admin" } },
  { email: "ben@acme.example", memberships: { acme: "member" } },
  { email: "cid@acme.example", memberships: { acme: "member" } },
  JANE,
  { email: "kim@partner.example", memberships: { acme: "owner" } },
];

const shown = () =>
  [...document.querySelectorAll("[data-member]")].map((row) => {
    const [name] = row.querySelector(".member-email")?.textContent.split("@") ?? [];
    return `${name} ${row.querySelector(".member-role")?.textContent}`;
  });
const shows = (rows: string) => waitFor(() => expect(shown().join(", ")).toBe(rows));
const box = (name: string) => screen.findByRole<HTMLInputElement>("checkbox", { name: `Select ${name}` });
const check = async (name: string, isRange = false) =>
  fireEvent.click(await box(name), { shiftKey: isRange });
const allBox = () => screen.findByRole<HTMLInputElement>("checkbox", { name: /^Select all/ });
/** The buttons of the dialog of who is selected. */
async function deselects(title: string) {
  const dialog = await screen.findByRole("dialog", { name: title });
  return within(dialog)
    .getAllByRole("button", { name: /^Deselect/ })
    .map(labelOf);
}
const itemHasFocus = (name: string) =>
  waitFor(async () => expect((await itemOf(name)).matches("[data-focused]")).toBe(true));
const EVERYONE = "jane Owner, ann Admin, ben Member, cid Member, kim Owner";

async function openMembers(options: Partial<ConsoleOptions> = {}) {
  const opened = await openConsole({ users: PEOPLE, path: "/o/acme/members", ...options });
  await shows(EVERYONE);
  return opened;
}

it("a range of rows gets a role, and one undo gives each the role that it had", async () => {
  const { press, sent, hold } = await openMembers();
  await check("ann@acme.example");
  await check("cid@acme.example", true);
  await says("3 selected");
  const release = hold("org.members.changeMany");
  await press("Role of 3 people");
  await itemHasFocus("Owner"); // the first one: they have several roles
  fireEvent.click(await itemOf("Member"));
  await shows("jane Owner, ann Member, ben Member, cid Member, kim Owner"); // before the answer
  await waitFor(async () => expect(document.activeElement).toBe(await allBox()));
  release();
  await says("1 person is now a member. 2 were members already.");
  await check("ben@acme.example");
  await check("kim@partner.example");
  await press("Role of 2 people");
  fireEvent.click(await itemOf("Admin"));
  const question = await screen.findByRole("alertdialog", { name: "Make 2 people admins?" });
  expect(question.textContent).toContain(
    "One of them is an owner. They stop being owners within 10 seconds.",
  );
  fireEvent.click(within(question).getByRole("button", { name: "Make admins" }));
  await shows("jane Owner, ann Member, ben Admin, cid Member, kim Admin");
  const news = await screen.findByRole("group", { name: "The last change" });
  await says("2 people are now admins.", news);
  await press("Undo the change of all");
  await shows("jane Owner, ann Member, ben Member, cid Member, kim Owner");
  await says("2 people have their roles again: 1 owner and 1 member.");
  await press("Dismiss");
  await waitFor(() => expect(screen.queryByRole("group", { name: "The last change" })).toBeNull());
  const changes = sent.filter(({ called }) => called === "org.members.changeMany");
  expect(changes.map(({ input }) => input)).toMatchObject([
    { userIds: { length: 1 }, change: { role: "member" } },
    { userIds: { length: 2 }, change: { role: "admin" } },
    { userIds: { length: 1 }, change: { role: "member" } },
    { userIds: { length: 1 }, change: { role: "owner" } },
  ]);
});

it("owners are asked about first, and a row that is refused says why and stays selected", async () => {
  const { press, platform } = await openMembers();
  fireEvent.click(await allBox());
  await says("4 selected"); // all but oneself
  await press("Remove 4 people");
  const question = await screen.findByRole("alertdialog", { name: "Remove 4 people?" });
  expect(question.textContent).toContain("One of them is an owner.");
  platform.change("org.members.changeMany", (rows) =>
    rows.map((row, index) => (index === 1 ? { ...row, outcome: "CONFLICT", member: null } : row)),
  );
  fireEvent.click(within(question).getByRole("button", { name: "Remove 4 people" }));
  await says("Removed 3 people. Access ends within 10 seconds.");
  await says("1 not changed:");
  await says("ben@acme.example: Not removed. Someone else changed this member meanwhile.");
  await shows("jane Owner, ben Member");
  await says("Not removed. Someone else changed this member meanwhile.");
  await waitFor(async () => expect((await box("ben@acme.example")).checked).toBe(true));
});

it("a removed row that comes back is selected again", async () => {
  const { press, platform } = await openMembers();
  await check("ann@acme.example");
  await check("cid@acme.example", true);
  platform.change("org.members.changeMany", (rows) =>
    rows.map((row) => ({ ...row, outcome: "INTERNAL", member: null })),
  );
  await press("Remove 3 people");
  const question = await screen.findByRole("alertdialog", { name: "Remove 3 people?" });
  fireEvent.click(within(question).getByRole("button", { name: "Remove 3 people" }));
  await says("Nothing was changed.");
  await shows(EVERYONE);
  await says("3 selected");
});

it("people are collected by several searches, and changed although not all are seen", async () => {
  const { choose, press, platform, user } = await openMembers();
  await check("ben@acme.example");
  fill(screen.getByRole("searchbox"), "turner");
  await shows("ann Admin");
  await says("1 selected");
  expect((await allBox()).checked).toBe(false); // nobody on this page
  await check("ann@acme.example");
  await choose("Role: All roles", "Owners");
  fill(screen.getByRole("searchbox"), "");
  await shows("jane Owner, kim Owner");
  fireEvent.click(await allBox());
  await says("3 selected");
  await press("See who is selected");
  const ann = "Deselect \u2068Ann Turner\u2069 (ann@acme.example)";
  const left = ["ben@acme.example", "kim@partner.example"].map((email) => `Deselect ${email}`);
  expect(await deselects("3 selected")).toEqual([ann, ...left]); // in the order of the list
  await user.keyboard("{Enter}"); // the focus is on none of them
  await press(ann);
  await waitFor(() => expect(labelOf(document.activeElement)).toBe(left[0]));
  expect(await deselects("2 selected")).toEqual(left);
  await says("2 selected", screen.getByText("2 selected", { selector: "[role=status]" }));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(labelOf(document.activeElement)).toBe("See who is selected"));
  platform.change("org.members.changeMany", (rows) =>
    rows.map((row, index) => (index === 0 ? { ...row, outcome: "CONFLICT", member: null } : row)),
  );
  await press("Role of 2 people");
  fireEvent.click(await itemOf("Admin"));
  await press("Make admins");
  await says("ben@acme.example: Role not changed. Someone else changed this member meanwhile.");
  await says("1 selected"); // who was refused
  screen.getByRole("searchbox").focus();
  await user.keyboard("{Escape}");
  await press("Clear the selection");
  await waitFor(() => expect(screen.queryByRole("group", { name: "Selected rows" })).toBeNull());
});

it("a row that goes from the list is not selected any more", async () => {
  const { press } = await openMembers();
  await check("ben@acme.example");
  await check("cid@acme.example");
  await press("Remove ben@acme.example");
  await says("1 selected");
});

it("what is selected stays while another page is shown", async () => {
  const { user } = await openMembers();
  await check("ann@acme.example");
  await check("cid@acme.example");
  await user.click(screen.getByRole("link", { name: "Audit" }));
  await heading("Audit");
  await user.click(screen.getByRole("link", { name: "Members" }));
  await says("2 selected");
  await screen.findByRole("button", { name: "Role of 2 people" });
  await shows(EVERYONE);
  expect((await box("ann@acme.example")).checked).toBe(true);
  expect((await box("ben@acme.example")).checked).toBe(false);
});

it("what is said of many goes, with its undo, when one of them is changed again", async () => {
  const { choose, press } = await openMembers();
  await check("ben@acme.example");
  await check("cid@acme.example");
  await press("Role of 2 people");
  await itemHasFocus("Member"); // which both are
  fireEvent.click(await itemOf("Admin"));
  await says("2 people are now admins.");
  await choose("Role of ann@acme.example: Admin", "Member");
  await shows("jane Owner, ann Member, ben Admin, cid Admin, kim Owner");
  await screen.findByRole("button", { name: "Undo the change of all" });
  await choose("Role of cid@acme.example: Admin", "Member");
  await waitFor(() => expect(screen.queryByRole("group", { name: "The last change" })).toBeNull());
  await screen.findByRole("alertdialog", { name: "cid@acme.example is now a member." }); // with the undo that is left
});

it("a change of many closes the older notification about one of them, and F6 goes to its undo and back", async () => {
  const { choose, press, user } = await openMembers();
  await choose("Role of cid@acme.example: Member", "Admin");
  const ofCid = await screen.findByRole("alertdialog", { name: "cid@acme.example is now an admin." });
  await press("Remove ben@acme.example");
  const undoOfBen = await screen.findByRole("button", { name: "Undo the removal of ben@acme.example" });
  await check("ann@acme.example");
  await check("cid@acme.example");
  await press("Role of 2 people");
  await itemHasFocus("Admin");
  await user.keyboard("{ArrowDown}{Enter}");
  const news = await screen.findByRole("group", { name: "The last change" });
  await says("2 people are now members.", news);
  await says("F6 goes to Undo", news);
  expect(ofCid.isConnected).toBe(false);
  expect(undoOfBen.isConnected).toBe(true); // it is still true
  const before = await box("cid@acme.example");
  before.focus();
  for (const key of ["F6", "Escape"]) {
    await user.keyboard("{F6}");
    expect(labelOf(document.activeElement)).toBe("Undo the change of all");
    await user.keyboard(`{${key}}`);
    expect(document.activeElement).toBe(before);
  }
  await press("Remove cid@acme.example"); // of which a newer notification tells
  await screen.findByRole("button", { name: "Undo the removal of cid@acme.example" });
  await user.keyboard("{F6}");
  expect(labelOf(document.activeElement)).toBe("Undo the removal of cid@acme.example");
});

it("invitations are resent and revoked together, and invited again by one undo", async () => {
  const { press, choose, clientOf, platform } = await openMembers();
  const emails = ["ida@acme.example", "ivo@acme.example"];
  const { invitations } = clientOf(JANE.email).org;
  await invitations.create.mutate({ organizationId: ACME.id, emails, role: "admin" });
  fireEvent.focus(window);
  for (const email of emails) await check(email);
  platform.change("org.invitations.changeMany", (rows) =>
    rows.map((row, index) => ({
      ...row,
      outcome: index === 0 ? "CONFLICT" : "RATE_LIMITED",
      invitation: null,
    })),
  );
  await press("Resend 2 invitations");
  await says(
    "Nothing was changed. 2 were refused: 1 was answered or revoked, or the person is a member already, 1 was mailed a moment ago.",
  );
  platform.change("org.invitations.changeMany", (rows) => rows);
  await press("Revoke 2 invitations");
  await says("Revoked 2 invitations.");
  expect(document.querySelectorAll("[data-invitation]")).toHaveLength(0);
  await press("Undo");
  await says("2 invitations invited again");
  expect(document.querySelectorAll("[data-invitation]")).toHaveLength(2);
  await choose("Invitation of ida@acme.example", "Resend");
  await waitFor(() => expect(screen.queryByRole("group", { name: "The last change" })).toBeNull());
  const { items } = await invitations.list.query({ organizationId: ACME.id });
  expect(items.map(({ email, role, state }) => [email, role, state])).toEqual(
    emails.map((email) => [email, "admin", "open"]),
  );
});

it("the list is sorted and exported as its address says", async () => {
  const { choose, press, sent } = await openMembers();
  await choose("Sort: Address", "Name");
  await waitFor(() => expect(location.search).toBe("?sort=name"));
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  await press("Export as CSV");
  await says("Exported 5 people to acme-members-");
  expect(saved).toHaveLength(1);
  const { input } = sent.findLast(({ called }) => called === "org.members.list") ?? {};
  expect(input).toMatchObject({ sort: "name", limit: 100 });
});
