import type { Page, Route } from "playwright-core";
import { expect, it, type TestContext } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, picture, resize } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

interface Run {
  readonly id: string;
  readonly title: string;
  readonly status: "queued" | "running" | "succeeded" | "cancelled";
  readonly createdAt: string;
  readonly result?: string;
  readonly startedBy: string;
}

const JANE = "jane@acme.example";
const OPTIONS = {
  organizations: [{ id: "acme", name: "Acme", domains: ["acme.example"] }],
  users: [{ email: JANE, memberships: { acme: "owner" } }],
  as: JANE,
} as const;
const RUN = { createdAt: "2026-11-24T09:30:00.000Z", startedBy: JANE } as const;
const LONG: Run = { ...RUN, id: "run-4", title: "Summarize this week’s support tickets", status: "running" };
const RUNS: readonly Run[] = [
  LONG,
  { ...RUN, id: "run-3", title: "Draft the release notes", status: "cancelled" },
  { ...RUN, id: "run-2", title: "Sort the inbox", status: "succeeded", result: "3 words" },
  { ...RUN, id: "run-1", title: "Before results existed", status: "succeeded" },
];

/** Plays agentic-backend for one page. */
async function openRuns({ open }: ConsoleSuite, test: TestContext, path: string) {
  const { page } = await open(test, { ...OPTIONS, path: "/account" });
  const runs = new Map(RUNS.map((run) => [run.id, run]));
  /** What a cancellation waits for, and whether it is refused. */
  const cancelling = { until: Promise.resolve(), isRefused: false };
  await page.context().route(/\/agentic\/runs/, async (route: Route) => {
    const [id = "", action] = new URL(route.request().url()).pathname.split("/").slice(3);
    const run = runs.get(id);
    if (run === undefined) return route.fulfill({ json: { runs: [...runs.values()], nextCursor: null } });
    if (action === undefined) return route.fulfill({ json: run });
    await cancelling.until;
    if (cancelling.isRefused)
      return route.fulfill({ status: 503, json: { error: { reason: "STORE_UNAVAILABLE" } } });
    runs.set(id, { ...run, status: "cancelled" });
    return route.fulfill({ json: runs.get(id) });
  });
  await page.goto(new URL(path, page.url()).href);
  return { page, runs, cancelling };
}

const status = (page: Page) => page.locator(".run-lead .status");

/** The runs and the page of one, in every status. */
export function runsTests(suite: ConsoleSuite): void {
  it("the list shows who started a run, and every status", async (test) => {
    const { page } = await openRuns(suite, test, "/o/acme/runs");
    const rows = page.locator(".run-row");
    await rows.first().waitFor();
    const statuses = await rows.locator(".status").allTextContents();
    expect(statuses).toEqual(["Running", "Cancelled", "Succeeded", "Succeeded"]);
    expect(await rows.first().textContent()).toContain(`by ${JANE}`);
    await checkPage(page, "runs-list");
  });

  it("a run is cancelled by keyboard, which is announced, and the focus stays near", async (test) => {
    const { page, cancelling } = await openRuns(suite, test, "/o/acme/runs/run-4");
    await heading(page, LONG.title).waitFor();
    await checkPage(page, "run-running");
    const { promise, resolve } = Promise.withResolvers<void>();
    cancelling.until = promise;
    await resize(page, 1280);
    const height = await page.locator("main").evaluate((main) => main.clientHeight);
    await button(page, "Cancel run").press("Enter");
    await page.locator('button[data-busy="true"]').waitFor();
    await picture(page, "run-cancelling");
    resolve();
    await status(page).getByText("Cancelled", { exact: true }).waitFor();
    expect(await button(page, "Cancel run").count()).toBe(0);
    await page.getByRole("status").getByText("Cancelled").waitFor({ state: "attached" });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("progress");
    expect(await page.getByText("Cancelled before there was a result.").count()).toBe(1);
    expect(await page.locator("main").evaluate((main) => main.clientHeight)).toBe(height);
    await checkPage(page, "run-cancelled");
    await page.getByRole("link", { name: "All runs" }).click();
    await page.locator(".run-row").first().getByText("Cancelled", { exact: true }).waitFor();
  });

  it("a refused cancellation says so next to the button, which tries again", async (test) => {
    const { page, cancelling } = await openRuns(suite, test, "/o/acme/runs/run-4");
    cancelling.isRefused = true;
    await button(page, "Cancel run").click();
    await page.getByRole("heading", { name: "Your run was not cancelled" }).waitFor();
    await checkPage(page, "run-not-cancelled");
    cancelling.isRefused = false;
    await button(page, "Cancel run").click();
    await status(page).getByText("Cancelled", { exact: true }).waitFor();
    expect(await page.getByRole("heading", { name: "Your run was not cancelled" }).count()).toBe(0);
  });

  it("a run that finishes shows its result, and offers no cancellation any more", async (test) => {
    const { page, runs } = await openRuns(suite, test, "/o/acme/runs/run-4");
    await button(page, "Cancel run").focus();
    await page.getByText("Appears here when the run has finished.").waitFor();
    runs.set(LONG.id, { ...LONG, status: "succeeded", result: "Counted the words of the title: 5" });
    await page.getByText("Counted the words of the title: 5").waitFor();
    expect(await button(page, "Cancel run").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("progress");
    await checkPage(page, "run-succeeded");
  });

  it("an old run without a result says so", async (test) => {
    const { page } = await openRuns(suite, test, "/o/acme/runs/run-1");
    await page.getByText("This run has no stored result.").waitFor();
  });
}
