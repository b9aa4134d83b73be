// @vitest-environment happy-dom
import type { TestUser } from "@platform-api/client/testing";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ACME, JANE as OWNER } from "../../testing/mocked-platform.ts";
import {
  type ConsoleOptions,
  fill,
  heading,
  itemOf,
  labelOf,
  openConsole,
  says,
} from "../../testing/open-console.ts";

const JANE = OWNER.email;
const BEN = "ben@acme.example";

type Role = "owner" | "admin" | "member" | "removed" | "erased";

function person(name: string, acme: Role, domain = "acme.example"): TestUser {
  return { email: `${name}@${domain}`, memberships: { acme } };
}

const PEOPLE = [
  person("ann", "admin"),
  person("ben", "member"),
  person("cid", "member"),
  OWNER,
  person("kim", "member", "partner.example"),
  person("zoe", "removed"),
];

/** Opens the page, and resolves when it shows these people. */
async function openMembers(names = "jane ann ben cid kim", options: Partial<ConsoleOptions> = {}) {
  const opened = await openConsole({ users: PEOPLE, path: "/o/acme/members", ...options });
  await shows(names);
  return opened;
}

/** The first parts of the addresses that are listed. */
const listed = () =>
  [...document.querySelectorAll("[data-member] .member-email")].map(
    ({ textContent }) => textContent.split("@")[0],
  );
const shows = (names: string) => waitFor(() => expect(listed().join(" ")).toBe(names));
const row = (name: string) =>
  within(screen.getByRole("row", { name: new RegExp(`^(Select ${name}@.* )?${name}@`) }));
const button = (name: string | RegExp) => screen.findByRole("button", { name });
const focuses = (name: string) => waitFor(() => expect(labelOf(document.activeElement)).toBe(name));
const search = () => screen.getByRole<HTMLInputElement>("searchbox");

describe("the list of members", () => {
  it("is searched and filtered by the address of the page", async () => {
    const { user, press, choose, reload } = await openMembers();
    fill(search(), "BE");
    await shows("ben");
    expect(location.search).toBe("?q=BE");
    await reload();
    await shows("ben");
    search().focus();
    await user.keyboard("{Escape}");
    await shows("jane ann ben cid kim");
    expect(location.search).toBe("");
    fill(search(), "nobody");
    await screen.findByRole("heading", { name: "No members found for “nobody”" });
    fill(search(), "Ben Okafor, cid");
    await says("The search is for one person at a time. Those who are selected stay selected.");
    fill(search(), "zo");
    await press("Look among the removed");
    await shows("zoe");
    expect(location.search).toBe("?q=zo&status=removed");
    await press("Clear the search");
    expect(document.activeElement).toBe(search());
    await waitFor(() => expect(location.search).toBe("?status=removed"));
    fill(search(), "nobody");
    await user.keyboard("{Enter}"); // at once
    expect(location.search).toBe("?status=removed&q=nobody");
    await press("Show all members");
    await shows("jane ann ben cid kim");
    expect(search().value).toBe("");
    await choose("Role: All roles", "Admins");
    await shows("ann");
    expect(location.search).toBe("?role=admin");
    search().focus();
    await user.keyboard("{ArrowDown}");
    await focuses("Select ann@acme.example");
  });

  it("leads from a search that finds nobody to why they are still refused", async () => {
    const { platform, user } = await openMembers();
    const at = "2026-11-25T00:00:00.000Z";
    const refused = { email: null, userId: null, connection: null, askedAt: null, count: 1 };
    const of = (domain: string, cure: "none-needed" | null) => {
      return { ...refused, domain, cure, reason: "DOMAIN_NOT_ALLOWED", firstAt: at, lastAt: at } as const;
    };
    platform.change("org.refusals.list", () => [
      of("acme-eu.example", "none-needed"),
      of("acme-labs.example", null),
    ]);
    fill(search(), "eve@acme-labs.example");
    await says("Somebody at acme-labs.example was refused: see Sign-in.");
    fill(search(), "acme-eu");
    await says("Somebody could not get in lately: see Sign-in.");
    await says("but not at the domains of your organization");
    const link = within(screen.getByRole("main")).getByRole("link", { name: "Sign-in" });
    user.click(link);
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Recently refused"));
  });

  it("says of a removed member when they asked to be restored", async () => {
    const { platform, clientOf, reload } = await openMembers("zoe", {
      path: "/o/acme/members?status=removed",
    });
    await says("Those who were removed from Acme, or left.");
    const [zoe] = (await clientOf(JANE).org.members.list.query({ organizationId: "acme", status: "removed" }))
      .items;
    const at = new Date().toISOString();
    const refused = {
      email: null,
      domain: null,
      connection: null,
      cure: null,
      count: 1,
      firstAt: at,
      lastAt: at,
    };
    platform.change("org.refusals.list", () => [
      { ...refused, userId: zoe?.userId ?? "", reason: "MEMBERSHIP_REMOVED", askedAt: at },
    ]);
    await reload();
    await says("Asked to be restored just now");
  });

  it("says when members were removed and by whom, or left, without a request for each", async () => {
    const { clientOf, reload, sent } = await openMembers("zoe", { path: "/o/acme/members?status=removed" });
    const { members } = clientOf(JANE).org;
    const { items } = await members.list.query({ organizationId: "acme", status: "active" });
    const idOf = (email: string) => items.find((each) => each.email === email)?.userId ?? "";
    await members.remove.mutate({ organizationId: "acme", userId: idOf(BEN) });
    const userId = idOf("cid@acme.example");
    await clientOf("ann@acme.example").org.members.remove.mutate({ organizationId: "acme", userId });
    await clientOf("kim@partner.example").org.members.leave.mutate({ organizationId: "acme" });
    await reload();
    await shows("ben cid kim zoe");
    await says("Removed just now by ann@acme.example");
    const rows = [...document.querySelectorAll("[data-member]")];
    expect(rows.map((each) => each.querySelector(".member-asked")?.textContent)).toEqual([
      "Removed just now by you",
      "Removed just now by ann@acme.example",
      "Left just now",
      undefined,
    ]);
    expect(sent.filter(({ called }) => called === "org.members.lookup")).toHaveLength(1);
  });

  it("tells somebody alone what comes next", async () => {
    await openMembers("jane", { users: [OWNER] });
    await screen.findByRole("heading", { name: "Only you so far" });
    await says("Invite a colleague, or tell people at acme.example to sign in.");
  });

  it("has nobody outside without a verified domain, and the domain is the next step", async () => {
    await openMembers("jane", { organizations: [{ ...ACME, domains: [] }], users: [OWNER] });
    await says("Invite a colleague, or verify your domain so that everyone can join.");
    expect(screen.queryByText("Outside")).toBeNull();
  });

  it("shows what others did when the user comes back, and keeps the focus", async () => {
    const { platform } = await openMembers();
    (await button("Remove cid@acme.example")).focus();
    platform.change("org.members.list", ({ items, ...page }) => ({
      items: items.filter(({ email }) => email !== BEN),
      ...page,
    }));
    fireEvent.focus(window);
    await shows("jane ann cid kim");
    await focuses("Remove cid@acme.example");
  });

  it("stays as it is while a menu is open, and shows what others did when it closes", async () => {
    const { platform, press, user } = await openMembers();
    await press(`Role of ${BEN}: Member`);
    await itemOf("History");
    platform.change("org.members.list", ({ items, ...page }) => ({
      items: items.flatMap((each) =>
        each.email === "ann@acme.example" ? [] : { ...each, name: each.email === BEN ? "Ben Okafor" : null },
      ),
      ...page,
    }));
    fireEvent.focus(window);
    await says("Ben Okafor"); // what a row says is new
    expect(listed().join(" ")).toBe("jane ann ben cid kim");
    await user.keyboard("{Escape}");
    await shows("jane ben cid kim");
  });

  it("shows 50 more, and the focus goes to the first of them; a search of so many offers no order", async () => {
    const crowd = Array.from({ length: 70 }, (_, index) => person(`p${100 + index}`, "member"));
    const first = Array.from({ length: 45 }, (_, index) => `p${100 + index}`).join(" ");
    const { press } = await openMembers(`jane ann ben cid kim ${first}`, { users: [...PEOPLE, ...crowd] });
    await press("Show 50 more");
    await focuses("Select p145@acme.example");
    expect(listed()).toHaveLength(75);
    expect(screen.queryByRole("button", { name: "Show 50 more" })).toBeNull();
    fill(search(), "p");
    await says("50+ people found"); // in order within each page only
    expect(screen.queryByRole("button", { name: /^Sort:/ })).toBeNull();
  });

  it("keeps its rows when it cannot be loaded again, and recovers", async () => {
    const { platform, press } = await openMembers();
    platform.refuse("STORE_UNAVAILABLE", { procedure: "org.members.list", retryAfterSeconds: 0 });
    fireEvent.focus(window);
    await says("This list may be out of date.");
    await shows("jane ann ben cid kim");
    platform.reset();
    await press("Try now");
    await waitFor(() => expect(screen.queryByRole("button", { name: "Try now" })).toBeNull());
  });
});

describe("a change of a role", () => {
  it("shows before the answer and says so, and its undo keeps the focus", async () => {
    const { hold, choose, press } = await openMembers();
    const release = hold("org.members.setRole");
    await choose(`Role of ${BEN}: Member`, "Admin");
    await button(`Role of ${BEN}: Admin`);
    const toast = await screen.findByRole("alertdialog");
    within(toast).getByText(`${BEN} is now an admin.`);
    await focuses(`Role of ${BEN}: Admin`);
    release();
    await press("Undo");
    await button(`Role of ${BEN}: Member`);
    await focuses(`Role of ${BEN}: Member`);
  });

  it("is confirmed first when it makes an owner, and shown when it is done", async () => {
    const { choose, press, sent } = await openMembers();
    await choose(`Role of ${BEN}: Member`, "Owner");
    await screen.findByRole("alertdialog", { name: `Make ${BEN} an owner?` });
    expect(sent.map(({ called }) => called)).not.toContain("org.members.setRole");
    await press("Make owner");
    await focuses(`Role of ${BEN}: Owner`);
    await button("Leave the organization");
  });

  it.each([
    ["LAST_OWNER", "Role not changed. The only owner. Make someone else an owner first."],
    ["CONFLICT", "Role not changed. Someone else changed this member meanwhile."],
    ["NOT_FOUND", "Role not changed. They are not a member any more."],
    ["LIMIT_REACHED", "Role not changed. An organization can have at most 20 owners."],
    ["INTERNAL", "Role not changed. Platform could not do it."],
  ] as const)("is taken back when it is refused (%s), and the row says why", async (reason, text) => {
    const { platform, choose, press } = await openMembers();
    platform.refuse(reason, { procedure: "org.members.setRole" });
    await choose(`Role of ${BEN}: Member`, "Admin");
    await says(text);
    row("ben").getByText(text);
    row("ben").getByRole("button", { name: `Role of ${BEN}: Member` });
    await screen.findByText(`${BEN}: ${text}`); // read aloud
    await press(`Dismiss the message about ${BEN}`);
    await waitFor(() => expect(screen.queryByText(text)).toBeNull());
    await focuses(`Select ${BEN}`);
  });

  it("is not reported as refused when a later one has come to the same", async () => {
    const { platform, hold, choose } = await openMembers();
    const release = hold("org.members.setRole");
    await choose(`Role of ${BEN}: Member`, "Admin");
    await choose(`Role of ${BEN}: Admin`, "Member");
    platform.refuse("LIMIT_REACHED", { procedure: "org.members.setRole" });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    release();
    await vi.waitFor(
      () => {
        vi.advanceTimersByTime(500); // the list is loaded again when both are answered
        expect(platform.calls.at(-1)).toBe("org.members.list");
      },
      { timeout: 10_000 },
    );
    expect(row("ben").queryAllByText("Role not changed.", { exact: false })).toEqual([]);
    row("ben").getByRole("button", { name: `Role of ${BEN}: Member` });
  });

  it("is reported in a toast when it is refused after the user has left the page", async () => {
    const { platform, hold, choose, user } = await openMembers();
    const release = hold("org.members.setRole");
    platform.refuse("CONFLICT", { procedure: "org.members.setRole" });
    await choose(`Role of ${BEN}: Member`, "Admin");
    await user.click(screen.getByRole("link", { name: "Runs" }));
    await heading("Runs");
    release();
    await says(`${BEN}: Role not changed. Someone else changed this member meanwhile.`);
  });
});

describe("a removal", () => {
  it("shows at once, moves the focus to the neighbour, and is undone", async () => {
    const { press } = await openMembers();
    await press(`Remove ${BEN}`);
    await shows("jane ann cid kim");
    await focuses("Select cid@acme.example");
    await screen.findByRole("region", { name: "1 notification." });
    const toast = screen.getByRole("alertdialog", { name: "Removed. Access ends within 10 seconds." });
    within(within(toast).getByRole("alert")).getByText(BEN);
    await press(`Undo the removal of ${BEN}`);
    await shows("jane ann ben cid kim");
    await focuses(`Select ${BEN}`);
  });

  it("is of one person, however often a key repeats it", async () => {
    const { user } = await openMembers();
    (await button(`Remove ${BEN}`)).focus();
    await user.keyboard("{Enter}");
    await shows("jane ann cid kim");
    await focuses("Select cid@acme.example");
    await user.keyboard("{Enter}{Enter}");
    await shows("jane ann cid kim");
    expect(screen.queryByText("1 selected")).toBeNull();
  });

  it("is undone by F6 and Enter, which the notification says to who has used a key", async () => {
    const { user, press } = await openMembers();
    fireEvent.pointerDown(document.body);
    await press(`Remove ${BEN}`);
    await button(`Undo the removal of ${BEN}`);
    expect(screen.queryByText("F6 goes to Undo")).toBeNull();
    (await button("Remove cid@acme.example")).focus();
    await user.keyboard("{Enter}");
    await screen.findByText("F6 goes to Undo");
    await user.keyboard("{F6}");
    await focuses("Undo the removal of cid@acme.example");
    await user.keyboard("{Enter}");
    await shows("jane ann cid kim");
    await focuses("Select cid@acme.example");
  });

  it("leaves the notification by F6, Escape or Dismiss to where the focus was before", async () => {
    const { user, press } = await openMembers();
    await press(`Remove ${BEN}`);
    await focuses("Select cid@acme.example");
    await button(`Undo the removal of ${BEN}`);
    for (const key of ["F6", "Escape"]) {
      await user.keyboard("{F6}");
      await focuses(`Undo the removal of ${BEN}`);
      await user.keyboard(`{${key}}`);
      await focuses("Select cid@acme.example");
    }
    await press("Remove cid@acme.example");
    await focuses("Select kim@partner.example");
    await button("Undo the removal of cid@acme.example");
    await user.keyboard("{F6}");
    await focuses("Undo the removal of cid@acme.example");
    await user.keyboard("{Tab}{Enter}"); // one of two is dismissed
    await waitFor(() => expect(screen.getAllByRole("alertdialog")).toHaveLength(1));
    await focuses("Select kim@partner.example");
    await user.keyboard("{F6}");
    await focuses(`Undo the removal of ${BEN}`);
    fill(search(), "jane");
    await shows("jane"); // what had the focus is gone
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1 })));
  });

  it("gives the focus to the title when its refusal closes the notification that has it", async () => {
    const { user, press, platform, hold } = await openMembers();
    platform.refuse("CONFLICT", { procedure: "org.members.remove", times: 1 });
    const release = hold("org.members.remove");
    await press(`Remove ${BEN}`);
    await button(`Undo the removal of ${BEN}`);
    await user.keyboard("{F6}");
    await focuses(`Undo the removal of ${BEN}`);
    fill(search(), "jane");
    await shows("jane"); // what had the focus is gone
    release();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1 })));
  });

  it("puts the row back when it is refused, with its focus, and takes the toast away", async () => {
    const { platform, hold, press, user } = await openMembers();
    platform.refuse("ROLE_REQUIRED", { procedure: "org.members.remove" });
    const release = hold("org.members.remove");
    await press(`Remove ${BEN}`);
    await user.hover(await screen.findByRole("alertdialog")); // it does not close by itself
    await focuses("Select cid@acme.example");
    release();
    await says("Not removed. Your role does not allow it.");
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    await shows("jane ann ben cid kim");
    await focuses(`Select ${BEN}`);
  });

  it("is confirmed first for an owner, as is leaving", async () => {
    const { press } = await openMembers("jane ann ben cid kim max", {
      users: [...PEOPLE, person("max", "owner")],
    });
    await press("Remove max@acme.example");
    await screen.findByRole("alertdialog", { name: "Remove max@acme.example?" });
    await press("Cancel");
    await focuses("Remove max@acme.example");
    await press("Leave the organization");
    await screen.findByRole("alertdialog", { name: "Leave Acme?" });
    await press("Cancel");
    await press("Remove max@acme.example");
    await press("Remove owner");
    await shows("jane ann ben cid kim");
    await focuses("Select kim@partner.example");
  });

  it("is taken back by restoring the member", async () => {
    const { press } = await openMembers("zoe", { path: "/o/acme/members?status=removed" });
    await press("Restore zoe@acme.example");
    await screen.findByRole("heading", { name: "No removed members" });
    await says("zoe@acme.example is a member again.");
    await press("Show all members");
    await shows("jane ann ben cid kim zoe");
  });
});

describe("what may be done", () => {
  it("is nothing for somebody who was erased but to copy their id, and they are the last", async () => {
    const erased = { ...person("amy", "erased"), userId: "0a4b8f0e-5f1c-4b43-9a1b-2f8d1c9f0a01" };
    const users = [...PEOPLE, erased];
    await openMembers("zoe Erased", { users, path: "/o/acme/members?status=removed" });
    const [copy, ...others] = within(screen.getByRole("row", { name: /^Erased/ })).getAllByRole("button");
    expect([labelOf(copy ?? null), others]).toEqual(["Copy ID of erased user 0a4b8f0e", []]);
  });

  it("is shown for each row, with the reason why the only owner must stay", async () => {
    const { press } = await openMembers();
    const tip = row("kim").getByRole("button", { name: "Outside" }).getAttribute("aria-describedby") ?? "";
    expect(document.getElementById(tip)?.textContent).toMatch(/^An address outside the verified domains/);
    row("jane").getByText("You");
    const names = [`Role of ${BEN}: Member`, `Remove ${BEN}`];
    expect(row("ben").getAllByRole("button").map(labelOf)).toEqual(names);
    await button("Leave. The only owner. Make someone else an owner first.");
    await press(`Role of ${JANE}: Owner`);
    const admin = await itemOf("Admin");
    expect(admin.textContent).toContain("The only owner. Make someone else an owner first.");
    expect(admin.getAttribute("aria-disabled")).toBe("true");
  });

  it("does not include owners for an admin", async () => {
    const { press, user } = await openMembers("ann ben cid jane kim", { as: "ann@acme.example" });
    const [remove, ...others] = row("jane").getAllByRole("button");
    expect(others).toEqual([]);
    expect(labelOf(remove ?? null)).toBe(`Remove ${JANE}. Only owners can remove owners.`);
    expect(remove?.getAttribute("aria-disabled")).toBe("true");
    if (remove) await user.click(remove);
    await shows("ann ben cid jane kim");
    await press(`Role of ${BEN}: Member`);
    const owner = await itemOf("Owner");
    expect(owner.textContent).toContain("Only owners can make someone an owner.");
    expect(owner.getAttribute("aria-disabled")).toBe("true");
  });
});
