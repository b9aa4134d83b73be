import { createFreshToken } from "@platform-api/client/react";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Reply, type Service, startService } from "../../testing/service.ts";
import { aRun } from "./run.fixture.ts";
import { createRuns, type Run } from "./runs-client.ts";

const RUN = aRun({ title: "Count the ships" });
let backend: Service;

beforeAll(async () => {
  backend = await startService();
});
beforeEach(() => {
  backend.asked.length = 0;
});
afterAll(() => backend.close());

const runs = (refresh?: () => Promise<string>) =>
  createRuns(`${backend.url}/`, createFreshToken({ token: "old", refresh }), "acme");

it("lists runs page by page and by state, with the user's token and organization", async () => {
  const page = {
    runs: [{ ...RUN, startedBy: "jane@acme.example" }, RUN],
    nextCursor: "run-1",
    canFail: true,
  };
  backend.replies = { "/runs": { body: page } };
  await expect(runs().list(null, null)).resolves.toEqual(page);
  await runs().list("run-1", "waiting");
  const queries = ["?limit=20", "?limit=20&status=waiting&cursor=run-1"];
  expect(backend.asked.map(({ path }) => path)).toEqual(queries.map((query) => `/runs${query}`));
  expect(backend.asked[0]?.headers).toMatchObject({
    authorization: "Bearer old",
    "x-organization-id": "acme",
  });
});

it("creates a run with what was asked for, and acts on it with requests that have no body", async () => {
  const asked = { id: "run-1", title: "Count the ships", document: "Two ships.", failing: true } as const;
  backend.replies = { "/runs": { status: 201, body: RUN }, "/runs/a%2Fb/approve": { body: RUN } };
  await expect(runs().create(asked)).resolves.toEqual(RUN);
  expect(JSON.parse(backend.asked[0]?.body ?? "")).toEqual(asked);
  await expect(runs().act("a/b", "approve")).resolves.toEqual(RUN);
  expect(backend.asked[1]?.body).toBe("");
  // With this header and without a body, a server refuses the request.
  expect(backend.asked[1]?.headers).not.toHaveProperty("content-type");
});

const DOWN = "PLATFORM_UNAVAILABLE";
it.each<[string, Reply, string]>([
  ["a refusal", { status: 403, body: { error: { reason: "NOT_A_MEMBER", message: "" } } }, "NOT_A_MEMBER"],
  ["an outage behind it", { status: 503, body: { error: { reason: DOWN } } }, DOWN],
  ["a refusal without a reason", { status: 500, body: { error: {} } }, "RUNS_UNAVAILABLE"],
  ["an HTML page", { status: 502, body: "<html>" }, "RUNS_UNAVAILABLE"],
  ["no answer", "reset", "RUNS_UNAVAILABLE"],
  ["a run of another shape", { body: { ...RUN, status: "exploded" } }, "RUNS_UNAVAILABLE"],
])("fails after %s: $2", async (_, reply, reason) => {
  backend.replies = { "/runs/run-1/cancel": reply, "/runs/run-1/events": reply };
  await expect(runs().act("run-1", "cancel")).rejects.toMatchObject({ reason });
  await expect(follow(runs())).rejects.toMatchObject({ reason });
});

it("sends no request without a token", async () => {
  const signedOut = createRuns(backend.url, createFreshToken({ token: undefined }), "acme");
  await expect(signedOut.list(null, null)).rejects.toMatchObject({ reason: "TOKEN_MISSING" });
  expect(backend.asked).toEqual([]);
});

/** Follows a run until its stream ends. @returns what was shown of it */
async function follow(from: ReturnType<typeof runs>): Promise<readonly Run[]> {
  const shown: Run[] = [];
  const last = await from.follow("run-1", (run) => void shown.push(run), new AbortController().signal);
  expect(last).toEqual(shown.at(-1));
  return shown;
}

const event = (run: Run) => `id: 1\ndata: ${JSON.stringify(run)}\n\n`;

it("follows a run with a renewed token, and ends with its last state where the stream is cut off or spoilt", async () => {
  const done = aRun({ status: "succeeded" });
  const expired: Reply = { status: 401, body: { error: { reason: "TOKEN_EXPIRED" } } };
  for (const rest of ["", "data: {", "data: {\n\n"]) {
    backend.asked.length = 0;
    const body = `: hello\n\n${event(RUN)}${event(done)}${rest}`;
    backend.replies = { "/runs/run-1/events": () => (backend.asked.length === 1 ? expired : { body }) };
    expect(await follow(runs(async () => "new"))).toEqual([RUN, done]);
    expect(backend.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
  }
});
