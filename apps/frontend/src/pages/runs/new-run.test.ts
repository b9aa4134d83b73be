// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { controlTime } from "../../testing/control-time.ts";
import { fill, heading, openConsole, says } from "../../testing/open-console.ts";
import type { Run } from "./runs-client.ts";

const RUN: Run = { id: "run-1", title: "Count", status: "queued", createdAt: "2026-01-01T00:00:00.000Z" };
const MISSING = "Describe the task in a few words.";
const UNKNOWN = "We don’t know whether your run started";

type Answer = () => Response | Promise<Response>;
const started: Answer = () => Response.json(RUN, { status: 201 });
const reset: Answer = () => Promise.reject(new TypeError("connection reset"));
const limited: Answer = () => Response.json({ error: { reason: "RATE_LIMITED" } }, { status: 429 });

/** Opens the page on an agentic-backend that answers new runs like this. */
async function openNewRun(answer: Answer = started) {
  const backend = { answer, list: [] as Run[], asked: [] as Pick<Run, "id" | "title">[] };
  const opened = await openConsole({
    path: "/o/acme/runs",
    async respond(request) {
      if (!request.url.includes("/agentic/")) return undefined;
      if (request.method !== "POST") return Response.json({ runs: backend.list, nextCursor: null });
      backend.asked.push(await request.json());
      return backend.answer();
    },
  });
  await screen.findByRole("heading", { name: "No runs yet" });
  return { ...opened, backend, startAgain: () => opened.press("Start it again") };
}

const field = () => screen.getByLabelText<HTMLInputElement>("What should be done?");
const emptied = () => waitFor(() => expect(field().value).toBe(""));
const page = () => document.body.textContent;

function submit(text: string): void {
  fill(field(), text);
  fireEvent.submit(field());
}

it("a double click starts one run and shows no error for the cleared field", async () => {
  const { backend } = await openNewRun();
  submit("Count");
  fireEvent.submit(field());
  await emptied();
  act(() => void fireEvent.submit(field())); // and draws
  expect(page()).not.toContain(MISSING);
  expect(backend.asked).toHaveLength(1);
  submit("Count");
  await emptied();
  expect(backend.asked).toHaveLength(2);
});

it.each(["", "  ", "\u200b\u2060"])(
  "the text '%s' shows an error until the user types something visible",
  async (text) => {
    const { backend } = await openNewRun();
    submit(text);
    await says(MISSING);
    fill(field(), "Count");
    await waitFor(() => expect(page()).not.toContain(MISSING));
    expect(backend.asked).toEqual([]);
  },
);

it.each([
  ["an outage", reset, "RUNS_UNAVAILABLE", UNKNOWN],
  ["too many requests", limited, "RATE_LIMITED", "Your run did not start"],
])("after %s the form keeps the text and promises no automatic retry", async (_, answer, reason, title) => {
  const { backend, startAgain } = await openNewRun(answer);
  submit("Count");
  await says(title);
  await says(reason);
  expect(field().value).toBe("Count");
  expect(page()).not.toMatch(/automatically|No action needed/);
  fill(field(), "Count!");
  await waitFor(() => expect(page()).not.toContain(title));

  fireEvent.submit(field());
  await says(title);
  backend.answer = started;
  await startAgain();
  await emptied();
  expect(page()).not.toContain(title);
  const [first, second, third] = backend.asked;
  expect(third).toEqual(second);
  expect(second?.id).not.toBe(first?.id);
});

it("a run whose text was edited before the answer was lost is retried with its original text and id", async () => {
  const { promise, reject } = Promise.withResolvers<Response>();
  const { backend, startAgain } = await openNewRun(() => promise);
  submit("Pay");
  await waitFor(() => expect(backend.asked).toHaveLength(1));
  fill(field(), "Pay.");
  reject(new TypeError("connection reset"));
  await says("Starting “Pay” again does not create a second run.");
  backend.answer = started;
  await startAgain();
  await waitFor(() => expect(page()).not.toContain(UNKNOWN));
  const [first, second] = backend.asked;
  expect(second).toEqual(first);
  expect(field().value).toBe("Pay.");
});

it("a run whose answer was lost counts as started once the list contains it", async () => {
  controlTime();
  const { backend } = await openNewRun(reset);
  submit("Count");
  await says(UNKNOWN);
  backend.list.push(RUN);
  await vi.advanceTimersByTimeAsync(3_000);
  await screen.findByRole("link", { name: RUN.title });
  await says(UNKNOWN);
  const [lost] = backend.asked;
  backend.list.push({ ...RUN, ...lost });
  await vi.advanceTimersByTimeAsync(3_000);
  await emptied();
  expect(page()).not.toContain(UNKNOWN);
});

it("an outage keeps other pages and what was typed, and ends without a reload", async () => {
  controlTime();
  const { choose, lose, user, startAgain } = await openNewRun();
  const find = lose("agentic");
  await choose("Account menu", "Organizations");
  await heading("Organizations");
  await user.click(screen.getByRole("link", { name: "Runs" }));
  await vi.advanceTimersByTimeAsync(3_000);
  await screen.findByRole("heading", { name: "Runs are unavailable right now" });
  submit("Not lost");
  await says(UNKNOWN);
  expect(page().match(/automatically/g)).toHaveLength(2); // the notice of the list says so twice
  expect(screen.getAllByText("RUNS_UNAVAILABLE")).toHaveLength(1); // and the reason once
  find();
  await vi.advanceTimersByTimeAsync(3_000);
  await screen.findByRole("heading", { name: "No runs yet" });
  await startAgain();
  await emptied();
  expect(page()).not.toContain(UNKNOWN);
});
