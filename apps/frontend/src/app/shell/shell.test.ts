// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, onTestFinished } from "vitest";
import { JANE } from "../../testing/mocked-platform.ts";
import { heading, openConsole, says, textsOf } from "../../testing/open-console.ts";

const BEN = "ben@acme.example";
const CID = "cid@acme.example";
const USERS = [
  JANE,
  { email: BEN, memberships: { acme: "member" } },
  { email: CID, memberships: { acme: "member" } },
] as const;
const PAGES = ["Runs", "Members", "Domains", "Sign-in", "Audit", "Settings"];

const open = (path: string, as?: string) => openConsole({ users: USERS, as, path });
const tabs = () => [...screen.getByRole("navigation").querySelectorAll("a")];

it("an owner goes to every page by the navigation", async () => {
  const { user } = await open("/");
  await heading("Runs");
  expect(tabs().map(({ textContent }) => textContent)).toEqual(PAGES);
  for (const tab of tabs()) {
    await user.click(tab);
    await heading(tab.textContent);
  }
});

it.each([
  ["/o/acme", "Runs", "/o/acme/runs"],
  ["/o/acme/", "Runs", "/o/acme/runs"],
  ["/o/acme/members/extra", "Not found", "/o/acme/members/extra"],
])("%s leads to %s", async (path, title, shown) => {
  await open(path);
  await heading(title);
  expect(location.pathname).toBe(shown);
});

it("a member sees no page for admins, and learns whom to ask", async () => {
  await open("/o/acme/members", BEN);
  await heading("Members is for admins");
  await says(JANE.email);
  expect(tabs().map(({ textContent }) => textContent)).toEqual(["Runs"]);
});

it("after a sign-out in another tab nothing is said or shown of what was in progress", async () => {
  const { press, choose, hold, sent, user } = await open("/o/acme/members");
  await press(`Remove ${CID}`);
  await user.hover(await screen.findByRole("alertdialog")); // it does not close by itself
  const release = hold("org.members.setRole");
  await choose(`Role of ${BEN}: Member`, "Admin");
  const other = new BroadcastChannel("platform.sign-out");
  other.postMessage(`auth0|${JANE.email}`);
  other.close();
  await heading(/^Sign in/);
  await waitFor(() => expect(screen.queryAllByRole("alertdialog")).toEqual([]));
  const said = textsOf(document.body);
  release();
  await waitFor(() => expect(sent.at(-1)).toMatchObject({ called: "org.members.setRole", isAnswered: true }));
  await new Promise((resolve) => setTimeout(resolve));
  expect([...said, document.body.textContent].filter((text) => text.includes(BEN))).toEqual([]);
});

describe("the keys of the page", () => {
  it("go to its search and show what there is, and can be switched off", async () => {
    const { user, press } = await open("/o/acme/members");
    const search = await screen.findByRole<HTMLInputElement>("searchbox");
    await user.keyboard("/");
    expect(document.activeElement).toBe(search);
    await user.keyboard("/?");
    expect(search.value).toBe("/?"); // letters of a text
    await user.keyboard("{Escape}");
    (await screen.findByRole("link", { name: "Runs" })).focus();
    await user.keyboard("?");
    const dialog = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    await user.click(within(dialog).getByRole("switch"));
    await press("Close");
    await user.keyboard("/?");
    expect(document.activeElement).not.toBe(search);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("are listed in the account menu, also on a page without a search", async () => {
    const { choose, user } = await open("/o/acme/settings");
    await heading("Settings");
    await user.keyboard("/");
    await choose("Account menu", "Keyboard shortcuts");
    await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
  });

  it("are not listed for who has only fingers", async () => {
    Object.defineProperty(navigator, "maxTouchPoints", { value: 5, configurable: true });
    onTestFinished(() => void Reflect.deleteProperty(navigator, "maxTouchPoints"));
    const { press } = await open("/o/acme/settings");
    await press("Account menu");
    await screen.findByRole("menuitem", { name: "Account" });
    expect(screen.queryByRole("menuitem", { name: "Keyboard shortcuts" })).toBeNull();
  });
});
