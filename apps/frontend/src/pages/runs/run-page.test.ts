// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { controlTime } from "../../testing/control-time.ts";
import { ACME, JANE } from "../../testing/mocked-platform.ts";
import { type Console, heading, itemOf, openConsole, says, textsOf } from "../../testing/open-console.ts";
import { aRun, eventStream, stepsOf } from "./run.fixture.ts";
import type { Run } from "./runs-client.ts";

const LONG = aRun({ id: "run-4", startedBy: JANE.email });
const WAITING = aRun({ ...LONG, status: "waiting", steps: stepsOf(3, { status: "waiting" }) });
const FAILED = aRun({
  ...LONG,
  status: "failed",
  steps: stepsOf(1, { status: "failed", error: "No luck." }),
});
const SUCCEEDED = aRun({ ...LONG, status: "succeeded", durationMs: 12_300, steps: stepsOf(4) });
const RUNS: readonly Run[] = [
  LONG,
  aRun({ id: "run-3", title: "Draft the release notes", status: "cancelled", startedBy: JANE.email }),
  aRun({
    id: "run-2",
    title: "Sort the inbox",
    status: "stopped",
    startedBy: JANE.email,
    startedByName: "Jane Miller",
    durationMs: 61_000,
  }),
  aRun({ id: "run-1", title: "\u202eCount", status: "succeeded" }),
];

/** The app on an agentic-backend that has these runs. */
interface RunsConsole extends Console {
  readonly backend: Backend;
}

class Backend {
  readonly runs = new Map(RUNS.map((run) => [run.id, run]));
  /** Of the open pages. */
  streams: ReturnType<typeof eventStream>[] = [];
  /** While it is set, what users do is refused. */
  refusal: string | null = null;
  /** Nothing is answered until then. */
  until: Promise<void> | null = null;
  /** What users did. */
  readonly acts: string[] = [];

  async answer(request: Request): Promise<Response | undefined> {
    const { pathname, searchParams } = new URL(request.url);
    const [service, , id = "", action] = pathname.slice(1).split("/");
    if (service !== "agentic") return undefined;
    await this.until;
    const run = this.runs.get(id);
    if (run === undefined) return this.#list(searchParams.get("status"));
    if (action === "events") {
      const stream = eventStream(run);
      this.streams.push(stream);
      return stream.response();
    }
    this.acts.push(`${action} ${id}`);
    if (this.refusal === null) return Response.json(run);
    return Response.json({ error: { reason: this.refusal } }, { status: 503 });
  }

  #list(status: string | null): Response {
    const runs = [...this.runs.values()].filter((run) => status === null || run.status === status);
    return Response.json({ runs, nextCursor: null, canFail: false });
  }

  /** The run changes, and every stream says so. */
  become(run: Run): void {
    this.runs.set(run.id, run);
    for (const stream of this.streams) stream.show(run);
  }
}

async function openRuns(
  path: string,
  platform: Partial<Parameters<typeof openConsole>[0]> = {},
): Promise<RunsConsole> {
  const backend = new Backend();
  const console = await openConsole({ path, respond: (request) => backend.answer(request), ...platform });
  return { ...console, backend };
}

const PAGE = "/o/acme/runs/run-4";
const status = () => document.querySelector(".run-lead .status")?.textContent;
const announcer = () => document.querySelector("[data-live-announcer]") ?? document.body;
const buttons = () =>
  ["Approve", "Cancel run", "Retry from this step"].filter((name) => screen.queryByRole("button", { name }));
const rows = () => [...document.querySelectorAll(".run-row")].map(({ textContent }) => textContent);

it("the list shows who started a run and how long it took, if it is known, and titles without marks of direction", async () => {
  await openRuns("/o/acme/runs");
  const link = await screen.findByRole("link", { name: "Count" });
  expect(rows().map((text) => text.endsWith(` by ${JANE.email}`))).toEqual([true, true, false, false]);
  expect(rows()[2]).toContain(` by \u2068Jane Miller\u2069 (${JANE.email})`);
  expect(rows().map((text) => /[\d.]+ (min|s)/.exec(text)?.[0])).toEqual([
    undefined,
    undefined,
    "1 min",
    undefined,
  ]);
  expect(link.textContent).toBe("Count");
});

it("the list is filtered by state, which the address names", async () => {
  const { choose, press, reload } = await openRuns("/o/acme/runs?status=stopped");
  await screen.findByRole("link", { name: "Sort the inbox" });
  expect(rows()).toHaveLength(1);
  await choose("State: Stopped", "Failed");
  await screen.findByRole("heading", { name: "No run is in this state" });
  expect(location.search).toBe("?status=failed");
  await reload();
  await press("Show all runs");
  await waitFor(() => expect(rows()).toHaveLength(RUNS.length));
  expect(location.search).toBe("");
});

it("older runs are shown below, and the focus goes to the first of them", async () => {
  const { press } = await openConsole({
    path: "/o/acme/runs",
    respond({ url }) {
      if (!url.includes("/agentic/")) return undefined;
      const isOlder = url.includes("cursor=run-3");
      const runs = isOlder ? RUNS.slice(2) : RUNS.slice(0, 2);
      return Response.json({ runs, nextCursor: isOlder ? null : "run-3", canFail: false });
    },
  });
  await press("Show older runs");
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Sort the inbox"));
  await says("2 older runs");
  expect(rows()).toHaveLength(4);
  expect(screen.queryByRole("button", { name: "Show older runs" })).toBeNull();
});

it.each<[Run, string, string[]]>([
  [aRun({ ...LONG, status: "queued", steps: stepsOf(0) }), "Queued", ["Cancel run"]],
  [LONG, "Running", ["Cancel run"]],
  [WAITING, "Needs approval", ["Approve", "Cancel run"]],
  [FAILED, "Failed", ["Retry from this step"]],
  [SUCCEEDED, "Succeeded", []],
  [aRun({ ...WAITING, status: "cancelled" }), "Cancelled", []],
  [aRun({ ...WAITING, status: "stopped", stopped: "SSO_REQUIRED" }), "Stopped", []],
])(
  "the page of a run is followed to a state, and offers what can be done there: $1",
  async (run, name, offered) => {
    const { backend } = await openRuns(PAGE);
    await heading(LONG.title);
    const said = textsOf(announcer());
    backend.become(run);
    await waitFor(() => expect([status(), buttons()]).toEqual([name, offered]));
    if (run !== LONG)
      await waitFor(() =>
        expect([...said].join()).toContain(run.status === "stopped" ? "Stopped: Acme now requires" : name),
      );
    expect(document.querySelectorAll("[aria-current=step]")).toHaveLength(
      ["Running", "Needs approval"].includes(name) ? 1 : 0,
    );
  },
);

it.each([0, 1])("a run that failed after %i steps is not said to keep more than these", async (done) => {
  const { backend } = await openRuns(PAGE);
  backend.become(aRun({ ...FAILED, steps: stepsOf(done, { status: "failed", error: "No luck." }) }));
  await says("No luck.");
  const page = document.body.textContent;
  expect(page.includes("The steps before are kept.")).toBe(done > 0);
  expect(page.match(/A language model would/g)).toHaveLength(4 - done); // not of a step that is done
});

it.each<[string, string, Run, Run]>([
  ["Approve", "approve", WAITING, SUCCEEDED],
  ["Cancel run", "cancel", WAITING, aRun({ ...WAITING, status: "cancelled" })],
  ["Retry from this step", "retry", FAILED, LONG],
])("%s is done once, and the focus stays near", async (label, action, before, after) => {
  const { backend, press, hold } = await openRuns("/o/acme/runs");
  backend.runs.set(LONG.id, before);
  (await screen.findByRole("link", { name: LONG.title })).click();
  const button = await screen.findByRole("button", { name: label });
  const release = hold("agentic");
  await press(label);
  await waitFor(() => expect(button.dataset.busy).toBe("true"));
  await press(label);
  release();
  await waitFor(() => expect(backend.acts).toHaveLength(1));
  expect(button.dataset.busy).toBe("true"); // until the stream shows what became of it
  backend.become(after);
  await waitFor(() => expect(screen.queryByRole("button", { name: label })).toBeNull());
  expect(backend.acts).toEqual([`${action} ${LONG.id}`]);
  expect(document.activeElement?.textContent).toBe("Steps");
});

it("a refused cancellation says so next to the button, which tries again", async () => {
  const { backend, press } = await openRuns(PAGE);
  backend.refusal = "STORE_UNAVAILABLE";
  await press("Cancel run");
  await screen.findByRole("heading", { name: "Your run was not cancelled" });
  backend.refusal = null;
  await press("Cancel run");
  backend.become(aRun({ ...LONG, status: "cancelled" }));
  await waitFor(() =>
    expect(screen.queryByRole("heading", { name: "Your run was not cancelled" })).toBeNull(),
  );
});

it("a stream that breaks off is opened again, an outage keeps what was shown, and a finished run is left alone", async () => {
  controlTime();
  const { backend, lose } = await openRuns(PAGE);
  await heading(LONG.title);
  const find = lose("agentic");
  backend.streams[0]?.lose();
  backend.streams = [];
  await vi.advanceTimersByTimeAsync(5_000);
  await screen.findByRole("heading", { name: "Runs are unavailable right now" });
  await heading(LONG.title);
  find();
  await vi.advanceTimersByTimeAsync(5_000);
  await waitFor(() => expect(backend.streams).toHaveLength(1));
  backend.become(WAITING);
  await says("what summarize has found");
  expect(screen.queryByRole("heading", { name: "Runs are unavailable right now" })).toBeNull();
  backend.become(SUCCEEDED);
  backend.streams[0]?.close();
  await says("worked for 12 s");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(backend.streams).toHaveLength(1);
});

it("while platform-api is out as well, one banner says so, and none that everything else works", async () => {
  controlTime();
  const { backend, lose } = await openRuns(PAGE);
  await heading(LONG.title);
  lose("agentic");
  backend.streams[0]?.lose();
  await vi.advanceTimersByTimeAsync(5_000);
  await says("Everything else works.");
  lose("org.me");
  await vi.advanceTimersByTimeAsync(5_000);
  await screen.findByRole("region", { name: "Service status" });
  await waitFor(() => expect(document.body.textContent).not.toContain("Everything else works."));
  await heading(LONG.title);
});

it("the title of a run that arrives late does not close an open menu", async () => {
  const { backend, press, reload } = await openRuns(PAGE);
  await heading(LONG.title);
  const { promise, resolve } = Promise.withResolvers<void>();
  backend.until = promise;
  await reload();
  await heading("Run");
  await press("Account menu");
  await itemOf("Account");
  resolve();
  await says(LONG.title);
  await new Promise((next) => setTimeout(next)); // what has the focus by then keeps it
  await itemOf("Account");
});

const REMOVED = "You were removed from Acme";
const STOPPED = aRun({ ...WAITING, status: "stopped", stopped: "MEMBERSHIP_REMOVED" });

it.each([
  ["whose only organization it was", { acme: "member" } as const],
  ["who has others", { acme: "member", initech: "member" } as const],
])(
  "after the removal of a user %s the open page of a run stays, and says why it stopped",
  async (_, memberships) => {
    controlTime();
    const ben = { email: "ben@acme.example", memberships: { acme: "owner" } } as const;
    const { backend, clientOf } = await openRuns(PAGE, {
      organizations: [ACME, { id: "initech", name: "Initech" }],
      users: [{ email: JANE.email, memberships }, ben],
    });
    backend.become(WAITING);
    await screen.findByRole("button", { name: "Approve" });
    const { items } = await clientOf(ben.email).org.members.list.query({ organizationId: "acme" });
    const userId = items.find(({ email }) => email === JANE.email)?.userId ?? "";
    await clientOf(ben.email).org.members.remove.mutate({ organizationId: "acme", userId });
    await vi.advanceTimersByTimeAsync(3_000);
    await screen.findByRole("heading", { name: REMOVED });
    await heading(LONG.title);
    expect(buttons()).toEqual([]);
    backend.become(STOPPED);
    await screen.findByRole("heading", { name: "Stopped: you were removed from Acme" });
    await says("An administrator of Acme can restore you. As a member again, start a new run.");
    await says("what summarize has found");
  },
);
