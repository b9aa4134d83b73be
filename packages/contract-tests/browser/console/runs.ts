import { JANE } from "@platform-api/frontend/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, picture, resize } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const RUN = { createdAt: "2026-11-24T09:30:00.000Z", startedBy: JANE.email } as const;
const RUNS = [
  { ...RUN, id: "run-5", title: "Count the words", status: "queued" },
  { ...RUN, id: "run-4", title: "Summarize this week’s support tickets", status: "running" },
  { ...RUN, id: "run-3", title: "Draft the release notes", status: "cancelled" },
  { ...RUN, id: "run-2", title: "Sort the inbox", status: "succeeded", result: "3 words" },
];

/** What needs a browser: the focus, and how each state looks. The rules are tried beside the page. */
export function runsTests({ open }: ConsoleSuite): void {
  it("a run is cancelled, another one finishes, and the focus stays near", async (test) => {
    const { page } = await open(test, { path: "/account" });
    const backend = await playBackend(page);
    await page.goto(new URL("/o/acme/runs", page.url()).href);
    await page.getByRole("link", { name: "Count the words" }).waitFor();
    await checkPage(page, "runs-list");
    await page.getByRole("link", { name: /^Summarize/ }).click();
    await heading(page, /^Summarize/).waitFor();
    await checkPage(page, "run-running");
    await button(page, "Cancel run").click();
    await page.getByRole("heading", { name: "Your run was not cancelled" }).waitFor();
    await checkPage(page, "run-not-cancelled");

    await page.reload();
    await button(page, "Cancel run").waitFor();
    await resize(page, 1280);
    const height = () => page.locator("main").evaluate((main) => main.clientHeight);
    const before = await height();
    const { promise, resolve } = Promise.withResolvers<void>();
    backend.until = promise;
    await button(page, "Cancel run").press("Enter");
    await page.locator('button[data-busy="true"]').waitFor();
    await picture(page, "run-cancelling");
    resolve();
    await page.getByText("Cancelled before there was a result.").waitFor();
    await page.locator("#progress:focus").waitFor();
    expect(await height()).toBe(before);
    await checkPage(page, "run-cancelled");

    await page.goto(new URL("/o/acme/runs/run-5", page.url()).href);
    await button(page, "Cancel run").focus();
    backend.become("run-5", { status: "succeeded", result: "Counted the words of the title: 5" });
    await page.getByText("Counted the words of the title: 5").waitFor();
    await page.locator("#progress:focus").waitFor();
    await checkPage(page, "run-succeeded");
  });
}

/** Plays agentic-backend for one page. It refuses cancellations until it has something to wait for. */
async function playBackend(page: Page) {
  const runs = new Map<string, object>(RUNS.map((run) => [run.id, run]));
  const backend = {
    until: null as Promise<void> | null,
    become: (id: string, now: object) => runs.set(id, { ...runs.get(id), ...now }).get(id),
  };
  await page.context().route(/\/agentic\/runs/, async (route) => {
    const [id = "", action] = new URL(route.request().url()).pathname.split("/").slice(3);
    if (id === "") return route.fulfill({ json: { runs: [...runs.values()], nextCursor: null } });
    if (action === undefined) return route.fulfill({ json: runs.get(id) });
    const refusal = { error: { reason: "STORE_UNAVAILABLE" } };
    if (backend.until === null) return route.fulfill({ status: 503, json: refusal });
    await backend.until;
    return route.fulfill({ json: backend.become(id, { status: "cancelled" }) });
  });
  return backend;
}
