// @vitest-environment happy-dom
import { createFreshToken } from "@platform-api/client/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type Reply, type Service, startService } from "../../service.fixture.ts";
import { appAt } from "../../ui/app-context.fixture.ts";
import { AppContext } from "../../ui/app-context.ts";
import { NewRun } from "./new-run.tsx";
import { createRuns, type Run } from "./runs-client.ts";

const RUN = { id: "run-1", title: "Count", status: "queued", createdAt: "2026-01-01T00:00:00.000Z" };
const STARTED: Reply = { status: 201, body: RUN };
const MISSING = "Describe the task in a few words.";
let backend: Service;
let root: Root;

beforeAll(async () => {
  backend = await startService();
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
});
beforeEach(() => {
  backend.asked.length = 0;
  backend.replies = { "/runs": STARTED };
  root = createRoot(document.body.appendChild(document.createElement("div")));
  show([]);
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await backend.close();
});

const queryClient = new QueryClient();

function show(list: readonly Run[]): void {
  const runs = createRuns(backend.url, createFreshToken({ token: "token" }), "acme");
  act(() =>
    root.render(
      <QueryClientProvider client={queryClient}>
        <AppContext value={appAt(backend.url)}>
          <NewRun runs={runs} organizationId="acme" list={list} listProblem={null} />
        </AppContext>
      </QueryClientProvider>,
    ),
  );
}

function asked(): { id: string; title: string }[] {
  return backend.asked.map(({ body }) => JSON.parse(body));
}

function field(): HTMLInputElement {
  const found = document.querySelector("input");
  if (found === null) throw new Error("the field is missing");
  return found;
}

function type(text: string): void {
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field(), text);
    field().dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function submit(): void {
  field().form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

const shown = (text: string) => act(() => expect.poll(() => document.body.textContent).toContain(text));
const emptied = () => act(() => expect.poll(() => field().value).toBe(""));

it("a double click starts one run and shows no error for the cleared field", async () => {
  type("Count");
  act(() => {
    submit();
    submit();
  });
  await emptied();
  act(submit);
  expect(document.body.textContent).not.toContain(MISSING);
  expect(backend.asked).toHaveLength(1);
  type("Count");
  act(submit);
  await emptied();
  expect(backend.asked).toHaveLength(2);
});

it.each(["", "  ", "\u200b\u2060"])(
  "the text '%s' shows an error until the user types something visible",
  async (text) => {
    type(text);
    act(submit);
    await shown(MISSING);
    type("Count");
    expect(document.body.textContent).not.toContain(MISSING);
    expect(backend.asked).toHaveLength(0);
  },
);

const UNKNOWN = "We don’t know whether your run started";

it.each<[string, Reply, string, string]>([
  ["an outage", "reset", "RUNS_UNAVAILABLE", UNKNOWN],
  [
    "too many requests",
    { status: 429, body: { error: { reason: "RATE_LIMITED" } } },
    "RATE_LIMITED",
    "Your run did not start",
  ],
])("after %s the form keeps the text and promises no automatic retry", async (_, reply, reason, title) => {
  backend.replies = { "/runs": reply };
  type("Count");
  act(submit);
  await shown(title);
  await shown(reason);
  expect(field().value).toBe("Count");
  expect(document.body.textContent).not.toMatch(/automatically|No action needed/);
  type("Count!");
  expect(document.body.textContent).not.toContain(title);

  act(submit);
  await shown(title);
  backend.replies = { "/runs": STARTED };
  act(() =>
    [...document.querySelectorAll("button")].find((each) => each.textContent === "Start it again")?.click(),
  );
  await emptied();
  expect(document.body.textContent).not.toContain(title);
  const [first, second, third] = asked();
  expect(third).toEqual(second);
  expect(second?.id).not.toBe(first?.id);
});

it("a run whose text was edited before the answer was lost is retried with its original text and id", async () => {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  backend.replies = { "/runs": () => promise };
  type("Pay");
  act(submit);
  await act(() => expect.poll(asked).toHaveLength(1));
  type("Pay.");
  resolve("reset");
  await shown("Starting “Pay” again does not create a second run.");
  backend.replies = { "/runs": STARTED };
  act(() =>
    [...document.querySelectorAll("button")].find((each) => each.textContent === "Start it again")?.click(),
  );
  await act(() => expect.poll(asked).toHaveLength(2));
  await act(() => expect.poll(() => document.body.textContent).not.toContain(UNKNOWN));
  const [first, second] = asked();
  expect(second).toEqual(first);
  expect(field().value).toBe("Pay.");
});

it("a run whose answer was lost counts as started once the list contains it", async () => {
  backend.replies = { "/runs": "reset" };
  type("Count");
  act(submit);
  await shown(UNKNOWN);
  const [run = { id: "" }] = asked();
  show([{ ...RUN, status: "queued" }]);
  await shown(UNKNOWN);
  show([{ ...RUN, status: "queued", id: run.id }]);
  await emptied();
  expect(document.body.textContent).not.toContain(UNKNOWN);
});
