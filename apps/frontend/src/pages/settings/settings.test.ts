// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ACME, JANE } from "../../testing/mocked-platform.ts";
import { type Console, heading, openConsole, says } from "../../testing/open-console.ts";

const BEN = { email: "ben@acme.example", memberships: { acme: "admin" } } as const;

function openSettings(as?: string, locked: readonly "name"[] = []): Promise<Console> {
  const organizations = [{ ...ACME, connections: [{ name: "acme-okta", displayName: "Okta" }], locked }];
  return openConsole({ organizations, users: [JANE, BEN], as, path: "/o/acme/settings" });
}

const nameField = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Name" });

async function rename({ user }: Console, name: string): Promise<void> {
  const field = await nameField();
  await user.clear(field);
  await user.type(field, `${name}{Enter}`);
}

/** The name that the header shows. */
const shown = () => screen.getByRole("banner").querySelector(".shell-organization bdi")?.textContent;

describe("the name of an organization", () => {
  it("is changed before the answer, and the field keeps the focus", async () => {
    const console = await openSettings();
    const release = console.hold("org.update");
    await rename(console, "Acme Works");
    await waitFor(() => expect(shown()).toBe("Acme Works"));
    const field = await nameField();
    expect(field.value).toBe("Acme Works");
    expect(document.activeElement).toBe(field);
    release();
    await says("Renamed to Acme Works");
    expect(console.sent.findLast(({ called }) => called === "org.update")?.input).toEqual({
      organizationId: "acme",
      name: "Acme Works",
    });
  });

  it("is taken back when it is refused, and the text stays to be corrected", async () => {
    const console = await openSettings();
    console.platform.refuse("ROLE_REQUIRED", { procedure: "org.update" });
    await rename(console, "Acme Refused");
    await says("Not changed. This action requires a different role in this organization.");
    const field = await nameField();
    expect(field.value).toBe("Acme Refused");
    expect(shown()).toBe("Acme");
    await console.user.keyboard("{Escape}");
    expect(field.value).toBe("Acme");
  });

  it("cannot have invisible characters", async () => {
    const { user } = await openSettings();
    await user.type(await nameField(), "\u202e");
    await says(
      "Use 1 to 100 visible characters, one of them a letter, digit or symbol, and no web address. Put a space behind a colon or around a slash.",
    );
    expect(screen.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
  });

  it("is as it was after two refused changes, and the last text stays to be corrected", async () => {
    const console = await openSettings();
    const field = await nameField();
    const names: unknown[] = [];
    const note = () => names.at(-1) !== shown() && names.push(shown());
    const observer = new MutationObserver(note);
    observer.observe(screen.getByRole("banner"), { subtree: true, childList: true, characterData: true });
    console.platform.refuse("ROLE_REQUIRED", { procedure: "org.update" });
    const release = console.hold("org.update");
    for (const name of ["Acme One", "Acme Two"]) {
      await rename(console, name);
      await waitFor(() => expect(shown()).toBe(name));
    }
    release();
    await says("Not changed.");
    await waitFor(() => expect(shown()).toBe("Acme"));
    observer.disconnect();
    expect(names).toEqual(["Acme One", "Acme Two", "Acme"]);
    expect(field.value).toBe("Acme Two");
  });
});

it("an owner decides how people join", async () => {
  const { user, choose, reload } = await openSettings();
  const joining = () => screen.findByRole("switch", { name: "Join without an invitation" });
  await says("People with an @acme.example address can join");
  await user.click(await joining());
  await says("People join by invitation.");
  await choose("Default role: Member", "Admin");
  await says("The default role is Admin");
  await reload();
  await screen.findByRole("button", { name: "Default role: Admin" });
  expect(await joining()).toHaveProperty("checked", false);
  await user.click(screen.getByRole("link", { name: "See Sign-in" }));
  await heading("Sign-in");
});

it("an admin sees why settings cannot be changed", async () => {
  await openSettings(BEN.email, ["name"]);
  await says("Set by Platform. Ask support to change it.");
  expect(screen.getAllByText("Only owners can change this.")).toHaveLength(2);
  expect(screen.getByRole("switch")).toHaveProperty("disabled", true);
  expect(await nameField()).toHaveProperty("readOnly", true);
});

describe("the danger zone", () => {
  const OLGA = { email: "olga@acme.example", memberships: { acme: "owner" } } as const;
  const openAs = (as: string, locked: readonly "closing"[] = [], path = "/o/acme/settings") =>
    openConsole({
      organizations: [{ ...ACME, locked }],
      users: [JANE, OLGA, BEN],
      as,
      path,
      config: { supportUrl: "https://help.example/" },
    });
  const closeByApi = ({ clientOf }: Console) =>
    clientOf(JANE.email).org.close.mutate({ organizationId: "acme", name: "Acme" });

  it("closes the organization for an owner who types its name, and another one keeps it open", async () => {
    const console = await openAs(JANE.email);
    await console.press("Close this organization");
    const dialog = await screen.findByRole("alertdialog", { name: "Close Acme?" });
    const close = () => within(dialog).getByRole("button", { name: "Close in 7 days" });
    expect(close()).toHaveProperty("disabled", true);
    await says("No mail tells them, because no mail server is set up: tell them yourself.", dialog);
    await console.user.type(within(dialog).getByRole("textbox"), "Acme");
    await console.user.click(close());
    await says("Acme closes on");
    await screen.findByRole("heading", { level: 3, name: /^Closes on / });
    await says("jane@acme.example asked for it.");
    const { get, keepOpen } = console.clientOf(OLGA.email).org;
    const { closing, state } = await get.query({ organizationId: "acme" });
    expect([state, closing?.mail]).toEqual(["open", "none"]);
    await keepOpen.mutate({ organizationId: "acme" });
    await console.reload();
    await screen.findByRole("button", { name: "Close this organization" });
    expect(screen.queryByRole("button", { name: "Keep it open: Acme" })).toBeNull();
  });

  it("is told above every page, where an owner keeps the organization open", async () => {
    const console = await openAs(OLGA.email, [], "/o/acme/runs");
    await heading("Runs");
    await closeByApi(console);
    await console.reload();
    await says("Acme closes on");
    await console.press("Keep it open: Acme");
    await says("Acme stays open");
    await waitFor(() => expect(screen.queryByText(/closes on/)).toBeNull());
  });

  it("says of a server that does not tell whether it sends mail only what holds with mail", async () => {
    const console = await openAs(JANE.email);
    console.platform.change("org.get", (organization) => {
      Reflect.deleteProperty(organization, "sendsMail");
      return organization;
    });
    await console.reload();
    await console.press("Close this organization");
    await says("All owners are told by mail");
  });

  it("says why the organization was not closed", async () => {
    const console = await openAs(JANE.email);
    await closeByApi(console);
    await console.clientOf(JANE.email).org.keepOpen.mutate({ organizationId: "acme" });
    console.platform.change("org.get", (organization) => ({ ...organization, sendsMail: true }));
    await console.reload();
    await console.press("Close this organization");
    await says("All owners are told by mail, and each of them can keep it open until then.");
    await console.user.type(await screen.findByRole("textbox", { name: /^Type Acme/ }), "Acme");
    await console.press("Close in 7 days");
    await says("Not closed. It was called off a moment ago: wait five minutes.");
  });

  it.each([
    ["an admin", BEN.email, [], "Only owners can close it."],
    ["an owner where the platform has reserved it", JANE.email, ["closing"], "Only Platform closes it"],
  ] as const)("lets %s only leave", async (_, as, locked, why) => {
    const console = await openAs(as, locked);
    await says(why);
    expect(screen.queryByRole("button", { name: "Close this organization" })).toBeNull();
    expect(screen.queryAllByRole("link", { name: "contact support" })).toHaveLength(locked.length);
    await console.press("Leave");
    await screen.findByRole("alertdialog", { name: "Leave Acme?" });
  });

  it("tells the only owner why they cannot leave, until there is another", async () => {
    const console = await openSettings();
    await says("The only owner. Make someone else an owner first.");
    expect(screen.queryByRole("button", { name: "Leave" })).toBeNull();
    const { members } = console.clientOf(JANE.email).org;
    const { items } = await members.list.query({ organizationId: "acme" });
    const ben = items.find(({ email }) => email === BEN.email);
    await members.setRole.mutate({ organizationId: "acme", userId: ben?.userId ?? "", role: "owner" });
    await console.reload();
    await screen.findByRole("button", { name: "Leave" });
  });
});
