import { createFreshToken } from "@platform-api/client/react";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createRuns } from "./runs.ts";
import { type Reply, type Service, startService } from "./service.fixture.ts";

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

it("are asked for in the organization, with the person's token, page by page", async () => {
  backend.replies = { "/runs": { body: { runs: [RUN], nextCursor: "run-1" } } };
  await expect(runs().list(null)).resolves.toEqual({ runs: [RUN], nextCursor: "run-1" });
  await runs().list("run-1");
  expect(backend.asked.map(({ path }) => path)).toEqual(["/runs?limit=20", "/runs?limit=20&cursor=run-1"]);
  expect(backend.asked[0]?.headers).toMatchObject({
    authorization: "Bearer old",
    "x-organization-id": "acme",
  });
});

it("are created by the id and title that they are given, and found by id", async () => {
  backend.replies = { "/runs": { status: 201, body: RUN }, "/runs/a%2Fb": { body: RUN } };
  await expect(runs().create({ id: "run-1", title: "Count the ships" })).resolves.toEqual(RUN);
  expect(backend.asked[0]?.body).toBe('{"id":"run-1","title":"Count the ships"}');
  await expect(runs().find("a/b")).resolves.toEqual(RUN);
});

describe("fail with one word", () => {
  it.each<[string, Reply, string]>([
    ["a refusal", { status: 403, body: { error: { reason: "NOT_A_MEMBER", message: "" } } }, "NOT_A_MEMBER"],
    [
      "an outage behind it",
      { status: 503, body: { error: { reason: "PLATFORM_UNAVAILABLE" } } },
      "PLATFORM_UNAVAILABLE",
    ],
    ["a refusal without a word", { status: 500, body: { error: {} } }, "RUNS_UNAVAILABLE"],
    ["a page", { status: 502, body: "<html>" }, "RUNS_UNAVAILABLE"],
    ["no answer", "reset", "RUNS_UNAVAILABLE"],
    ["a run of another shape", { body: { ...RUN, status: "exploded" } }, "RUNS_UNAVAILABLE"],
  ])("%s", async (_, reply, reason) => {
    backend.replies = { "/runs/run-1": reply };
    await expect(runs().find("run-1")).rejects.toMatchObject({ reason });
  });
});

it("are not asked for without a token", async () => {
  const nobody = createRuns(backend.url, createFreshToken({ token: undefined }), "acme");
  await expect(nobody.list(null)).rejects.toMatchObject({ reason: "TOKEN_MISSING" });
  expect(backend.asked).toEqual([]);
});

it("renew an expired token and ask again", async () => {
  const expired: Reply = { status: 401, body: { error: { reason: "TOKEN_EXPIRED" } } };
  backend.replies = { "/runs/run-1": () => (backend.asked.length === 1 ? expired : { body: RUN }) };
  await expect(runs(async () => "new").find("run-1")).resolves.toEqual(RUN);
  expect(backend.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
});
