// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { controlTime } from "../../testing/control-time.ts";
import { JANE } from "../../testing/mocked-platform.ts";
import { type Console, heading, openConsole, says } from "../../testing/open-console.ts";
import type { Run } from "./runs-client.ts";

const RUN = { createdAt: "2026-11-24T09:30:00.000Z", startedBy: JANE.email } as const;
const LONG: Run = { ...RUN, id: "run-4", title: "Summarize this week’s support tickets", status: "running" };
const RUNS: readonly Run[] = [
  LONG,
  { ...RUN, id: "run-3", title: "Draft the release notes", status: "cancelled" },
  { ...RUN, id: "run-2", title: "Sort the inbox", status: "succeeded", result: "3 words" },
  { id: "run-1", title: "\u202eCount", status: "succeeded", createdAt: RUN.createdAt },
];

/** The app on an agentic-backend that has these runs. */
interface RunsConsole extends Console {
  readonly runs: Map<string, Run>;
  /** While it is set, cancellations are refused. */
  refusal: string | null;
}

async function openRuns(path: string): Promise<RunsConsole> {
  const runs = new Map(RUNS.map((run) => [run.id, run]));
  const console: Console = await openConsole({
    path,
    respond(request) {
      const [service, , id = "", action] = new URL(request.url).pathname.slice(1).split("/");
      if (service !== "agentic") return undefined;
      const run = runs.get(id);
      if (run === undefined) return Response.json({ runs: [...runs.values()], nextCursor: null });
      if (action === undefined) return Response.json(run);
      if (opened.refusal !== null) {
        return Response.json({ error: { reason: opened.refusal } }, { status: 503 });
      }
      runs.set(id, { ...run, status: "cancelled" });
      return Response.json(runs.get(id));
    },
  });
  const opened: RunsConsole = Object.assign(console, { runs, refusal: null });
  return opened;
}

const cancelButton = () => screen.queryByRole("button", { name: "Cancel run" });
const status = () => document.querySelector(".run-lead .status")?.textContent;

it("the list shows who started a run, if it is known, and titles without marks of direction", async () => {
  await openRuns("/o/acme/runs");
  const link = await screen.findByRole("link", { name: "Count" });
  const rows = [...document.querySelectorAll(".run-row")].map(({ textContent }) => textContent);
  const isKnown = rows.map((text) => text.endsWith(` by ${JANE.email}`));
  expect(isKnown).toEqual([true, true, true, false]);
  expect(rows.at(-1)).not.toContain(" by ");
  expect(link.textContent).toBe("Count");
});

it("older runs are shown below, and the focus goes to the first of them", async () => {
  const { press } = await openConsole({
    path: "/o/acme/runs",
    respond({ url }) {
      if (!url.includes("/agentic/")) return undefined;
      const isOlder = url.includes("cursor=run-3");
      const runs = isOlder ? RUNS.slice(2) : RUNS.slice(0, 2);
      return Response.json({ runs, nextCursor: isOlder ? null : "run-3" });
    },
  });
  await press("Show older runs");
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Sort the inbox"));
  await says("2 older runs");
  expect(document.querySelectorAll(".run-row")).toHaveLength(4);
  expect(screen.queryByRole("button", { name: "Show older runs" })).toBeNull();
});

it("the list shows every status, and a run that was cancelled on its page", async () => {
  const { user, press, hold } = await openRuns("/o/acme/runs");
  const statuses = () => [...document.querySelectorAll(".run-row .status")].map((each) => each.textContent);
  await waitFor(() => expect(statuses()).toEqual(["Running", "Cancelled", "Succeeded", "Succeeded"]));
  await user.click(screen.getByRole("link", { name: LONG.title }));
  await heading(LONG.title);
  const release = hold("agentic");
  await press("Cancel run");
  await waitFor(() => expect(cancelButton()?.dataset.busy).toBe("true"));
  release();
  await says("Cancelled before there was a result.");
  expect(status()).toBe("Cancelled");
  expect(cancelButton()).toBeNull();
  await waitFor(() =>
    expect(screen.getAllByRole("status").map(({ textContent }) => textContent)).toContain("Cancelled"),
  );
  await user.click(screen.getByRole("link", { name: "All runs" }));
  await waitFor(() => expect(statuses()[0]).toBe("Cancelled"));
});

it("a refused cancellation says so next to the button, which tries again", async () => {
  const page = await openRuns("/o/acme/runs/run-4");
  page.refusal = "STORE_UNAVAILABLE";
  await page.press("Cancel run");
  await screen.findByRole("heading", { name: "Your run was not cancelled" });
  page.refusal = null;
  await page.press("Cancel run");
  await says("Cancelled before there was a result.");
  expect(screen.queryByRole("heading", { name: "Your run was not cancelled" })).toBeNull();
});

it("a run that finishes shows its result, and offers no cancellation any more", async () => {
  controlTime();
  const { runs } = await openRuns("/o/acme/runs/run-4");
  await says("Appears here when the run has finished.");
  runs.set(LONG.id, { ...LONG, status: "succeeded", result: "Counted the words of the title: 5" });
  await vi.advanceTimersByTimeAsync(2_000);
  await says("Counted the words of the title: 5");
  expect(cancelButton()).toBeNull();
});
