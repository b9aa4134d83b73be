import { createFreshToken } from "@platform-api/client/react";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Reply, type Service, startService } from "../../testing/service.ts";
import { createRuns } from "./runs-client.ts";

const RUN = {
  id: "run-1",
  title: "Count the ships",
  status: "queued",
  createdAt: "2026-01-01T00:00:00.000Z",
};
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

it("lists runs page by page with the user's token and organization", async () => {
  const page = { runs: [{ ...RUN, startedBy: "jane@acme.example" }, RUN], nextCursor: "run-1" };
  backend.replies = { "/runs": { body: page } };
  await expect(runs().list(null)).resolves.toEqual(page);
  await runs().list("run-1");
  expect(backend.asked.map(({ path }) => path)).toEqual(["/runs?limit=20", "/runs?limit=20&cursor=run-1"]);
  expect(backend.asked[0]?.headers).toMatchObject({
    authorization: "Bearer old",
    "x-organization-id": "acme",
  });
});

it("creates a run with the given id and title, and finds it by id", async () => {
  backend.replies = { "/runs": { status: 201, body: RUN }, "/runs/a%2Fb": { body: RUN } };
  await expect(runs().create({ id: "run-1", title: "Count the ships" })).resolves.toEqual(RUN);
  expect(backend.asked[0]?.body).toBe('{"id":"run-1","title":"Count the ships"}');
  await expect(runs().find("a/b")).resolves.toEqual(RUN);
});

it("cancels a run with a request that has no body, and reads the result of a finished one", async () => {
  const cancelled = { ...RUN, status: "cancelled" };
  const succeeded = { ...RUN, status: "succeeded", result: "3 words" };
  backend.replies = { "/runs/run-1/cancel": { body: cancelled }, "/runs/run-1": { body: succeeded } };
  await expect(runs().cancel("run-1")).resolves.toEqual(cancelled);
  await expect(runs().find("run-1")).resolves.toEqual(succeeded);
  expect(backend.asked[0]).toMatchObject({ path: "/runs/run-1/cancel", body: "" });
  // With this header and without a body, a server refuses the request.
  expect(backend.asked[0]?.headers).not.toHaveProperty("content-type");
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
  backend.replies = { "/runs/run-1": reply };
  await expect(runs().find("run-1")).rejects.toMatchObject({ reason });
});

it("sends no request without a token", async () => {
  const signedOut = createRuns(backend.url, createFreshToken({ token: undefined }), "acme");
  await expect(signedOut.list(null)).rejects.toMatchObject({ reason: "TOKEN_MISSING" });
  expect(backend.asked).toEqual([]);
});

it("renews an expired token and repeats the request", async () => {
  const expired: Reply = { status: 401, body: { error: { reason: "TOKEN_EXPIRED" } } };
  backend.replies = { "/runs/run-1": () => (backend.asked.length === 1 ? expired : { body: RUN }) };
  await expect(runs(async () => "new").find("run-1")).resolves.toEqual(RUN);
  expect(backend.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
});
