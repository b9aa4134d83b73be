import { readFile } from "node:fs/promises";
import { JANE as OWNER } from "@platform-api/frontend/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button } from "../browser-suite.ts";
import { checkPage, picture, resize, settles } from "../check-page.ts";
import type { Console, ConsoleSuite } from "../console-on-mocks.ts";

const [JANE, BEN, CARL] = [OWNER.email, "ben@acme.example", "carl@acme.example"] as const;
/** As a sentence says it aloud, and as it shows it. */
const [BEN_CALLED, BEN_SHOWN] = [`\u2068Ben Turner\u2069 (${BEN})`, `Ben Turner (${BEN})`];
const IDS = {
  [BEN]: "1b5c9f1f-6a2d-4c54-8b2c-3a9e2d0a1b02",
  [CARL]: "2c6d0a2a-7b3e-4d65-9c3d-4b0f3e1b2c03",
} as const;
const USERS = [
  OWNER,
  { email: BEN, name: "Ben Turner", userId: IDS[BEN], memberships: { acme: "member" } },
  { email: CARL, userId: IDS[CARL], memberships: { acme: "member" } },
] as const;

async function makeHistory({ clientOf }: Console): Promise<void> {
  const organizationId = "acme";
  const [jane, ben] = [clientOf(JANE).org, clientOf(BEN).org];
  await jane.members.setRole.mutate({ organizationId, userId: IDS[BEN], role: "admin" });
  await ben.invitations.create.mutate({ organizationId, emails: ["zoe@acme.example"], role: "member" });
  await ben.members.remove.mutate({ organizationId, userId: IDS[CARL] });
  await jane.update.mutate({ organizationId, name: "Acme Inc" });
}

/** What needs a browser: the focus, a download, and how each state looks. The rules are tried beside the page. */
export function auditTests({ open }: ConsoleSuite): void {
  it("an owner filters the audit, saves it, and keeps it in an outage", async (test) => {
    const opened = await open(test, { users: USERS, path: "/o/acme/audit" });
    const { page, platform } = opened;
    await page.getByRole("heading", { name: "Nothing has happened yet" }).waitFor();
    expect(await button(page, "Export as CSV").count()).toBe(0);
    await checkPage(page, "console-audit-empty");
    await makeHistory(opened);
    await page.reload();
    await page.getByText(`${BEN_SHOWN} invited zoe@acme.example as a member`).waitFor();
    await checkPage(page, "console-audit");

    await button(page, "Action: Any action").click();
    await page.getByRole("menuitemradio", { name: "Member removed" }).waitFor();
    await picture(page, "console-audit-actions");
    await page.getByRole("menuitemradio", { name: "Member removed" }).click();
    await shows(page, 1);
    await button(page, `Details: ${BEN_CALLED} removed ${CARL}`).click();
    await page.getByText("active → removed").waitFor();
    await checkPage(page, "console-audit-filtered");

    await button(page, `${CARL}: show everything about them`).click();
    await button(page, "Only what they did").click();
    await page.getByRole("heading", { name: "No entry matches the filter" }).waitFor();
    await checkPage(page, "console-audit-no-hit");
    await button(page, "Clear the filter").click();
    await shows(page, 4);
    await choosePerson(page);
    await save(page);
    await openMany(opened);

    const warnings: string[] = [];
    page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    platform.change("org.audit.list", (usual) => ({ ...usual, nextCursor: "more" }));
    await page.goto(new URL("?since=yesterday&until=2026-02-31", page.url()).href);
    await button(page, "Show 50 more").waitFor();
    platform.refuse("STORE_UNAVAILABLE", { procedure: "org.audit.list" });
    await button(page, "Show 50 more").click();
    await page.getByRole("heading", { name: "Your data is unavailable right now" }).waitFor();
    await shows(page, 5);
    await checkPage(page, "console-audit-error");
    expect(warnings, "days that cannot be are not given to the fields").toEqual([]);
  });
}

/** The field keeps the focus where it should, and gives it up where the user leaves it. */
async function choosePerson(page: Page): Promise<void> {
  const field = page.getByRole("combobox", { name: "Person" });
  const holds = (email: string) =>
    page.waitForFunction((email) => document.querySelector("input")?.value === email, email);
  await field.pressSequentially("ben");
  await page.getByRole("option", { name: BEN_CALLED }).waitFor();
  await picture(page, "console-audit-choosing");
  await field.press("Enter");
  await holds(BEN_CALLED);
  await shows(page, 3);
  await checkPage(page, "console-audit-person");
  await resize(page, 390, 300);
  expect(await button(page, "Only what they did").evaluate(isBelowHeader)).toBe(true);
  await resize(page, 1280);
  await field.fill("ca");
  await page.getByRole("option", { name: `${CARL} Removed` }).waitFor();
  await field.press("Tab");
  await holds(BEN_CALLED);
  await field.fill("x");
  // An open list hides what is around it from screen readers.
  await page.getByRole("button", { name: "Show anyone", includeHidden: true }).click();
  await holds("");
  await field.and(page.locator(":focus")).waitFor();
  await field.press("Escape");
}

/** In the page: whether the header lies above what has been scrolled behind it. */
function isBelowHeader(element: Element): boolean {
  element.scrollIntoView();
  scrollBy(0, element.getBoundingClientRect().top - 20);
  const { left, top } = element.getBoundingClientRect();
  return document.elementFromPoint(left + 8, top + 8)?.closest("header") !== null;
}

/** What was done to many at once is one row, which a press on its text opens and closes. */
async function openMany({ page, clientOf }: Console): Promise<void> {
  const emails = ["ada@acme.example", "bob@acme.example"];
  await clientOf(JANE).org.invitations.create.mutate({ organizationId: "acme", emails, role: "member" });
  await page.reload();
  await shows(page, 5);
  for (const [width, count] of [
    [1280, 7],
    [1280, 5],
    [390, 7],
  ] as const) {
    await resize(page, width);
    await pressText(page, `${JANE} invited 2 people as members`);
    await shows(page, count);
  }
  await checkPage(page, "console-audit-many");
}

/** As a hand does: it stays down until the row shows that it is pressed. */
async function pressText(page: Page, text: string): Promise<void> {
  const sentence = page.locator(".audit-sentence").filter({ hasText: text });
  const { x = 0, y = 0, width = 0, height = 0 } = (await sentence.boundingBox()) ?? {};
  await page.mouse.move(x + width - 8, y + height / 2); // behind the name, which filters
  await page.mouse.down();
  await settles(page);
  await page.mouse.up();
}

async function save(page: Page): Promise<void> {
  const table = await exported(page, "Export as CSV", /^acme-audit-[\dTZ-]+\.csv$/);
  expect(table).toHaveLength(5);
  expect(table.at(-1)).toContain(`"${JANE} made ${BEN_CALLED} an admin"`);
  const lines = await exported(page, "Export as JSON", /^acme-audit-[\dTZ-]+\.ndjson$/);
  expect(lines.map((line) => JSON.parse(line).action).at(-1)).toBe("role-changed");
}

/** The lines of a file that a button saves. */
async function exported(page: Page, name: string, file: RegExp): Promise<readonly string[]> {
  const saving = page.waitForEvent("download");
  await button(page, name).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(file);
  await page.getByText(`Exported 4 entries to ${saved.suggestedFilename()}`).waitFor();
  return (await readFile(await saved.path(), "utf8")).trimEnd().split("\n");
}

/** Resolves when as many entries are shown. */
async function shows(page: Page, count: number): Promise<void> {
  await page.waitForFunction((count) => document.querySelectorAll(".audit-sentence").length === count, count);
}
