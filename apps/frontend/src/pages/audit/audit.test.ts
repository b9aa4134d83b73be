// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { controlTime } from "../../testing/control-time.ts";
import { JANE as OWNER } from "../../testing/mocked-platform.ts";
import {
  type Console,
  type ConsoleOptions,
  fill,
  heading,
  openConsole,
  says,
} from "../../testing/open-console.ts";
import { entryOf } from "./entry-shape.fixture.ts";

const [JANE, BEN, CARL] = [OWNER.email, "ben@acme.example", "carl@acme.example"] as const;
const IDS = {
  [BEN]: "1b5c9f1f-6a2d-4c54-8b2c-3a9e2d0a1b02",
  [CARL]: "2c6d0a2a-7b3e-4d65-9c3d-4b0f3e1b2c03",
} as const;
const USERS = [
  OWNER,
  { email: BEN, userId: IDS[BEN], memberships: { acme: "member" } },
  { email: CARL, userId: IDS[CARL], memberships: { acme: "member" } },
  { email: "zoe@acme.example" },
] as const;

const RENAMED = `${JANE} renamed the organization from Acme to Acme Inc`;
const REMOVED = `${BEN} removed ${CARL}`;
const INVITED = `${BEN} invited zoe@acme.example as a member`;
const PROMOTED = `${JANE} made ${BEN} an admin`;

async function makeHistory({ clientOf, platform }: Console): Promise<void> {
  const organizationId = "acme";
  const [jane, ben] = [clientOf(JANE).org, clientOf(BEN).org];
  await jane.members.setRole.mutate({ organizationId, userId: IDS[BEN], role: "admin" });
  await ben.invitations.create.mutate({ organizationId, emails: ["zoe@acme.example"], role: "member" });
  await ben.members.remove.mutate({ organizationId, userId: IDS[CARL] });
  await jane.update.mutate({ organizationId, name: "Acme Inc" });
  platform.calls.length = 0;
}

async function makeRenames({ clientOf }: Console, times: number): Promise<void> {
  const { update } = clientOf(JANE).org;
  for (let index = 0; index < times; index += 1) {
    await update.mutate({ organizationId: "acme", name: `Acme ${index}` });
  }
}

/** Opens the audit of an organization with a history. */
async function openAudit(search = "", respond?: ConsoleOptions["respond"]): Promise<Console> {
  const page = await openConsole({
    users: USERS,
    path: "/account",
    ...(respond && { respond }),
  });
  await heading("Account");
  await makeHistory(page);
  history.replaceState(null, "", `/o/acme/audit${search}`);
  await page.reload();
  await heading("Audit");
  return page;
}

async function shows(...sentences: readonly string[]): Promise<void> {
  await waitFor(() => {
    const shown = [...document.querySelectorAll(".audit-sentence")].map(({ textContent }) => textContent);
    expect(shown).toEqual(sentences);
  });
}

const person = () => screen.getByRole<HTMLInputElement>("combobox", { name: "Person" });
const holds = (text: string) => waitFor(() => expect(person().value).toBe(text));
const search = () => decodeURIComponent(location.search);

it("the audit shows who removed somebody, by a filter that is in the address", async () => {
  const { platform, choose, press, reload } = await openAudit();
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  expect(platform.calls.filter((each) => each === "org.members.lookup")).toHaveLength(1);
  await choose("Action: Any action", "Member removed");
  await shows(REMOVED);
  expect(search()).toBe("?action=membership-removed");
  await press(`Details: ${REMOVED}`);
  await says(IDS[CARL]);
  await says("active → removed");
  await reload();
  await shows(REMOVED);
});

it("a removed member's history is one press away from the list of members", async () => {
  const { user, reload } = await openAudit();
  history.replaceState(null, "", "/o/acme/members?status=removed");
  await reload();
  await user.click(await screen.findByRole("link", { name: `History of ${CARL}` }));
  await shows(REMOVED);
  expect(search()).toBe(`?person=${IDS[CARL]}`);
});

it("a person in a sentence shows what they did and what was done to them, or one of both", async () => {
  const { press, user } = await openAudit();
  await press(`${CARL}: show everything about them`);
  await shows(REMOVED);
  expect(search()).toBe(`?person=${IDS[CARL]}`);
  expect(person().value).toBe(CARL);
  // The entry with the name is another one now, and the focus stays where it shows.
  const narrow = screen.getByRole("button", { name: "Only what they did" });
  await waitFor(() => expect(document.activeElement).toBe(narrow));
  await press("Only what they did");
  await screen.findByRole("heading", { name: "No entry matches the filter" });
  expect(search()).toBe(`?actor=user:${IDS[CARL]}`);
  await press("Clear the filter");
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  expect(person().value).toBe("");
  expect(document.activeElement?.localName).toBe("search");
  const [ben] = screen.getAllByRole("button", { name: `${BEN}: show everything about them` });
  await user.click(ben ?? person());
  await press("Only what they did");
  await shows(REMOVED, INVITED);
  await press("Also what was done to them");
  await shows(REMOVED, INVITED, PROMOTED);
  expect(search()).toBe(`?person=${IDS[BEN]}`);
});

it("Enter takes the first suggestion, also before it has arrived, and a pasted id", async () => {
  const { hold, user } = await openAudit();
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  const release = hold("org.members.list");
  await user.type(person(), "ben{Enter}");
  expect(search()).toBe("");
  release();
  await shows(REMOVED, INVITED, PROMOTED);
  expect(search()).toBe(`?person=${IDS[BEN]}`);
  await holds(BEN);
  for (const [pasted, email] of [
    [IDS[CARL], CARL],
    ["carl", CARL],
    ["ben", BEN],
  ] as const) {
    await user.clear(person());
    await user.paste(pasted);
    await user.keyboard("{Enter}");
    await holds(email);
    await waitFor(() => expect(search()).toBe(`?person=${IDS[email]}`));
  }
});

it("the list of persons says who those are that are no member", async () => {
  const { user } = await openAudit();
  expect(person().placeholder).toBe("Anyone (type to search)");
  await user.click(person());
  await screen.findByRole("option", { name: "Platform The people who run Platform" });
  await screen.findByRole("option", { name: /^The system Automatic changes/ });
  await user.keyboard("ben{Enter}");
  await holds(BEN);
  expect(document.activeElement).toBe(person());
});

it("what was typed goes when the field is left, and one press shows anyone", async () => {
  const { press, user } = await openAudit(`?person=${IDS[BEN]}`);
  await shows(REMOVED, INVITED, PROMOTED);
  await user.tripleClick(person());
  await user.keyboard("ca");
  await screen.findByRole("option", { name: `${CARL} Removed` });
  await user.tab();
  await holds(BEN);
  await press("Show anyone");
  await waitFor(() => expect(search()).toBe(""));
  expect([person().value, document.activeElement]).toEqual(["", person()]);
  expect(screen.queryByRole("listbox")).toBeNull(); // it would hide the entries
  await user.keyboard("acme");
  await says("The domains of your organization are not searched.");
  await user.clear(person());
  await user.keyboard("be");
  await waitFor(() => expect(screen.getAllByRole("option").map((each) => each.textContent)).toEqual([BEN]));
});

it("another person comes before the one who is chosen, whose name a press selects", async () => {
  const { user } = await openAudit(`?person=${IDS[BEN]}`);
  await shows(REMOVED, INVITED, PROMOTED);
  await user.click(person());
  await user.keyboard("ca");
  await screen.findByRole("option", { name: `${CARL} Removed` });
  await screen.findByRole("option", { name: `${BEN} Chosen now` });
  await user.keyboard("{ArrowDown}{Enter}");
  await shows(REMOVED);
  expect(search()).toBe(`?person=${IDS[CARL]}`);
  await user.click(person());
  await user.keyboard("nobody");
  await screen.findByRole("option", { name: `${CARL} Chosen now. Nobody else was found.` });
  await user.keyboard("{Escape}");
  await holds(CARL);
  await user.keyboard("{Escape}");
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  expect([search(), person().value]).toEqual(["", ""]);
});

it("a period is in the address, and a day is given up where the reader is", async () => {
  const { user } = await openAudit("?since=2026-01-01&until=2026-01-31");
  await screen.findByRole("heading", { name: "No entry matches the filter" });
  expect(screen.getByLabelText<HTMLInputElement>("From").value).toBe("2026-01-01");
  await user.clear(screen.getByLabelText("To"));
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  expect(search()).toBe("?since=2026-01-01");
});

it("a usual period is one choice, and fields for dates are there only for other ones", async () => {
  const { choose } = await openAudit();
  expect(screen.queryByLabelText("From")).toBeNull();
  await choose("Period: Any time", "Today");
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  await screen.findByRole("button", { name: "Clear the filter" });
  expect(search()).toMatch(/^\?since=\d{4}-\d\d-\d\d$/);
  expect(screen.queryByLabelText("From")).toBeNull();
  await choose("Period: Today", "Choose dates");
  expect(screen.getByLabelText<HTMLInputElement>("From").value).toBe(search().slice("?since=".length));
  fill(screen.getByLabelText("To"), "2026-01-31");
  await screen.findByRole("button", { name: "Clear the filter" });
  await choose("Period: Choose dates", "Any time");
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  expect([search(), screen.queryByLabelText("From")]).toEqual(["", null]);
});

it("a person and days in the address that cannot be are ignored", async () => {
  await openAudit("?person=ben&actor=user:ben&since=yesterday&until=2026-02-31");
  await shows(RENAMED, REMOVED, INVITED, PROMOTED);
  expect(search()).toBe("?since=yesterday&until=2026-02-31");
});

it("the rows stay in an outage, and the list goes on by itself", async () => {
  controlTime();
  const page = await openAudit();
  await makeRenames(page, 47);
  await page.reload();
  const count = () => document.querySelectorAll(".audit-sentence").length;
  await waitFor(() => expect(count()).toBe(50));
  page.platform.refuse("STORE_UNAVAILABLE", { procedure: "org.audit.list", times: 4, retryAfterSeconds: 0 });
  await page.press("Show 50 more");
  await screen.findByRole("heading", { name: "Your data is unavailable right now" });
  expect(count()).toBe(50);
  for (let tries = 0; tries < 4; tries += 1) await vi.advanceTimersByTimeAsync(3_000);
  await waitFor(() => expect(count()).toBe(51));
  expect(screen.queryByRole("heading", { name: "Your data is unavailable right now" })).toBeNull();
});

it("three empty pages are searched for an entry, and further ones by a press", async () => {
  let asked = 0;
  let nextCursor: string | null = "more";
  const page = await openAudit("", ({ url }) => {
    if (!/org\.audit\.list.*membership-removed/.test(url)) return undefined;
    asked += 1;
    return Response.json({ result: { data: { items: [], nextCursor } } });
  });
  await page.choose("Action: Any action", "Member removed");
  await screen.findByRole("heading", { name: "No entry found so far" });
  expect(asked).toBe(3);
  await page.press("Search older entries");
  await waitFor(() => expect(asked).toBe(6));
  await screen.findByRole("heading", { name: "No entry found so far" });
  nextCursor = null;
  await page.press("Search older entries");
  await screen.findByRole("heading", { name: "No entry matches the filter" });
  expect(asked).toBe(7);
});

it("an export says how far it is, and can be cancelled", async () => {
  const never = new Promise<Response>(() => {});
  const isSecondPage = ({ url }: Request) => /org\.audit\.list.*cursor/.test(url);
  const page = await openAudit("", (request) => (isSecondPage(request) ? never : undefined));
  await makeRenames(page, 100);
  await page.press("Export as CSV");
  await says("100 entries so far");
  await page.press("Cancel export");
  await says("The export was cancelled");
  await screen.findByRole("button", { name: "Export as CSV" });
  expect(document.body.textContent).not.toContain("so far");
});

it("an invitation that was accepted says who sent it", async () => {
  const { clientOf, press, reload } = await openAudit();
  await clientOf("zoe@acme.example").org.me.query();
  await reload();
  const joined = "zoe@acme.example joined by invitation";
  await shows(joined, RENAMED, REMOVED, INVITED, PROMOTED);
  await press("zoe@acme.example: show everything about them");
  await shows(joined);
  await press(`Show all 2: ${joined}`);
  await press("Details: zoe@acme.example accepted an invitation");
  const said = (await screen.findByText("Invited by")).closest("div");
  await waitFor(() => expect(said?.textContent).toContain(BEN));
});

it("what was done to many at once is one row, which opens to each of them", async () => {
  const { clientOf, platform, press, reload } = await openAudit();
  const userIds = Object.values(IDS);
  const change = { organizationId: "acme", userIds, change: { role: "owner" } } as const;
  await clientOf(JANE).org.members.restore.mutate({ organizationId: "acme", userId: IDS[CARL] });
  await clientOf(JANE).org.members.changeMany.mutate(change);
  platform.calls.length = 0;
  await reload();
  const many = `${JANE} made 2 people owners`;
  await shows(many, `${JANE} restored ${CARL}`, RENAMED, REMOVED, INVITED, PROMOTED);
  await press(`Show all 2: ${many}`);
  await says(`${JANE} made ${BEN} an owner`);
  await press(`Details: ${JANE} made ${CARL} an owner`);
  await says("Batch ID");
});

it("a file that is full says so, and the next one begins where it ends", async () => {
  const asked: string[] = [];
  const at = (n: number) => new Date(Date.UTC(2026, 10, 25) - n * 1_000).toISOString();
  const page = await openAudit("", ({ url }) => {
    const input = decodeURIComponent(url);
    if (!/org\.audit\.list.*"limit":100/.test(input)) return undefined;
    asked.push(/"until":"([^"]+)"/.exec(input)?.[1] ?? "now");
    const items = Array.from({ length: asked.length === 1 ? 10_001 : 1 }, (_, n) =>
      entryOf({ action: "membership-left", actor: "system", at: at(n) }),
    );
    return Response.json({ result: { data: { items, nextCursor: null } } });
  });
  const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue();
  onTestFinished(() => saved.mockRestore());
  await page.press("Export as CSV");
  await says("A file has at most 10,000 entries.");
  await page.press("Export those");
  await waitFor(() => expect(saved).toHaveBeenCalledTimes(2));
  await waitFor(() => expect(document.body.textContent).not.toContain("A file has at most"));
  expect(asked).toEqual(["now", at(10_000)]);
});
