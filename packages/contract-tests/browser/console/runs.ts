import { ACME, JANE } from "@platform-api/frontend/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { button, heading } from "../browser-suite.ts";
import { checkPage, picture, resize } from "../check-page.ts";
import type { ConsoleSuite } from "../console-on-mocks.ts";

const BEN = { email: "ben@acme.example", memberships: { acme: "owner" } } as const;
const OUTPUTS = {
  read: "151 words on 9 lines, less than a minute to read.",
  find: "4 headings: Support report, November 2026; What customers asked for; What went wrong; What comes next.\n3 dates: November 2026; 7 December 2026; 2026-11-18.\n5 numbers: 1,240 tickets; 12%; 3.4 hours; 92%; 318 tickets.",
  summarize:
    "Support answered 1,240 tickets in November, 12% more than in October. Exports were the most frequent subject with 318 tickets.",
  publish: "Published.",
};
const NAMES = ["read", "find", "summarize", "publish"] as const;

/** The steps of which so many are done, and the state of the next one. */
function stepsOf(done: number, next: object = { status: "pending" }): object[] {
  return NAMES.map((name, index) => {
    if (index < done) return { name, status: "done", durationMs: 3_012, output: OUTPUTS[name] };
    return index === done ? { ...next, name } : { name, status: "pending" };
  });
}

const RUN = { createdAt: "2026-11-24T09:30:00.000Z", startedBy: JANE.email } as const;
const FAILED = { status: "failed", durationMs: 1_200, error: "This step failed, because you asked for it." };
const RUNS = [
  { ...RUN, id: "run-7", title: "Count the words", status: "queued", steps: stepsOf(0) },
  {
    ...RUN,
    id: "run-6",
    title: "Summarize this week’s support tickets",
    status: "running",
    steps: stepsOf(1, { status: "running" }),
  },
  {
    ...RUN,
    id: "run-5",
    title: "Compare the offers",
    status: "waiting",
    durationMs: 9_036,
    steps: stepsOf(3, { status: "waiting" }),
  },
  {
    ...RUN,
    id: "run-4",
    title: "Read the contract",
    status: "failed",
    durationMs: 4_212,
    steps: stepsOf(1, FAILED),
  },
  { ...RUN, id: "run-3", title: "Draft the release notes", status: "cancelled", steps: stepsOf(0) },
  {
    ...RUN,
    id: "run-2",
    title: "Plan the move",
    status: "stopped",
    stopped: "SSO_REQUIRED",
    durationMs: 3_012,
    steps: stepsOf(1),
  },
  {
    ...RUN,
    id: "run-1",
    title: "Sort the inbox",
    status: "succeeded",
    durationMs: 12_048,
    steps: stepsOf(4),
  },
];

/** What needs a browser: the focus, and how each state looks. The rules are tried beside the page. */
export function runsTests({ open }: ConsoleSuite): void {
  it("a run is cancelled, another one is approved, and the focus stays near", async (test) => {
    const { page } = await open(test, { path: "/account" });
    const backend = await playBackend(page);
    const goTo = (path: string) => page.goto(new URL(`/o/acme/runs${path}`, page.url()).href);
    await goTo("");
    await page.getByRole("link", { name: "Count the words" }).waitFor();
    await button(page, "Start run").click();
    await page.getByText("Give the run a title.").waitFor();
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
    await page.getByText("Not finished").waitFor();
    await page.locator("#steps:focus").waitFor();
    expect(await height()).toBe(before);

    await goTo("/run-4");
    await button(page, "Retry from this step").waitFor();
    await checkPage(page, "run-failed");
    await goTo("/run-5");
    await button(page, "Approve").waitFor();
    await resize(page, 390); // a phone, which shows it without scrolling
    expect((await button(page, "Approve").boundingBox())?.y).toBeLessThan(600);
    await checkPage(page, "run-waiting");
    await button(page, "Approve").press("Enter");
    await page.getByText("Published.").waitFor();
    await page.locator("#steps:focus").waitFor();
    await checkPage(page, "run-succeeded");
    await resize(page, 1280, 500);
    await page.mouse.wheel(0, 400);
    await page.waitForFunction(() => scrollY > 300);
    await button(page, "Account menu").click(); // stays open although the page is scrolled
    await page.getByRole("menuitem", { name: "Account" }).click();
    await heading(page, "Account").waitFor();
  });

  it("the open page of a run can be read by a user who was removed", async (test) => {
    const users = [{ email: JANE.email, memberships: { acme: "member" } }, BEN] as const;
    const { page, clientOf } = await open(test, { organizations: [ACME], users, path: "/account" });
    const backend = await playBackend(page);
    await page.goto(new URL("/o/acme/runs/run-5", page.url()).href);
    await button(page, "Approve").waitFor();
    const { org } = clientOf(BEN.email);
    const { items } = await org.members.list.query({ organizationId: "acme" });
    const userId = items.find(({ email }) => email === JANE.email)?.userId ?? "";
    await org.members.remove.mutate({ organizationId: "acme", userId });
    backend.become("run-5", { status: "stopped", stopped: "MEMBERSHIP_REMOVED" });
    await page.getByRole("heading", { name: "Stopped: you were removed from Acme" }).waitFor();
    await page.getByRole("heading", { name: "You were removed from Acme", exact: true }).waitFor();
    await checkPage(page, "run-stopped");
  });
}

/** Plays agentic-backend for one page. It refuses what users do until it has something to wait for. */
async function playBackend(page: Page) {
  const runs = new Map<string, object>(RUNS.map((run) => [run.id, run]));
  const backend = {
    until: null as Promise<void> | null,
    become: (id: string, now: object) => runs.set(id, { ...runs.get(id), ...now }).get(id),
  };
  const after = {
    approve: { status: "succeeded", durationMs: 12_048, steps: stepsOf(4) },
    cancel: { status: "cancelled" },
  };
  await page.context().route(/\/agentic\/runs/, async (route) => {
    const [id = "", action] = new URL(route.request().url()).pathname.split("/").slice(3);
    if (id === "")
      return route.fulfill({ json: { runs: [...runs.values()], nextCursor: null, canFail: true } });
    if (action === "events") {
      // It ends at once, and the page asks again.
      const body = `id: 1\ndata: ${JSON.stringify(runs.get(id))}\n\n`;
      return route.fulfill({ contentType: "text/event-stream", body });
    }
    const refusal = { error: { reason: "STORE_UNAVAILABLE" } };
    if (backend.until === null) return route.fulfill({ status: 503, json: refusal });
    await backend.until;
    return route.fulfill({ json: backend.become(id, action === "approve" ? after.approve : after.cancel) });
  });
  return backend;
}
