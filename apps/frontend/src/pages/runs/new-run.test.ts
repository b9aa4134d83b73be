// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { controlTime } from "../../testing/control-time.ts";
import { fill, heading, openConsole, says } from "../../testing/open-console.ts";
import { EXAMPLE } from "./example-document.ts";
import { aRun, eventStream } from "./run.fixture.ts";
import type { NewRun, Run } from "./runs-client.ts";

const NO_TITLE = "Give the run a title.";
const NO_DOCUMENT = "Paste a document, or use the example.";
const UNKNOWN = "We don’t know whether your run started";

type Answer = () => Response | Promise<Response>;
const started: Answer = () => Response.json(aRun(), { status: 201 });
const reset: Answer = () => Promise.reject(new TypeError("connection reset"));
const limited: Answer = () => Response.json({ error: { reason: "RATE_LIMITED" } }, { status: 429 });

/** Opens the page on an agentic-backend that answers new runs like this. */
async function openNewRun(answer: Answer = started, canFail = false) {
  const backend = { answer, list: [] as Run[], asked: [] as NewRun[] };
  const opened = await openConsole({
    path: "/o/acme/runs",
    async respond(request) {
      if (!request.url.includes("/agentic/")) return undefined;
      if (request.url.endsWith("/events")) return eventStream(aRun()).response();
      if (request.method !== "POST") return Response.json({ runs: backend.list, nextCursor: null, canFail });
      backend.asked.push(await request.json());
      return backend.answer();
    },
  });
  await screen.findByRole("heading", { name: "No runs yet" });
  return { ...opened, backend, startAgain: () => opened.press("Start it again") };
}

const field = () => screen.getByLabelText<HTMLInputElement>("Title");
const documentField = () => screen.getByLabelText<HTMLTextAreaElement>("Document");
const page = () => document.body.textContent;

function submit(title: string, text = "Two ships."): void {
  fill(field(), title);
  fill(documentField(), text);
  fireEvent.submit(field());
}

it("a double click starts one run, whose page opens", async () => {
  const { backend } = await openNewRun();
  submit("Count");
  fireEvent.submit(field());
  await heading(aRun().title);
  expect(location.pathname).toBe(`/o/acme/runs/${backend.asked[0]?.id}`);
  expect(backend.asked).toEqual([{ id: expect.any(String), title: "Count", document: "Two ships." }]);
});

it("what is missing is said, and gets the focus, until something visible is there", async () => {
  const { backend, press } = await openNewRun();
  submit("", "\u200b");
  await says(NO_TITLE);
  expect(document.activeElement).toBe(field());
  fill(field(), "Count");
  await waitFor(() => expect(page()).not.toContain(NO_TITLE));
  fireEvent.submit(field());
  await says(NO_DOCUMENT);
  expect(document.activeElement).toBe(documentField());
  fill(documentField(), "");
  await press("Use an example");
  await waitFor(() => expect(page()).not.toContain(NO_DOCUMENT));
  expect(document.activeElement).toBe(documentField());
  expect(screen.queryByRole("button", { name: "Use an example" })).toBeNull();
  expect(backend.asked).toEqual([]);
  fireEvent.submit(field());
  await waitFor(() => expect(backend.asked).toMatchObject([{ title: "Count", document: EXAMPLE.document }]));
});

it.each([true, false])("a step is made to fail only where agentic-backend allows it: %s", async (canFail) => {
  const { backend, user, press } = await openNewRun(started, canFail);
  const label = "Make one step fail, to try out Retry";
  if (canFail) await user.click(screen.getByRole("switch", { name: label }));
  else expect(page()).not.toContain(label);
  await press("Use an example");
  await press("Start run");
  await heading(aRun().title);
  expect(backend.asked).toMatchObject([{ title: EXAMPLE.title }]);
  expect(backend.asked[0]?.failing).toBe(canFail || undefined);
});

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
  await heading(aRun().title);
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
  expect(field().value).toBe("Pay."); // and its page has not opened
});

it("a run whose answer was lost counts as started once the list contains it", async () => {
  controlTime();
  const { backend } = await openNewRun(reset);
  submit("Count");
  await says(UNKNOWN);
  backend.list.push(aRun());
  await vi.advanceTimersByTimeAsync(3_000);
  await screen.findByRole("link", { name: aRun().title });
  await says(UNKNOWN);
  const [lost] = backend.asked;
  backend.list.push(aRun({ id: lost?.id ?? "", title: "Count" }));
  await vi.advanceTimersByTimeAsync(3_000);
  await waitFor(() => expect(field().value).toBe(""));
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
  await heading(aRun().title);
});
