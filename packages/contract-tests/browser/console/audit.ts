import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { it, type TestContext } from "vitest";
import { heading } from "../browser-suite.ts";
import { checkPage, picture, resize } from "../check-page.ts";
import type { Console, ConsoleSuite } from "../console-on-mocks.ts";
import { IN_PLACE, judgeTip } from "./exact-time.ts";

const [JANE, BEN, CARL] = ["jane@acme.example", "ben@acme.example", "carl@acme.example"] as const;
const IDS = {
  [JANE]: "0a4b8f0e-5f1c-4b43-9a1b-2f8d1c9f0a01",
  [BEN]: "1b5c9f1f-6a2d-4c54-8b2c-3a9e2d0a1b02",
  [CARL]: "2c6d0a2a-7b3e-4d65-9c3d-4b0f3e1b2c03",
} as const;
const ACME = { id: "acme", name: "Acme", domains: ["acme.example"] };
const USERS = [
  { email: JANE, userId: IDS[JANE], memberships: { acme: "owner" } },
  { email: BEN, userId: IDS[BEN], memberships: { acme: "member" } },
  { email: CARL, userId: IDS[CARL], memberships: { acme: "member" } },
] as const;

/** How long the page may take on a busy machine. */
const SHOWN = { timeout: 20_000 };

export function auditTests({ open }: ConsoleSuite): void {
  /** Opens the audit after `acts`: who called what. */
  async function openAudit(
    test: Pick<TestContext, "onTestFinished">,
    acts: readonly (readonly [as: string, procedure: string, input: object])[],
    search = "",
  ): Promise<Console> {
    const path = "/o/acme/settings";
    const opened = await open(test, { organizations: [ACME], users: USERS, as: JANE, path });
    const { page, platform } = opened;
    for (const [as, procedure, input] of acts) {
      await page.evaluate(call, [platform.tokenFor(as), procedure, JSON.stringify(input)] as const);
    }
    platform.calls.length = 0;
    await page.goto(new URL(`/o/acme/audit${search}`, page.url()).href);
    await heading(page, "Audit").waitFor();
    return opened;
  }

  const history = [
    [JANE, "org.members.setRole", { organizationId: "acme", userId: IDS[BEN], role: "admin" }],
    [BEN, "org.invitations.create", { organizationId: "acme", emails: ["zoe@acme.example"], role: "member" }],
    [BEN, "org.members.remove", { organizationId: "acme", userId: IDS[CARL] }],
    [JANE, "org.update", { organizationId: "acme", name: "Acme Inc" }],
  ] as const;

  it("shows who removed somebody, by a filter that is in the address", async (test) => {
    const { expect } = test;
    const { page, platform } = await openAudit(test, history);
    await page.getByText(`${BEN} invited zoe@acme.example as a member`).waitFor();
    expect(await sentences(page)).toEqual([
      `${JANE} renamed the organization from Acme to Acme Inc`,
      `${BEN} removed ${CARL}`,
      `${BEN} invited zoe@acme.example as a member`,
      `${JANE} made ${BEN} an admin`,
    ]);
    expect(platform.calls.filter((each) => each === "org.members.lookup")).toHaveLength(1);
    await checkPage(page, "console-audit");

    await page.getByRole("button", { name: "Action: Any action" }).click();
    await page.getByRole("menuitemradio", { name: "Member removed" }).waitFor();
    await picture(page, "console-audit-actions");
    await page.getByRole("menuitemradio", { name: "Member removed" }).click();
    await test.expect.poll(() => sentences(page), SHOWN).toEqual([`${BEN} removed ${CARL}`]);
    expect(new URL(page.url()).search).toBe("?action=membership-removed");

    await page.getByRole("button", { name: `Details: ${BEN} removed ${CARL}` }).click();
    await page.getByText(IDS[CARL]).waitFor();
    await page.getByText("active → removed").waitFor();
    await checkPage(page, "console-audit-filtered");
    await page.reload();
    await test.expect.poll(() => sentences(page), SHOWN).toEqual([`${BEN} removed ${CARL}`]);

    // Or from the list of those who were removed.
    await page.goto(new URL("/o/acme/members?status=removed", page.url()).href);
    await page.getByRole("link", { name: `History of ${CARL}` }).click();
    await test.expect.poll(() => sentences(page), SHOWN).toEqual([`${BEN} removed ${CARL}`]);
    expect(new URL(page.url()).search).toBe(`?person=${IDS[CARL]}`);
  });

  it("shows what a person did and what was done to them, chosen in a sentence or by their address", async (test) => {
    const { expect } = test;
    const { page } = await openAudit(test, history);
    const search = () => decodeURIComponent(new URL(page.url()).search);
    await page.getByRole("button", { name: `${CARL}: show everything about them` }).click();
    await test.expect.poll(() => sentences(page), SHOWN).toEqual([`${BEN} removed ${CARL}`]);
    expect(search()).toBe(`?person=${IDS[CARL]}`);
    const field = page.getByRole("combobox", { name: "Person" });
    expect(await field.inputValue()).toBe(CARL);
    await page.getByRole("button", { name: "Only what they did" }).click();
    await page.getByRole("heading", { name: "No entry matches the filter" }).waitFor();
    expect(search()).toBe(`?actor=user:${IDS[CARL]}`);
    await checkPage(page, "console-audit-no-hit");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await test.expect.poll(() => sentences(page), SHOWN).toHaveLength(4);
    expect(await field.inputValue()).toBe("");

    await field.fill("be");
    await page.getByRole("option", { name: BEN }).waitFor();
    await test.expect.poll(() => page.getByRole("option").count(), SHOWN).toBe(1);
    await picture(page, "console-audit-choosing");
    await field.press("Tab");
    await expect.poll(() => field.inputValue(), SHOWN).toBe("");
    expect(new URL(page.url()).search).toBe("");
    // Enter takes the first suggestion, also before it has arrived.
    await field.pressSequentially("ben");
    await field.press("Enter");
    await expect.poll(search, SHOWN).toBe(`?person=${IDS[BEN]}`);
    const about = [
      `${BEN} removed ${CARL}`,
      `${BEN} invited zoe@acme.example as a member`,
      `${JANE} made ${BEN} an admin`,
    ];
    await expect.poll(() => sentences(page), SHOWN).toEqual(about);
    expect(await field.inputValue()).toBe(BEN);
    await checkPage(page, "console-audit-person");
    // Pasted over the one who is chosen, and taken at once.
    for (const [pasted, email] of [
      [IDS[CARL], CARL],
      ["carl", CARL],
      ["ben", BEN],
    ] as const) {
      await field.fill(pasted);
      await field.press("Enter");
      await expect.poll(() => field.inputValue(), SHOWN).toBe(email);
      expect(search()).toBe(`?person=${IDS[email]}`);
    }
    await field.fill("ca");
    await page.getByRole("option", { name: `${CARL} Removed` }).waitFor();
    await field.press("Tab");
    await expect.poll(() => field.inputValue(), SHOWN).toBe(BEN);
    await field.fill("x");
    // An open list hides what is around it from screen readers.
    await page.getByRole("button", { name: "Show anyone", includeHidden: true }).click();
    await expect.poll(() => new URL(page.url()).search, SHOWN).toBe("");
    expect(await field.inputValue()).toBe("");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await field.press("Escape");
    const named = page.getByRole("button", { name: `${BEN}: show everything about them` });
    await named.first().click();
    await page.getByRole("button", { name: "Only what they did" }).click();
    await expect.poll(() => sentences(page), SHOWN).toEqual(about.slice(0, 2));
    await page.getByRole("button", { name: "Also what was done to them" }).click();
    await expect.poll(() => sentences(page), SHOWN).toEqual(about);
    expect(search()).toBe(`?person=${IDS[BEN]}`);
  });

  it("filters by a period", async (test) => {
    const { expect } = test;
    const { page } = await openAudit(test, history, "?since=2026-01-01&until=2026-01-31");
    await page.getByRole("heading", { name: "No entry matches the filter" }).waitFor();
    expect(await page.getByLabel("From").inputValue()).toBe("2026-01-01");
    await page.getByLabel("To", { exact: true }).fill("");
    await test.expect.poll(() => sentences(page), SHOWN).toHaveLength(4);
    expect(new URL(page.url()).search).toBe("?since=2026-01-01");
  });

  it("ignores a person and days in the address that cannot be", async (test) => {
    const { expect } = test;
    const { page } = await openAudit(
      test,
      history,
      "?person=ben&actor=user:ben&since=yesterday&until=2026-02-31",
    );
    const warnings: string[] = [];
    page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    await page.reload();
    await expect.poll(() => sentences(page), SHOWN).toHaveLength(4);
    expect(new URL(page.url()).search).toBe("?since=yesterday&until=2026-02-31");
    expect(await page.getByLabel("From", { exact: true }).inputValue()).toBe("");
    expect(warnings).toEqual([]);
  });

  it("shows the exact time in place, and covers nothing that can be pressed", async (test) => {
    const { expect } = test;
    const { page } = await openAudit(test, history);
    await page.getByText(`${BEN} removed ${CARL}`).waitFor();
    await page.getByRole("button", { name: /^Details: .*removed/ }).focus();
    await page.keyboard.press("Tab");
    const tip = page.locator("time[data-exact]");
    for (const width of [1280, 320]) {
      await resize(page, width, 400);
      await tip.waitFor();
      await expect.poll(() => page.evaluate(judgeTip), { message: `${width} px` }).toEqual(IN_PLACE);
    }
    await checkPage(page, "audit-exact-time");
  });

  it("says that nothing has happened yet", async (test) => {
    const { expect } = test;
    const { page } = await openAudit(test, []);
    await page.getByRole("heading", { name: "Nothing has happened yet" }).waitFor();
    expect(await page.getByRole("button", { name: "Export" }).count()).toBe(0);
    await checkPage(page, "console-audit-empty");
  });

  it("shows 50 more, keeps the rows in an outage, and exports every entry", async (test) => {
    const { expect } = test;
    const { page, platform } = await openAudit(test, [...history.slice(0, 3), ...renamed(130)]);
    await test.expect.poll(() => sentences(page), SHOWN).toHaveLength(50);
    platform.refuse("STORE_UNAVAILABLE", { procedure: "org.audit.list", times: 12 });
    const more = page.getByRole("button", { name: "Show 50 more" });
    await more.click();
    await page.getByRole("heading", { name: "Your data is unavailable right now" }).waitFor();
    expect(await sentences(page)).toHaveLength(50);
    await checkPage(page, "console-audit-error");
    // It continues by itself.
    await test.expect.poll(() => sentences(page), SHOWN).toHaveLength(100);
    await test.expect
      .poll(() => page.getByRole("heading", { name: "Your data is unavailable right now" }).count(), SHOWN)
      .toBe(0);

    platform.slowDown(3_000); // enough to cancel on a busy machine
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByText("100 entries so far").waitFor();
    await page.getByRole("button", { name: "Cancel export" }).click();
    await page.getByText("The export was cancelled").waitFor();
    platform.slowDown(0);

    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    const file = await saved;
    await page.getByText(`Exported 133 entries to ${file.suggestedFilename()}`).waitFor();
    expect(file.suggestedFilename()).toMatch(/^acme-audit-\d{4}-\d\d-\d\d\.ndjson$/);
    const lines = (await readFile(await file.path(), "utf8")).trimEnd().split("\n");
    const entries: { action: string }[] = lines.map((line) => JSON.parse(line));
    expect(entries).toHaveLength(133);
    expect(entries.at(-1)).toMatchObject({ actor: `user:${IDS[JANE]}`, action: "role-changed" });
  });
}

function renamed(times: number) {
  return Array.from({ length: times }, (_, index) => {
    return [JANE, "org.update", { organizationId: "acme", name: `Acme ${index}` }] as const;
  });
}

async function sentences(page: Page): Promise<string[]> {
  return page.locator(".audit-sentence").allTextContents();
}

/** Runs in the page. */
async function call([token, procedure, body]: readonly [string, string, string]): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`/platform/trpc/${procedure}`, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${procedure}: ${await response.text()}`);
}
